"""An unknown board becomes a switched light, by clicking and typing its code only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from playwright.async_api import Locator, Page, expect
import pytest

from scripts.lib.api import Api
from scripts.lib.client import WS_PATH, Client, Options
from scripts.lib.device import Device, introduction
from scripts.lib.home_assistant import HomeAssistant
from scripts.lib.keys import KeyStore, secret_bytes

from .browser import button, keep_dialog, keep_page, log_in, open_browser

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]


class Bench:
    """A board on the bench: what it is at, and the code that it has printed."""

    def __init__(
        self,
        home: HomeAssistant,
        name: str,
        board_id: str,
        *,
        secret: bytes | None = None,
    ) -> None:
        """Take a board that was never used."""
        self.codes: list[str] = []
        self.device = Device()
        self.client = Client(
            name,
            f"ws://{home.url.removeprefix('http://')}{WS_PATH}",
            introduction(board_id, name),
            self.device,
            KeyStore(),
            options=Options(interval=0.5),
            secret=secret,
            on_code=lambda _, code: self.codes.append(code),
        )

    @asynccontextmanager
    async def power(self) -> AsyncIterator[None]:
        """Give it power, and take it away in the end."""
        running = asyncio.create_task(self.client.run())
        try:
            yield
        finally:
            running.cancel()

    async def shows(self, key: str, value: object) -> None:
        """Wait until an output of the board is at a value."""
        async with asyncio.timeout(10):
            while self.device.state[key] != value:
                await asyncio.sleep(0.05)


async def open_services(page: Page) -> None:
    """Open the page with all integrations."""
    await page.get_by_role("link", name="Settings").click()
    await page.get_by_role("link", name="Devices & services").click()


def toggle(page: Page, name: str) -> Locator:
    """Find what switches an entity on the board's page."""
    row = page.locator("hui-generic-entity-row", has_text=name)
    return row.locator("ha-switch")


async def test_from_first_connection_to_a_switched_light(
    home: HomeAssistant, api: Api
) -> None:
    """Nothing but clicks and the code: then the light on the board is switched."""
    bench = Bench(home, "Workshop", "esp32-a0b1c2d3e4f5")
    async with open_browser() as page:
        await log_in(page, home.url)
        await open_services(page)
        await button(page, "Add integration").click()
        await page.get_by_placeholder("Search for a brand name").fill("arduino")
        await page.get_by_role("button", name="Arduino Sensor").click()
        await page.get_by_text("Add a board that shows a code", exact=True).click()
        await page.get_by_text("As soon as it shows a code").wait_for()
        await keep_dialog(page, "pair-wait")
        async with bench.power():
            code = page.get_by_role("textbox", name="Code")
            await code.wait_for()

            # A slip of the finger is no drama.
            shown = bench.codes[-1]
            await code.fill("000001" if shown == "000000" else "000000")
            await button(page, "Add the board").click()
            await page.get_by_text("This is not the code").wait_for()
            await code.fill(f"{shown[:3]} {shown[3:]}")
            await keep_dialog(page, "pair-code")
            await button(page, "Add the board").click()
            await button(page, "Skip and finish").click()

            await page.get_by_role("link", name="Arduino Sensor").click()
            # The first is the entry, the one below it the device.
            await page.get_by_text("Workshop", exact=True).nth(1).click()
            relay = toggle(page, "Relay")
            await relay.wait_for()
            await keep_page(page, "controls", width=1000, height=900)
            await relay.click()
            await bench.shows("relay", value=True)
            await expect(relay.locator("input")).to_be_checked()

            light = toggle(page, "Light")
            await expect(light.locator("input")).to_be_checked()
            await light.click()
            for colour in ("red", "green", "blue"):
                await bench.shows(colour, value=False)
            await expect(light.locator("input")).not_to_be_checked()
            await light.click()
            await bench.shows("red", value=True)

            [entry] = [e for e in await api.entries() if e["title"] == "Workshop"]
            relay_id = await api.entity_of(entry["entry_id"], "-relay")
            await api.wait_state(relay_id, "on")
            # The three colours have stayed binary sensors besides.
            red_id = await api.entity_of(entry["entry_id"], "-red")
            assert red_id.startswith("binary_sensor.")
            assert bench.client.acted == 3
    assert home.complaints() == []


async def test_discovered(home: HomeAssistant, api: Api) -> None:
    """From the second board on, nobody has to look for it: it is on the page."""
    bench = Bench(home, "Greenhouse", "esp32-0102030405ff")
    async with open_browser() as page, bench.power():
        await log_in(page, home.url)
        await open_services(page)
        card = page.locator("ha-config-flow-card", has_text="Greenhouse")
        await card.wait_for()
        await keep_page(page, "discovered", width=1100, height=480)
        await card.get_by_role("button", name="Add").click()
        await page.get_by_role("textbox", name="Code").fill(bench.codes[-1])
        await button(page, "Add the board").click()
        await button(page, "Skip and finish").click()
        await expect(card).to_have_count(0)
    assert [e for e in await api.entries() if e["title"] == "Greenhouse"]
    assert home.complaints() == []


async def test_several(home: HomeAssistant, api: Api) -> None:
    """One secret for all, and a list to accept them in: no codes."""
    async with open_browser() as page, AsyncExitStack() as powered:
        await log_in(page, home.url)
        await open_services(page)
        await button(page, "Add integration").click()
        await page.get_by_placeholder("Search for a brand name").fill("arduino")
        await page.get_by_role("button", name="Arduino Sensor").click()
        # There are boards already: their page asks in other words.
        await page.get_by_text("Add several boards", exact=True).click()
        secret = await page.locator("ha-code-editor .cm-line").first.inner_text()
        await keep_dialog(page, "several-secret")
        await button(page, "Next").click()
        for number in range(3):
            bench = Bench(
                home, "Bed", f"esp32-bed-{number}", secret=secret_bytes(secret)
            )
            await powered.enter_async_context(bench.power())
            await bench.client.settled.wait()
        add_them = page.get_by_text("Add these boards", exact=True)
        more = page.get_by_text("Wait for more", exact=True)
        await add_them.wait_for()
        if await page.get_by_text("so far: 3").count() == 0:
            await more.click()
        await page.get_by_text("so far: 3").wait_for()
        await keep_dialog(page, "several-here")
        await add_them.click()
        await page.get_by_text("Bed 3").first.wait_for()
        await keep_dialog(page, "several-names")
        await button(page, "Add the boards").click()
        await page.get_by_text("Boards that were added: 3").wait_for()
        # From there, it is as far to the dashboard as after one board.
        await page.get_by_role("link", name="Open the dashboard of your boards").click()
        await button(page, "Create the dashboard").wait_for()
        await expect(page.locator("dialog[open]")).to_have_count(0)
    titles = {entry["title"] for entry in await api.entries()}
    assert {"Bed", "Bed 2", "Bed 3"} <= titles
    assert home.complaints() == []
