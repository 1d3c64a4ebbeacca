"""The dashboard of all boards: made with a few clicks, and it follows what happens."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sin
import re
from typing import Any, Final

import aiohttp
from playwright.async_api import Locator, Page, expect
import pytest

from scripts.lib.add import add_board, add_by_code
from scripts.lib.api import Api
from scripts.lib.client import WS_PATH, Client, Options
from scripts.lib.device import Device, introduction
from scripts.lib.home_assistant import HomeAssistant
from scripts.lib.keys import KeyStore

from .browser import button, keep_dialog, keep_page, watched_page

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

TITLE: Final = "Arduino boards"
PHONE: Final = 390

# What the frontend shows in place of a card that it cannot make.
BROKEN: Final = "hui-error-card, hui-error-section, hui-error-badge"

# The cards that reach beyond a width, or would be scrolled to the side.
TOO_WIDE: Final = """(view, width) => {
    const wide = [];
    let seen = 0;
    const look = (node) => {
        for (const child of node.children ?? []) {
            if (child.localName === "hui-card" && child.offsetWidth > 0) {
                seen += 1;
                const { left, right } = child.getBoundingClientRect();
                if (left < 0 || right > width || child.scrollWidth > child.clientWidth) {
                    wide.push(`${child.firstElementChild?.localName}: ${left} to ${right}`);
                }
            }
            look(child);
        }
        if (node.shadowRoot) look(node.shadowRoot);
    };
    look(view);
    if (seen < 4) wide.push(`no more than ${seen} cards`);
    if (document.documentElement.scrollWidth > width) wide.push("page");
    return wide;
}"""


@dataclass
class Bench:
    """A board with an address of its own that sends what is in `reading`."""

    session: aiohttp.ClientSession
    reading: dict[str, Any]
    _task: asyncio.Task[None] | None = None

    def connect(self, address: str) -> None:
        """Have it connect, and send a reading twice a second."""
        self._task = asyncio.create_task(self._run(address))

    def unplug(self) -> None:
        """Take its power away."""
        assert self._task is not None
        self._task.cancel()

    async def _run(self, address: str) -> None:
        # It is deleted in the end, and its connection closed.
        with suppress(ConnectionError):
            await self._converse(address)

    async def _converse(self, address: str) -> None:
        async with self.session.ws_connect(address) as socket:
            while True:
                await socket.send_json(self.reading)
                await asyncio.sleep(0.5)


@pytest.fixture(scope="module")
def kitchen() -> dict[str, Any]:
    """Return what the first board sends."""
    return {
        "temp": 21.5,
        "humidity": 48.0,
        "distance": 150.2,
        "red": True,
        "green": False,
        "blue": True,
    }


async def test_three_clicks(
    home: HomeAssistant, boards: aiohttp.ClientSession, kitchen: dict[str, Any]
) -> None:
    """From the board that was just added to a dashboard: not more than three clicks."""
    bench = Bench(boards, kitchen)
    async with watched_page(home, width=1400, height=1000) as page:
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("link", name="Devices & services").click()
        await button(page, "Add integration").click()
        await page.get_by_placeholder("Search for a brand name").fill("arduino")
        await page.get_by_role("button", name="Arduino Sensor").click()
        await page.get_by_text("Add a board", exact=True).click()
        await page.get_by_text("Give your board a name").wait_for()
        await page.get_by_role("textbox", name="Name").last.fill("Kitchen")
        await button(page, "Next").click()
        shown = page.locator("code", has_text="ws://")
        found = re.search(r"ws://\S+", await shown.inner_text())
        assert found is not None
        bench.connect(found[0])
        await button(page, "Next").click()
        await page.get_by_text("Wait for the board", exact=True).click()
        await page.get_by_text("Your board is here").wait_for()
        await button(page, "Add the board").click()
        offer = page.get_by_role("link", name="Open the dashboard of your boards")
        await offer.wait_for()
        await keep_dialog(page, "dashboard-offer")

        clicks = 0
        await offer.click()
        clicks += 1
        create = button(page, "Create the dashboard")
        await create.wait_for()
        await expect(page.locator("dialog[open]")).to_have_count(0)
        await keep_page(page, "dashboard-create", width=1100, height=600)
        await create.click()
        clicks += 1

        gauge = page.locator("hui-gauge-card", has_text="Temperature")
        await expect(gauge).to_contain_text("21.5 °C")
        await expect(tile(page, "Distance")).to_contain_text("150.2 cm")
        # Nothing to draw a curve of yet.
        await expect(page.locator("hui-trend-graph-card-feature")).to_have_count(0)
        assert clicks <= 3
        assert page.url.startswith(f"{home.url}/arduino-boards")
        await expect(page.locator("arduino-plotter-card")).to_be_visible()
        # The values stay the same, and are still sent twice a second.
        await asyncio.sleep(5)
        await expect(page.locator("arduino-last-reading")).to_have_text(
            re.compile(r"^\s*(now|[0-6]s ago)\s*$")
        )
        await keep_page(page, "dashboard-first", width=1400, height=700)

        # Whoever follows the link again comes to the same.
        await page.goto(f"{home.url}/arduino_sensor")
        await gauge.wait_for()
        assert page.url.startswith(f"{home.url}/arduino-boards")

        # It makes itself: who wants to edit it is asked first.
        await button(page, "Edit dashboard").click()
        await page.get_by_text("take control of your user interface").wait_for()
        await button(page, "Cancel").click()
        bench.unplug()
    assert home.complaints() == []


async def have_dashboard(api: Api) -> None:
    """Have a dashboard, however it was made; boards are another matter."""
    if not await api.entries():
        # The modules are served since the first board.
        await add_board(api, "First")
    made = await api.command("lovelace/dashboards/list")
    if "arduino-boards" not in [one["url_path"] for one in made]:
        await api.command(
            "lovelace/dashboards/create",
            url_path="arduino-boards",
            title=TITLE,
            icon="mdi:developer-board",
        )
        config = {"strategy": {"type": "custom:arduino-boards"}}
        await api.command(
            "lovelace/config/save", url_path="arduino-boards", config=config
        )


async def test_new_dashboard_dialog(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """It is offered where Home Assistant makes dashboards: choose it, and create it."""
    await have_dashboard(api)
    bench = Bench(boards, {"temp": 19.5, "humidity": 52})
    await add_board(api, "Bath", bench.connect)
    async with watched_page(home, width=1400, height=1000) as page:
        await page.goto(f"{home.url}/config/lovelace/dashboards")
        await button(page, "Add dashboard").click()
        card = page.get_by_role("button", name=TITLE, exact=True)
        await card.scroll_into_view_if_needed()
        await keep_dialog(page, "dashboard-new")
        await card.click()
        name = page.get_by_role("textbox", name="Title")
        await expect(name).to_have_value(TITLE)
        await keep_dialog(page, "dashboard-name")
        await button(page, "Create").click()
        await expect(page.locator("dialog[open]")).to_have_count(0)
        made = await api.command("lovelace/dashboards/list")
        assert [one["title"] for one in made].count(TITLE) == 2
        second = next(
            one
            for one in made
            if one["title"] == TITLE and one["url_path"] != "arduino-boards"
        )
        assert second["icon"] == "mdi:developer-board"
        config = await api.command("lovelace/config", url_path=second["url_path"])
        assert config == {"strategy": {"type": "custom:arduino-boards"}}

        await page.get_by_role("link", name=TITLE).nth(1).click()
        await page.get_by_role("tab", name="Bath").click()
        await expect(page.locator("hui-gauge-card")).to_have_count(2)
    bench.unplug()
    await api.command("lovelace/dashboards/delete", dashboard_id=second["id"])


async def test_follows_boards(
    home: HomeAssistant,
    api: Api,
    boards: aiohttp.ClientSession,
) -> None:
    """Boards and channels come, get other names and go, on a page that stays open."""
    await have_dashboard(api)
    reading: dict[str, Any] = {"temp": 24.0}
    bench = Bench(boards, reading)
    async with watched_page(home, width=1400, height=1000) as page:
        await page.goto(f"{home.url}/arduino-boards")
        await page.get_by_role("tab", name="Overview").wait_for()
        await page.evaluate("window.isTheSame = true")

        entry, _ = await add_board(api, "Greenhouse", bench.connect)
        tab = page.get_by_role("tab", name="Greenhouse")
        await tab.wait_for()
        await expect(tile(page, "24.0 °C")).to_be_visible()

        # A new channel, on the board's page.
        await tab.click()
        await page.locator("hui-gauge-card", has_text="24.0 °C").wait_for()
        reading["soil_moisture_percent"] = 38
        reading["lux"] = 1200
        gauge = page.locator("hui-gauge-card", has_text="Soil moisture")
        await expect(gauge).to_contain_text("38%")
        await expect(tile(page, "1,200 lx")).to_contain_text("Illuminance")

        # A channel that a person hides.
        lux = await api.entity_of(entry, "-lux")
        await api.command(
            "config/entity_registry/update", entity_id=lux, hidden_by="user"
        )
        await expect(tile(page, "1,200 lx")).to_have_count(0)

        # Another name.
        [device] = [
            one
            for one in await api.command("config/device_registry/list")
            if entry in one["config_entries"]
        ]
        await api.command(
            "config/device_registry/update",
            device_id=device["id"],
            name_by_user="Hothouse",
        )
        renamed = page.get_by_role("tab", name="Hothouse")
        await renamed.wait_for()
        await expect(tab).to_have_count(0)
        await expect(gauge).to_be_visible()

        # The board goes away, and the pages say so.
        await api.change_options(entry, grace=1)
        await expect(gauge).to_contain_text("38%")
        bench.unplug()
        await expect(tile(page, "This board is away")).to_be_visible()
        await page.get_by_role("tab", name="Overview").click()
        away = page.locator("hui-grid-section", has_text="Away").first
        await expect(away).to_contain_text("Hothouse")
        await expect(away).to_contain_text("Disconnected")

        # It is deleted.
        await api.remove(entry)
        await expect(renamed).to_have_count(0)
        await expect(page.get_by_text("Hothouse")).to_have_count(0)
        assert await page.evaluate("window.isTheSame")


async def import_week(api: Api, entity_id: str, middle: float) -> None:
    """Have the statistics of a week that has gone by."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    rows = []
    for hour in range(7 * 24, 0, -1):
        mean = middle * (1 + 0.08 * sin(hour / 3.8) + 0.04 * sin(hour / 31))
        rows.append(
            {
                "start": (now - timedelta(hours=hour)).isoformat(),
                "mean": mean,
                "min": mean * 0.97,
                "max": mean * 1.03,
            }
        )
    await api.import_statistics(entity_id, rows)
    found: dict[str, Any] = {}
    while not found:
        found = await api.command(
            "recorder/statistics_during_period",
            start_time=(now - timedelta(days=7)).isoformat(),
            statistic_ids=[entity_id],
            period="hour",
        )


