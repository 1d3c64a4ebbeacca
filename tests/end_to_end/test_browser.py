"""What a person does and sees, in a real browser."""

import asyncio
from collections.abc import Iterator
import json
import re

import aiohttp
from aiohttp import web
from playwright.async_api import expect
import pytest

from scripts.lib.add import FixedAddress, add_fixed_address
from scripts.lib.api import Api
from scripts.lib.boards import Board
from scripts.lib.home_assistant import HOST, HomeAssistant, free_port
from scripts.lib.readings import Frame

from .browser import (
    button,
    keep_dialog,
    keep_page,
    log_in,
    open_browser,
    show_usual_address,
)

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]


async def test_add_a_board(home: HomeAssistant, api: Api) -> None:
    """A person adds a board, click by click, and sees its temperature change."""
    reading = {
        "temp": 25.5,
        "distance": 150.2,
        "red": True,
        "green": False,
        "blue": True,
    }

    def source() -> Iterator[Frame]:
        while True:
            yield json.dumps(reading)

    async with open_browser() as page:
        await log_in(page, home.url)
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("link", name="Devices & services").click()
        await button(page, "Add integration").click()
        await page.get_by_placeholder("Search for a brand name").fill("arduino")
        await page.get_by_role("button", name="Arduino Sensor").click()

        await page.get_by_text("Add a board", exact=True).wait_for()
        await keep_dialog(page, "add-what")
        await page.get_by_text("Add a board", exact=True).click()
        await page.get_by_text("Give your board a name").wait_for()
        await page.get_by_role("textbox", name="Name").last.fill("Kitchen")
        await keep_dialog(page, "add-name")
        await button(page, "Next").click()

        shown = page.locator("code", has_text="ws://")
        found = re.search(r"ws://\S+", await shown.inner_text())
        assert found is not None
        # The sketch is what the picture is to show.
        await page.locator("ha-code-editor").evaluate("e => e.scrollIntoView()")
        await show_usual_address(page, home.url)
        await keep_dialog(page, "add-sketch")
        await button(page, "Next").click()

        await page.get_by_text("Wait for the board", exact=True).wait_for()
        await keep_dialog(page, "add-connect")
        await page.get_by_text("Wait for the board", exact=True).click()
        await page.get_by_text("Waiting for the board").wait_for()
        await keep_dialog(page, "add-wait")
        board = Board("Kitchen", found[0], source(), interval=0.5)
        playing = asyncio.create_task(board.run())

        await page.get_by_text("Your board is here").wait_for()
        await expect(page.locator("code", has_text="temp: 25.5")).to_be_visible()
        await keep_dialog(page, "add-received")
        await button(page, "Add the board").click()
        await button(page, "Skip and finish").click()

        await page.get_by_role("link", name="Arduino Sensor").click()
        # The first is the entry, the one below it the device.
        await page.get_by_text("Kitchen", exact=True).nth(1).click()
        await page.get_by_text("25.5 °C").wait_for()
        await expect(page.get_by_text("150.2 cm")).to_be_visible()
        await keep_page(page, "device", width=860, height=720)

        address = page.url
        reading["temp"] = 19.5
        await page.get_by_text("19.5 °C").first.wait_for()
        assert page.url == address
        playing.cancel()

    [entry] = [e for e in await api.entries() if e["title"] == "Kitchen"]
    await api.wait_history(await api.entity_of(entry["entry_id"], "-temp"), 19.5)
    assert home.complaints() == []


async def test_page_cannot_play_a_board(
    api: Api, boards: aiohttp.ClientSession
) -> None:
    """A page on any site can reach the dedicated port, and is refused there."""
    fixed = FixedAddress(free_port())
    entry = await add_fixed_address(api, "Garage", fixed)
    script = f"""
        const board = new WebSocket("{fixed.url}");
        board.onopen = () => board.send('{{"temp":99}}');
        board.onclose = (event) => document.title = `closed with ${{event.code}}`;
    """

    async def serve(request: web.Request) -> web.Response:
        page = f"<!doctype html><title>waits</title><script>{script}</script>"
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, HOST, port).start()
        async with open_browser() as page:
            await page.goto(f"http://{HOST}:{port}/")
            await expect(page).to_have_title("closed with 4403", timeout=10_000)
    finally:
        await runner.cleanup()
    assert not [e for e in await api.entities(entry) if "-temp" in e["unique_id"]]

    # A board at the same address is welcome all the same.
    async with boards.ws_connect(fixed.url) as board:
        await board.send_str('{"temp":7.5}')
        await api.wait_state(await api.entity_of(entry, "-temp"), 7.5)
