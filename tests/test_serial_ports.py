"""Serial ports and their entries: plugs, reloads, ports in the network."""

import asyncio
import os
import time
from typing import Any

import pytest

from custom_components.arduino_sensor.connection import CloseCode
from custom_components.arduino_sensor.transports.serial_line import SerialConnection
from custom_components.arduino_sensor.transports.serial_open import async_open
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .common import act, add, assert_quiet, channels, state, wait_until
from .serial_cable import (
    CONNECTION,
    TEMPERATURE,
    Cable,
    Openings,
    has_open,
    hurry,
    is_open,
    is_temperature,
    serial_entry,
)

LED = {"key": "lamp", "kind": "switch"}


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have less time pass than with a board that has to start."""
    hurry(monkeypatch, 0.1)


# Plugs.


async def test_unplug_and_replug(
    hass: HomeAssistant,
    cable: Cable,
    openings: Openings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Unplugged, a board is missed after the grace; plugged in, it is back by itself."""
    entry = await add(hass, serial_entry(cable.port, options={"grace": 1}))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")

    cable.unplug()
    await wait_until(hass, lambda: state(hass, CONNECTION) == "off")
    assert state(hass, TEMPERATURE) == "1"
    await asyncio.sleep(1.1)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    cable.plug()
    await is_open(hass, cable)
    await wait_until(hass, lambda: state(hass, CONNECTION) == "on")
    cable.send({"temp": 2})
    await is_temperature(hass, "2")

    assert openings.count == 2
    assert entry.state is ConfigEntryState.LOADED
    ours = [r for r in caplog.records if r.name.startswith("custom_components")]
    assert [r.getMessage() for r in ours if r.levelname != "DEBUG"] == [
        "Bench is not available",
        "Bench is available again",
    ]
    assert_quiet(caplog)


async def test_unplugged_in_a_command(hass: HomeAssistant, cable: Cable) -> None:
    """A command that the plug is pulled under fails at once."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "uno-1"}, channels(LED), {"lamp": False})
    await wait_until(hass, lambda: state(hass, "switch.bench_lamp") == "off")

    action = act(hass, "switch.turn_on", "switch.bench_lamp")
    await cable.told(hass, "set")
    cable.unplug()

    with pytest.raises(HomeAssistantError, match="not connected"):
        await action


async def test_port_that_is_not_there(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that is not plugged in at the start has its entities, and comes later."""
    cable.unplug()
    entry = await add(hass, serial_entry(cable.port, channels={"temp": "number"}))
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    await asyncio.sleep(0.5)
    assert not ir.async_get(hass).issues

    cable.plug()
    await is_open(hass, cable)
    cable.send({"temp": 1})

    await is_temperature(hass, "1")


# Between the opening and what follows it.


@pytest.fixture
def slow_names(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> asyncio.Event:
    """Have the look-up of a port's real name take its time; say when one was begun."""
    begun = asyncio.Event()
    real = os.path.realpath

    def slow(path: str, **kwargs: Any) -> str:
        if path == cable.port:
            hass.loop.call_soon_threadsafe(begun.set)
            time.sleep(0.5)
        return real(path, **kwargs)

    monkeypatch.setattr(os.path, "realpath", slow)
    return begun


async def test_hello_at_once(
    hass: HomeAssistant, cable: Cable, slow_names: asyncio.Event
) -> None:
    """A board that says hello as soon as its port is open is heard, and not asked."""
    await add(hass, serial_entry(cable.port, board="uno-1"))
    await slow_names.wait()
    cable.send("", {"type": "hello", "id": "uno-1"}, {"temp": 1})

    await is_temperature(hass, "1")
    await asyncio.sleep(1.3)
    assert [message["type"] for message in cable.heard] == ["welcome"]


async def test_removed_at_once(
    hass: HomeAssistant, cable: Cable, slow_names: asyncio.Event
) -> None:
    """An entry that is removed when its port was just opened leaves nothing open."""
    entry = await add(hass, serial_entry(cable.port))
    await slow_names.wait()
    assert has_open(cable)
    await hass.config_entries.async_remove(entry.entry_id)

    await wait_until(hass, lambda: not has_open(cable))


async def test_removed_while_opening(
    hass: HomeAssistant, cable: Cable, late: asyncio.Event
) -> None:
    """Nor one that is removed when its port is open and was not yet said to be."""
    entry = await add(hass, serial_entry(cable.port))
    await late.wait()
    assert has_open(cable)
    await hass.config_entries.async_remove(entry.entry_id)

    await wait_until(hass, lambda: not has_open(cable))


# Entries.


async def test_reload_keeps_the_port_open(
    hass: HomeAssistant, cable: Cable, openings: Openings
) -> None:
    """Setting an entry up anew does not open its port anew: that would reset the board."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")
    first = entry.runtime_data

    assert await hass.config_entries.async_unload(entry.entry_id)
    cable.send({"temp": 2})
    await asyncio.sleep(0.1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await is_temperature(hass, "2")
    for number in range(3, 6):
        assert await hass.config_entries.async_reload(entry.entry_id)
        cable.send({"temp": number})
        await is_temperature(hass, str(number))

    assert openings.count == 1
    assert entry.runtime_data is not first
    assert entry.runtime_data.link.connects == 1


@pytest.mark.parametrize("way", ["disable", "remove"])
async def test_port_is_let_go(
    hass: HomeAssistant, cable: Cable, openings: Openings, way: str
) -> None:
    """Disabled or deleted, a board's port is free at once."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "uno-1"})
    await cable.told(hass, "welcome")

    if way == "disable":
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    await asyncio.sleep(0.1)

    connection = SerialConnection(hass, cable.port, 9600)
    await async_open(connection)
    assert cable.heard[-1]["code"] == "unknown_address"
    connection.close(CloseCode.GOING_AWAY)
    await connection.ended


async def test_another_speed(
    hass: HomeAssistant, cable: Cable, openings: Openings
) -> None:
    """With another speed in the entry, the port is opened anew, once."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    hass.config_entries.async_update_entry(entry, data={**entry.data, "baudrate": 9600})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait_until(hass, lambda: openings.count == 2)
    await is_open(hass, cable)
    cable.send({"temp": 2})

    await is_temperature(hass, "2")
    await asyncio.sleep(0.2)
    assert openings.count == 2


async def test_home_assistant_stops(
    hass: HomeAssistant, cable: Cable, openings: Openings
) -> None:
    """When Home Assistant stops, the port is closed and stays so."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    await hass.async_stop(force=True)

    assert openings.count == 1
    connection = SerialConnection(hass, cable.port, 9600)
    await async_open(connection)
    connection.close(CloseCode.GOING_AWAY)
    await connection.ended


async def test_port_in_the_network(
    hass: HomeAssistant, socket_enabled: None, port: int
) -> None:
    """A board behind a serial server is like any other; half dead, it is asked anew."""
    heard = b""
    connections = 0
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard, connections
        connections += 1
        writers.append(writer)
        writer.write(b'half\n{"temp":%d}\n' % connections)
        while data := await reader.read(1000):
            heard += data
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    entry = await add(
        hass, serial_entry(f"socket://127.0.0.1:{port}", options={"silence": 1})
    )
    await is_temperature(hass, "1")
    link = entry.runtime_data.link

    # Silent for as long as the limit and half as long: as good as gone.
    await is_temperature(hass, "2")
    assert b'{"type":"hello"}\n' in heard
    assert (link.connects, link.drops) == (2, 1)

    server.close()
    writers[-1].close()
    await wait_until(hass, lambda: not entry.runtime_data.connected)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