async def fits_phone(page: Page) -> None:
    """See that nothing of a page is beside the screen of a phone."""
    await page.set_viewport_size({"width": PHONE, "height": 860})
    await page.wait_for_timeout(500)
    assert await page.locator("hui-sections-view").evaluate(TOO_WIDE, PHONE) == []
    await page.set_viewport_size({"width": 1400, "height": 1000})


def tile(page: Page, text: str) -> Locator:
    """Find a tile by what it says."""
    return page.locator("hui-tile-card", has_text=text)


async def test_each_board(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """Measured values, colours and controls have what suits them, on any screen."""
    kitchen = Bench(
        boards,
        {
            "temp": 21.4,
            "humidity": 48.2,
            "co2": 690.0,
            "lux": 320.0,
            "red": True,
            "green": False,
            "blue": True,
            "door": False,
            "battery": 87,
            "rssi": -61,
        },
    )
    codes: list[str] = []
    workshop = Client(
        "Workshop",
        f"ws://{home.url.removeprefix('http://')}{WS_PATH}",
        introduction("esp32-a0b1c2d3e4f5", "Workshop"),
        Device(),
        KeyStore(),
        options=Options(interval=1),
        on_code=lambda _, code: codes.append(code),
    )
    playing = []

    async def show_code() -> str:
        playing.append(asyncio.create_task(workshop.run()))
        await workshop.settled.wait()
        return codes[-1]

    await have_dashboard(api)
    for entry in await api.entries():
        await api.remove(entry["entry_id"])
    async with watched_page(home, width=1400, height=1000) as page:
        # There are none, and the page says where to add one.
        await page.goto(f"{home.url}/arduino-boards")
        await page.get_by_text("No boards yet").wait_for()
        await keep_page(page, "dashboard-empty", width=1100, height=600)
        await button(page, "Add a board").click()
        await button(page, "OK").click()
        await page.get_by_text("Try it without a board").wait_for()
        await page.goto(f"{home.url}/arduino-boards")

        living_room, _ = await add_board(api, "Living room", kitchen.connect)
        await add_by_code(api, "Workshop", show_code)
        silent, _ = await add_board(api, "Garage")
        for key, middle in (("temp", 21.4), ("humidity", 48.2)):
            await import_week(api, await api.entity_of(living_room, f"-{key}"), middle)
        await page.goto(f"{home.url}/arduino-boards")
        for name in ("Living room", "Workshop", "Garage"):
            await page.get_by_role("tab", name=name).wait_for()
        away = page.locator("hui-grid-section", has_text="Away").first
        await expect(away).to_contain_text("Garage")
        await fits_phone(page)

        await page.get_by_role("tab", name="Living room").click()
        await expect(page.locator("hui-gauge-card")).to_have_count(3)
        for color, state in (("Red", "On"), ("Green", "Off"), ("Blue", "On")):
            await expect(tile(page, color)).to_contain_text(state)
        for title in ("Now", "Live", "Last 24 hours", "Last 7 days", "Board"):
            heading = page.locator("hui-heading-card", has_text=title)
            await expect(heading).to_be_visible()
        # What has no statistics yet has no graph of them.
        await expect(page.locator("hui-statistics-graph-card")).to_have_count(2)
        await fits_phone(page)

        await page.get_by_role("tab", name="Workshop").click()
        relay = tile(page, "Relay")
        await relay.locator("ha-control-switch").click()
        await expect(relay).to_contain_text("On")
        assert workshop.device.state["relay"] is True
        await tile(page, "Identify").locator("ha-control-button").click()
        async with asyncio.timeout(10):
            while workshop.acted < 2:
                await asyncio.sleep(0.05)
        await fits_phone(page)
        await api.remove(silent)
        kitchen.unplug()
        playing[0].cancel()
    assert home.complaints() == []
