"""What the integration adds to pages, as axe-core judges it: by WCAG 2.1, A and AA."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any, Final

import aiohttp
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
import pytest

from scripts.lib.add import add_board
from scripts.lib.api import Api
from scripts.lib.home_assistant import HomeAssistant

from .browser import open_browser, watched_page

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    # Selectors alone: whole pages of Home Assistant's are not wanted back.
    "elementRef": False,
}

READING: Final = {"temp": 21.5, "humidity": 48, "distance": 150, "red": True}


async def complaints(page: Page, ours: str = "arduino-") -> list[str]:
    """Return what is wrong with what is ours on a page."""
    found = await Axe().run(page, options=OPTIONS)
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
        if ours in json.dumps(node["target"])
    ]


async def judge(page: Page) -> None:
    """Find nothing wrong, in light and in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_timeout(500)
        assert await complaints(page) == [], scheme
    await page.emulate_media(color_scheme="light")


@asynccontextmanager
async def sending(
    session: aiohttp.ClientSession, api: Api
) -> AsyncIterator[tuple[str, str]]:
    """Have a board that sends, and one that is away; yield their entries."""
    running: list[asyncio.Task[None]] = []

    async def run(address: str) -> None:
        async with session.ws_connect(address) as socket:
            while True:
                await socket.send_json(READING)
                await asyncio.sleep(0.2)

    def connect(address: str) -> None:
        running.append(asyncio.create_task(run(address)))

    here, _ = await add_board(api, "Kitchen", connect)
    away, _ = await add_board(api, "Garage")
    try:
        yield here, away
    finally:
        for task in running:
            task.cancel()


async def raise_alerts(api: Api, entry_id: str) -> None:
    """Have one alert that is over, and one that is not."""
    temperature = await api.entity_of(entry_id, "-temp")
    for kind, key in (("above", "over"), ("below", "active")):
        about = {"entity_id": temperature, "key": key}
        alert: dict[str, Any] = {**about, "kind": kind, "limit": "20"}
        for service, data in (("raise_alert", alert), ("clear_alert", about)):
            if service == "clear_alert" and key == "active":
                continue
            await api.command(
                "call_service",
                domain="arduino_sensor",
                service=service,
                service_data=data,
            )


async def test_pages(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """The page that makes the dashboard, the dashboard, and both cards."""
    async with sending(boards, api) as (here, _), watched_page(home) as page:
        await raise_alerts(api, here)

        await page.goto(f"{home.url}/arduino_sensor")
        create = page.get_by_role("button", name="Create the dashboard")
        await create.wait_for()
        await judge(page)
        await create.click()

        await page.get_by_role("tab", name="Kitchen").wait_for()
        await expect(page.locator("arduino-last-reading").first).to_contain_text("now")
        badge = page.get_by_role("img", name="Alerts: 1")
        await expect(badge).to_be_visible()
        await judge(page)
        await page.get_by_role("tab", name="Kitchen").click()
        await page.locator("arduino-plotter-card").wait_for()
        await expect(badge).to_be_visible()
        await judge(page)

        await api.command("lovelace/dashboards/create", url_path="a-b", title="Cards")
        devices = await api.command("config/device_registry/list")
        [kitchen] = [one["id"] for one in devices if here in one["config_entries"]]
        cards = [
            {"type": "custom:arduino-alerts-card"},
            {"type": "custom:arduino-plotter-card", "device_id": kitchen},
            {"type": "custom:arduino-plotter-card"},
        ]
        section = {"type": "grid", "cards": cards}
        view = {"type": "sections", "sections": [section]}
        await api.command(
            "lovelace/config/save", url_path="a-b", config={"views": [view]}
        )
        await page.goto(f"{home.url}/a-b")
        rows = page.locator("arduino-alerts-card").get_by_role("listitem")
        await expect(rows).to_have_count(3)
        await judge(page)
        await page.get_by_role("button", name="Pause").click()
        await judge(page)


async def test_sees_what_is_wrong() -> None:
    """What nobody could read is noticed: nothing is passed over by mistake."""
    async with open_browser() as page:
        await page.set_content(
            "<arduino-x></arduino-x><script>"
            "document.querySelector('arduino-x').attachShadow({mode: 'open'})"
            ".innerHTML = '<button></button>"
            '<p style="color:#ccc;background:#fff">pale</p>\';</script>'
        )
        found = await complaints(page)
        wrong = {one.split(":")[0] for one in found}
        assert wrong == {"color-contrast", "button-name"}
