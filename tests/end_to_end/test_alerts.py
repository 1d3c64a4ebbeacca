"""Alerts as a person has them: made in the browser, and seen on a dashboard."""

import asyncio
import json
import re
from typing import Any, Final

import aiohttp
from playwright.async_api import Locator, Page, expect
import pytest

from scripts.lib.add import add_board
from scripts.lib.api import Api
from scripts.lib.home_assistant import HomeAssistant

from .browser import PICTURES, button, keep_dialog, keep_page, watched_page

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

BLUEPRINT: Final = "Arduino board: too warm or too cold"
PHONE: Final = 390
WAIT: Final = 15_000


class Kitchen:
    """A board that sends what is in `reading`, and answers what it is sent."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Begin without a connection."""
        self.session = session
        self.reading: dict[str, Any] = {"temp": 20.0}
        self.entry_id = ""
        self._address = ""
        self._task: asyncio.Task[None] | None = None

    async def add(self, api: Api) -> None:
        """Add it to Home Assistant."""
        self.entry_id, _ = await add_board(api, "Kitchen", self.plug_in)

    def plug_in(self, address: str = "") -> None:
        """Have it connect, and again when it lost the connection."""
        self._address = address or self._address
        self._task = asyncio.create_task(self._run())

    def unplug(self) -> None:
        """Take its power away."""
        assert self._task is not None
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                async with self.session.ws_connect(self._address) as socket:
                    await asyncio.gather(self._send(socket), self._answer(socket))
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.5)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while not socket.closed:
            await socket.send_json(self.reading)
            await asyncio.sleep(0.3)

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            told = json.loads(message.data)
            if told["type"] == "message":
                await socket.send_json(
                    {
                        "type": "result",
                        "id": told["id"],
                        "ok": True,
                        "data": {"played": told["data"]["melody"]},
                    }
                )


async def notified(api: Api) -> list[str]:
    """Return the notifications that there are."""
    found = await api.command("persistent_notification/get")
    return [one["message"].split("\n")[0].replace("\\", "") for one in found]


async def show_card(page: Page, home: HomeAssistant, api: Api) -> Locator:
    """Have a dashboard with the card, and go there."""
    if not any(
        one["url_path"] == "alerts-here"
        for one in await api.command("lovelace/dashboards/list")
    ):
        await api.command(
            "lovelace/dashboards/create",
            url_path="alerts-here",
            title="Alerts",
            mode="storage",
        )
        card = {"type": "custom:arduino-alerts-card"}
        section = {"type": "grid", "cards": [card]}
        view = {"type": "sections", "sections": [section]}
        await api.command(
            "lovelace/config/save", url_path="alerts-here", config={"views": [view]}
        )
    await page.goto(f"{home.url}/alerts-here")
    shown = page.locator("arduino-alerts-card")
    await shown.wait_for()
    return shown


