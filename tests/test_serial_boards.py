"""Whose board is at a serial port: boards that look the same, and change places."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from custom_components.arduino_sensor.transports.serial import async_introduce
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from .common import add, channels, state, wait_until
from .serial_cable import (
    CONNECTION,
    TEMPERATURE,
    Cable,
    Openings,
    hurry,
    is_open,
    is_temperature,
    repairs,
    serial_entry,
)


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have less time pass than with a board that has to start."""
    hurry(monkeypatch, 0.1)


def states_of(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return what will have become of an entity, each state once in a row."""
    seen: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and seen[-1:] != [new.state]:
            seen.append(new.state)

    async_track_state_change_event(hass, entity_id, note)
    return seen


@pytest.fixture
def cables(cable: Cable, tmp_path: Path) -> Generator[tuple[Cable, Cable]]:
    """Return two cables with a board each."""
    other = Cable(tmp_path / "ttyUSB1")
    other.plug()
    yield cable, other
    other.unplug()


async def test_boards_that_changed_places(
    hass: HomeAssistant, cables: tuple[Cable, Cable], openings: Openings
) -> None:
    """A board's readings go to its own entry, whatever port it comes in by."""
    first, second = cables
    for cable, board in zip(cables, "ab", strict=True):
        await add(hass, serial_entry(cable.port, board=board, title=f"Board {board}"))
    for cable, board in zip(cables, "ba", strict=True):
        await is_open(hass, cable)
        cable.send("", {"temp": ord(board)}, {"type": "hello", "id": board})
        await cable.told(hass, "welcome")

    await wait_until(hass, lambda: state(hass, "sensor.board_b_temperature") == "98")
    await wait_until(hass, lambda: state(hass, "sensor.board_a_temperature") == "97")
    assert repairs(hass) == []

    # One of them is plugged into the other's place.
    second.unplug()
    await wait_until(
        hass, lambda: state(hass, "binary_sensor.board_a_connectivity") == "off"
    )
    first.send({"type": "hello", "id": "a"}, {"temp": 1})
    await wait_until(hass, lambda: state(hass, "sensor.board_a_temperature") == "1")
    assert state(hass, "sensor.board_b_temperature") == "98"
    assert state(hass, "binary_sensor.board_b_connectivity") == "off"
    assert openings.count == 2


async def test_another_board(hass: HomeAssistant, cable: Cable) -> None:
    """Another board's readings do not get into an entry, and a repair names it."""
    entry = await add(hass, serial_entry(cable.port, board="a"))
    await is_open(hass, cable)

    cable.send("", {"temp": 1}, {"type": "hello", "id": "b"}, {"temp": 2})
    await wait_until(hass, lambda: repairs(hass) == ["serial_other_board"])
    assert (await cable.told(hass, "error"))["code"] == "unknown_board"
    cable.send({"temp": 3}, {"type": "hello", "id": "b"}, {"temp": 3})
    await asyncio.sleep(1.5)
    assert state(hass, TEMPERATURE) is None
    assert not entry.runtime_data.connected

    temperatures = states_of(hass, TEMPERATURE)
    cable.send({"type": "hello", "id": "a"}, {"temp": 4})
    await is_temperature(hass, "4")
    assert repairs(hass) == []

    # Behind the same adapter, nobody notices that a board is another.
    cable.send({"type": "hello", "id": "b"}, {"temp": 5}, {"type": "hello", "id": "a"})
    cable.send({"temp": 6})
    await is_temperature(hass, "6")
    assert entry.runtime_data.link.connects == 2
    assert temperatures == ["4", "6"]


async def test_what_another_board_has_said(hass: HomeAssistant, cable: Cable) -> None:
    """Nothing of it gets into the entry of the board that comes back."""
    entry = await add(hass, serial_entry(cable.port, board="a"))
    await is_open(hass, cable)
    heater = channels({"key": "heater", "kind": "switch"})
    cable.send("", {"type": "hello", "id": "a"}, heater, {"temp": 1, "heater": True})
    await is_temperature(hass, "1")
    temperatures = states_of(hass, TEMPERATURE)

    # Its own, and then also after a second hello, as of a board that starts again.
    for kept in ([], [{"type": "hello", "id": "b"}, {"temp": 56, "pressure": 3}]):
        cable.send({"type": "hello", "id": "b"}, "printed by b", {"temp": 2})
        await wait_until(hass, lambda: repairs(hass) == ["serial_other_board"])
        cable.send(channels(), {"temp": 55, "humidity": 44}, '{"temp": }', *kept)
        await asyncio.sleep(0.1)
        cable.send({"type": "hello", "id": "a"})
        await wait_until(hass, lambda: repairs(hass) == [])
    await asyncio.sleep(1.2)

    assert state(hass, "switch.bench_heater") == "on"
    assert list(entry.runtime_data.channels) == ["heater", "temp"]
    assert temperatures == []
    assert state(hass, TEMPERATURE) == "1"
    assert entry.runtime_data.reporter.count == 0
    assert not entry.runtime_data.link.printed


async def test_board_that_says_no_hello(hass: HomeAssistant, cable: Cable) -> None:
    """A board that has said its id before, and does not any more, has to be believed."""
    await add(hass, serial_entry(cable.port, board="a"))
    await is_open(hass, cable)
    cable.send("", *({"temp": number} for number in range(20)))
    await asyncio.sleep(0.2)
    assert state(hass, CONNECTION) == "off"

    await is_temperature(hass, "19")


async def test_two_boards_with_one_id(
    hass: HomeAssistant, cables: tuple[Cable, Cable], openings: Openings
) -> None:
    """Copies of one sketch: the second is not taken, and does not throw out the first."""
    first, second = cables
    await add(hass, serial_entry(first.port, board="a"))
    await add(hass, serial_entry(second.port, board="b", title="Other"))
    for cable in cables:
        await is_open(hass, cable)
        cable.send("", {"type": "hello", "id": "a"}, {"temp": 1})
    await is_temperature(hass, "1")
    await wait_until(hass, lambda: repairs(hass) == ["serial_same_board"])
    second.send({"temp": 2})
    await asyncio.sleep(0.5)

    assert state(hass, TEMPERATURE) == "1"
    assert (await second.told(hass, "error"))["code"] == "unknown_board"
    assert openings.count == 2


async def test_entry_without_an_id_takes_what_is_there(
    hass: HomeAssistant, cables: tuple[Cable, Cable]
) -> None:
    """Unless that is another entry's board."""
    first, second = cables
    await add(hass, serial_entry(first.port))
    await add(hass, serial_entry(second.port, board="b", title="Board b"))
    await is_open(hass, first)

    first.send("", {"temp": 1}, {"type": "hello", "id": "c"}, {"temp": 2})
    await is_temperature(hass, "2")
    first.send({"type": "hello", "id": "b"}, {"temp": 3})
    await wait_until(hass, lambda: state(hass, "sensor.board_b_temperature") == "3")

    assert state(hass, TEMPERATURE) == "2"
    assert state(hass, CONNECTION) == "off"


async def test_add_the_other_board(
    hass: HomeAssistant, cable: Cable, openings: Openings
) -> None:
    """A board in another's place can be added beside it: both have the port then."""
    await add(hass, serial_entry(cable.port, board="a"))
    await is_open(hass, cable)
    cable.send("", {"type": "hello", "id": "b"})
    await wait_until(hass, lambda: repairs(hass) == ["serial_other_board"])

    listening = asyncio.create_task(async_introduce(hass, cable.port, 115200))
    await wait_until(hass, lambda: openings.count == 2)
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "b"}, {"temp": 1})
    about = (await listening).about
    assert about is not None
    await add(hass, serial_entry(cable.port, board=about.id, title="Board b"))
    await wait_until(hass, lambda: openings.count == 3)
    await is_open(hass, cable)
    cable.send("", {"type": "hello", "id": "b"}, {"temp": 2})

    await wait_until(hass, lambda: state(hass, "sensor.board_b_temperature") == "2")
    assert state(hass, TEMPERATURE) is None
    assert repairs(hass) == []
    assert openings.count == 3
