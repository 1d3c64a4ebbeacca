"""A board's readings in a real Home Assistant, with the real recorder."""

import asyncio
import json
from pathlib import Path
import sys
from typing import Any

import aiohttp
import pytest

from scripts.lib.add import FixedAddress, add_board, add_fixed_address
from scripts.lib.api import Api, eventually
from scripts.lib.home_assistant import HomeAssistant, free_port

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

READING = '{"temp":25.5,"distance":150.2,"red":true,"green":false,"blue":true}'

STATES = {
    "temp": ("25.5", {"unit_of_measurement": "°C", "device_class": "temperature"}),
    "distance": ("150.2", {"unit_of_measurement": "cm", "state_class": "measurement"}),
    "red": ("on", {}),
    "green": ("off", {}),
    "blue": ("on", {}),
}


async def test_reading_through_a_restart(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """A reading is in the states and in the history, and so are later ones."""
    entry, address = await add_board(api, "Kitchen")
    async with boards.ws_connect(address) as board:
        await board.send_str(READING)
        for key, (value, attributes) in STATES.items():
            state = await api.wait_state(await api.entity_of(entry, f"-{key}"), value)
            assert attributes.items() <= state["attributes"].items()
        temperature = await api.entity_of(entry, "-temp")
        await api.wait_history(temperature, 25.5)

        reader = asyncio.create_task(_read_to_the_end(board))
        await api.hang_up()
        await home.restart()
        assert await reader == []
        assert board.close_code == 1001

    await api.wait_running()
    assert await api.state(temperature) is not None  # before the board is there
    async with boards.ws_connect(address) as board:
        await board.send_str('{"temp":-3.25}')
        await api.wait_state(temperature, -3.25)
    await api.wait_history(temperature, -3.25)
    recorded = [state["state"] for state in await api.history(temperature)]
    numbers = [state for state in recorded if state not in ("unavailable", "unknown")]
    assert (numbers[0], numbers[-1]) == ("25.5", "-3.25")
    assert home.complaints() == []


async def test_dedicated_port(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """A board that was flashed with an address is served on a port of its own."""
    fixed = FixedAddress(free_port())
    entry = await add_fixed_address(api, "Garage", fixed)
    async with boards.ws_connect(fixed.url) as board:
        await board.send_str('{"temp":nan,"distance":12.1}')
        await api.wait_state(await api.entity_of(entry, "-distance"), 12.1)
        await board.send_str('{"temp":7.5}')
        temperature = await api.entity_of(entry, "-temp")
        await api.wait_state(temperature, 7.5)
    await api.wait_history(temperature, 7.5)
    assert home.complaints() == []


async def test_automation_fires(api: Api, boards: aiohttp.ClientSession) -> None:
    """An automation on a threshold fires when the board's value crosses it."""
    entry, address = await add_board(api, "Greenhouse")
    async with boards.ws_connect(address) as board:
        await board.send_str('{"temp":25.5}')
        temperature = await api.entity_of(entry, "-temp")
        await api.post(
            "/api/config/automation/config/too_warm",
            {
                "alias": "Too warm",
                "triggers": [
                    {
                        "trigger": "numeric_state",
                        "entity_id": temperature,
                        "above": 30,
                    }
                ],
                "actions": [
                    {
                        "action": "persistent_notification.create",
                        "data": {
                            "title": "Too warm",
                            "message": "{{ trigger.to_state.state }}",
                        },
                    }
                ],
            },
        )
        await api.wait_state("automation.too_warm", "on")

        async def notified() -> str | None:
            notes: list[dict[str, Any]] = await api.command(
                "persistent_notification/get"
            )
            found = [note for note in notes if note["title"] == "Too warm"]
            return found[0]["message"] if found else None

        await board.send_str('{"temp":29.9}')
        await api.wait_state(temperature, 29.9)
        assert await notified() is None
        await board.send_str('{"temp":31.4}')
        assert await eventually(notified, "the automation's notification") == "31.4"


async def test_newer_connection_replaces_older(
    api: Api, boards: aiohttp.ClientSession
) -> None:
    """A board that has restarted is not kept out by its own old connection."""
    entry, address = await add_board(api, "Cellar")
    async with boards.ws_connect(address) as old:
        await old.send_str('{"temp":1.5}')
        temperature = await api.entity_of(entry, "-temp")
        await api.wait_state(temperature, 1.5)
        async with boards.ws_connect(address) as new:
            received = await _read_to_the_end(old)
            assert old.close_code == 4409
            assert received[-1]["type"] == "error"
            await new.send_str('{"temp":2.5}')
            await api.wait_state(temperature, 2.5)


async def test_wrong_address(
    home: HomeAssistant, boards: aiohttp.ClientSession
) -> None:
    """A board with a wrong address is told so, and its token is not logged."""
    token = "0123456789abcdefghijklmnopqrstuv"
    address = f"ws://127.0.0.1:{home.port}/api/arduino_sensor/ws/{token}"
    async with boards.ws_connect(address) as board:
        received = await _read_to_the_end(board)
    assert board.close_code == 4401
    assert received[-1]["type"] == "error"
    assert token not in home.log
    assert home.tracebacks() == []


async def test_stop_closes_connections(
    home: HomeAssistant, api: Api, boards: aiohttp.ClientSession
) -> None:
    """Home Assistant's stop tells every board, and does not wait for them."""
    _, address = await add_board(api, "Attic")
    fixed = FixedAddress(free_port())
    await add_fixed_address(api, "Shed", fixed)
    async with boards.ws_connect(address) as own, boards.ws_connect(fixed.url) as other:
        await own.send_str(READING)
        await other.send_str(READING)
        readers = [asyncio.create_task(_read_to_the_end(b)) for b in (own, other)]
        await api.hang_up()
        assert await home.stop(timeout=20) == 0
        assert await asyncio.gather(*readers) == [[], []]
        assert own.close_code == other.close_code == 1001
    assert home.tracebacks() == []


async def test_folder_alone(tmp_path: Path, boards: aiohttp.ClientSession) -> None:
    """The folder, copied into an empty configuration, is all that it takes."""
    installed = _installed()
    home = HomeAssistant(tmp_path, free_port())
    home.prepare(configuration="")
    assert [path.name for path in (tmp_path / "custom_components").iterdir()] == [
        "arduino_sensor"
    ]
    try:
        await home.start()
        await home.onboard()
        async with home.connect() as api:
            await api.wait_running()
            entry, address = await add_board(api, "Kitchen")
            async with boards.ws_connect(address) as board:
                await board.send_str(READING)
                await api.wait_state(await api.entity_of(entry, "-temp"), 25.5)
    finally:
        await home.stop()
    assert _installed() == installed
    assert home.complaints() == []


async def _read_to_the_end(board: aiohttp.ClientWebSocketResponse) -> list[Any]:
    """Return what the server says until the connection is closed."""
    async with asyncio.timeout(60):
        return [json.loads(message.data) async for message in board]


def _installed() -> set[Path]:
    """Return what is installed beside Home Assistant."""
    return set(Path(sys.prefix).glob("lib/python3.*/site-packages/*.dist-info"))