async def test_alert(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """A blueprint, chosen by clicking, fires once at the limit and clears below it."""
    kitchen = Kitchen(boards)
    await kitchen.add(api)
    temperature = await api.entity_of(kitchen.entry_id, "temp")
    async with watched_page(home) as page:
        # The offer is where boards are added.
        await page.goto(f"{home.url}/config/integrations/dashboard")
        await button(page, "Add integration").click()
        await page.get_by_placeholder("Search for a brand name").fill("arduino")
        await page.get_by_role("button", name="Arduino Sensor").click()
        await page.get_by_text("Get told when something is wrong", exact=True).click()
        await page.get_by_text("Blueprints for alerts are among").wait_for()
        await keep_dialog(page, "alerts-copied")
        await page.get_by_role("link", name="Choose one of them").click()
        await page.get_by_text(BLUEPRINT, exact=True).click()
        await page.get_by_text("Select an entity").click()
        item = page.locator("ha-combo-box-item", has_text="Temperature").first
        await item.click()
        await page.get_by_text("Add entity").wait_for()
        await keep_page(page, "alerts-blueprint", width=1100, height=900)
        await button(page, "Save").click()
        await api.wait_state("automation.arduino_board_too_warm_or_too_cold", "on")
        automations = await api.get("/api/states")
        [made] = [
            one for one in automations if one["entity_id"].startswith("automation.")
        ]
        assert made["attributes"]["friendly_name"] == BLUEPRINT

        card = await show_card(page, home, api)
        rows = card.get_by_role("listitem")
        await expect(card).to_contain_text("There are no alerts.")
        kitchen.reading = {"temp": 34.9}
        await api.wait_state(temperature, 34.9)
        await expect(rows).to_have_count(0)
        kitchen.reading = {"temp": 35.0}
        await expect(rows).to_have_count(1, timeout=WAIT)
        text = "Temperature rose to 35.0 °C. The upper limit is 35 °C."
        await expect(rows).to_contain_text(text)
        await expect(rows).to_contain_text("Since")
        assert await notified(api) == [f"Kitchen: {text}"]
        # It wavers: that is still one alert, and Home Assistant's restart is no other.
        for value in (36.4, 34.5, 35.2):
            kitchen.reading = {"temp": value}
            await api.wait_state(temperature, value)
        await expect(rows).to_have_count(1)
        # The pages of Home Assistant itself complain when it is not there.
        await page.goto("about:blank")
        await home.restart()
        await api.hang_up()
        await api.wait_running()
        kitchen.reading = {"temp": 37.1}
        await api.wait_state(temperature, 37.1, timeout=60)
        await asyncio.sleep(1)
        assert await notified(api) == [f"Kitchen: {text}"]
        await show_card(page, home, api)
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text("Since")

        kitchen.reading = {"temp": 34.0}
        await expect(rows).to_contain_text("over", timeout=WAIT)
        assert await notified(api) == []
        kitchen.reading = {"temp": 8.5}
        await expect(rows).to_have_count(2, timeout=WAIT)
        await expect(rows.first).to_contain_text("Temperature fell to 8.5 °C.")
        if PICTURES:
            await keep_page(page, "alerts-card", width=700, height=400)

        # With the keyboard: the row leads to the sensor, the button clears the list.
        await rows.first.get_by_role("button").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("ha-more-info-dialog")).to_contain_text("Temperature")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
        await button(page, "Clear all").press("Enter")
        await expect(card).to_contain_text("There are no alerts.")
        await expect(rows).to_have_count(0)
        await expect(button(page, "Clear all")).to_have_count(0)
        assert await notified(api) == []
    kitchen.unplug()
    assert home.complaints() == []


async def test_boards_that_are_away(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """They come first, and go when they are back; the card is read aloud in order."""
    kitchen = Kitchen(boards)
    await kitchen.add(api)
    await api.change_options(kitchen.entry_id, grace=1)
    temperature = await api.entity_of(kitchen.entry_id, "temp")
    await api.command(
        "call_service",
        domain="arduino_sensor",
        service="raise_alert",
        service_data={"entity_id": temperature, "kind": "above", "limit": "19"},
    )
    async with watched_page(home) as page:
        card = await show_card(page, home, api)
        await expect(card.get_by_role("list", name="Alerts")).to_contain_text("20.0 °C")
        kitchen.unplug()
        away = card.get_by_role("list", name="Boards that are away")
        mine = away.get_by_role("listitem").last
        await expect(mine).to_contain_text("This board is away.", timeout=WAIT)
        await expect(mine).to_contain_text(re.compile(r"Since \d?\d:\d\d"))
        lists = await card.get_by_role("list").all()
        assert await lists[0].get_attribute("aria-label") == "Boards that are away"
        for width, scheme in ((1100, "light"), (1100, "dark"), (PHONE, "light")):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            box = await card.bounding_box()
            assert box is not None
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            overflow = await card.evaluate(
                "card => card.scrollWidth > card.clientWidth"
            )
            assert not overflow
            await keep_page(page, f"alerts-{scheme}-{width}", width=width, height=700)
        before = await away.get_by_role("listitem").count()
        kitchen.plug_in()
        await expect(away.get_by_role("listitem")).to_have_count(
            before - 1, timeout=2 * WAIT
        )
    kitchen.unplug()
    assert home.complaints() == []


async def test_send(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """A person's own message, and what a sketch without any library answers."""
    kitchen = Kitchen(boards)
    await kitchen.add(api)
    devices = await api.command("config/device_registry/list")
    [device] = [one for one in devices if kitchen.entry_id in one["config_entries"]]
    answer = await api.command(
        "call_service",
        domain="arduino_sensor",
        service="send",
        service_data={"device_id": device["id"], "data": {"melody": "alarm"}},
        return_response=True,
    )
    assert answer["response"] == {"data": {"played": "alarm"}}
    kitchen.unplug()
