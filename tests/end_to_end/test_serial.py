"""Boards on a USB cable, added by clicking: one that is found, one that is chosen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
import json
from pathlib import Path
import shutil

from playwright.async_api import Page, expect
import pytest
import pytest_asyncio
import pytest_socket

from scripts.lib.api import Api
from scripts.lib.home_assistant import CONFIGURATION, HomeAssistant, free_port
from tests.serial_board import SerialBoard

from .browser import button, keep_dialog, log_in, open_browser

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]

PLUGGED_IN = Path(__file__).parent / "plugged_in"


@dataclass
class Bench:
    """What is plugged in."""

    uno: SerialBoard
    clone: SerialBoard


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench() -> AsyncIterator[Bench]:
    """Return an Uno with a library, and a clone that prints for the Serial Plotter."""
    uno = SerialBoard(
        {"temp": 21.5, "distance": 150.2, "led": True},
        hello={"id": "uno-7f3a", "name": "Greenhouse", "model": "Arduino Uno"},
    )
    clone = SerialBoard(
        "DHT Temp: 25.00 C, DHT Humidity: 40.00 %, Air Quality: 120 ppm", baudrate=9600
    )
    yield Bench(uno, clone)
    await uno.unplug()
    await clone.unplug()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(
    tmp_path_factory: pytest.TempPathFactory, bench: Bench
) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant that runs on the computer that both are plugged into."""
    pytest_socket.enable_socket()
    home = HomeAssistant(tmp_path_factory.mktemp("home"), free_port())
    plugged = [
        {
            "device": bench.uno.port,
            "vid": "2341",
            "pid": "0043",
            "serial_number": "75735303530351F0E1A2",
            "manufacturer": "Arduino (www.arduino.cc)",
            "description": None,
        },
        {
            "device": bench.clone.port,
            "vid": "1A86",
            "pid": "7523",
            "serial_number": None,
            "manufacturer": None,
            "description": "USB Serial",
        },
    ]
    home.prepare(f"{CONFIGURATION}plugged_in: {json.dumps(plugged)}\n")
    shutil.copytree(PLUGGED_IN, home.folder / "custom_components" / "plugged_in")
    try:
        await home.start()
        await home.onboard()
        async with home.connect() as api:
            await api.wait_running()
        yield home
    finally:
        await home.stop()


async def choose_port(page: Page, home: HomeAssistant) -> None:
    """Begin to add a board, and choose the clone's port."""
    await page.goto(f"{home.url}/config/integrations/dashboard")
    await button(page, "Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("arduino")
    await page.get_by_role("button", name="Arduino Sensor").click()
    await page.get_by_text("Add a board on a USB cable", exact=True).click()
    port = page.locator("ha-selector-serial_port ha-generic-picker")
    await port.click()
    await page.locator("ha-combo-box-item", has_text="USB Serial").click()
    await expect(port).to_contain_text("USB Serial")


async def test_found(home: HomeAssistant, api: Api, bench: Bench) -> None:
    """An Uno that is plugged in is offered, and shows what it has before it is added."""
    async with open_browser() as page:
        await log_in(page, home.url)
        await page.goto(f"{home.url}/config/integrations/dashboard")
        card = page.locator("ha-config-flow-card", has_text="Arduino Uno")
        await card.get_by_role("button", name="Add").click()
        await page.get_by_text("A board was plugged in").wait_for()
        await button(page, "Listen to the board").click()
        await page.get_by_text("Listening to the board").wait_for()
        await page.get_by_text("Your board is here").wait_for()
        await expect(page.locator("code", has_text="temp: 21.5")).to_be_visible()
        await keep_dialog(page, "usb-received")
        await button(page, "Add the board").click()
        await button(page, "Skip and finish").click()
    [entry] = await api.entries()
    assert entry["title"] == "Greenhouse"
    await api.wait_state(await api.entity_of(entry["entry_id"], "-temp"), 21.5)
    assert home.complaints() == []


async def test_chosen(home: HomeAssistant, api: Api, bench: Bench) -> None:
    """A clone is chosen from the list; its speed and its readings are found out."""
    async with open_browser() as page:
        await log_in(page, home.url)
        await choose_port(page, home)
        await keep_dialog(page, "usb-choose")
        await button(page, "Listen to the board").click()
        await page.get_by_text("Readings for the Serial Plotter").wait_for(
            timeout=90_000
        )
        await expect(page.locator("code", has_text="25.0 °C")).to_be_visible()
        await page.get_by_role("textbox", name="Name").last.fill("Shed")
        await button(page, "Add the board").click()
        await button(page, "Skip and finish").click()

        # What is wrong at once is said at once: no page waits for what is over.
        await choose_port(page, home)
        await button(page, "Listen to the board").click()
        await page.get_by_text("Your board Shed is at this port already.").wait_for()
    [entry] = [e for e in await api.entries() if e["title"] == "Shed"]
    await api.wait_state(await api.entity_of(entry["entry_id"], "-DHT Temp"), 25)
    assert home.complaints() == []
