"""Ports of their own."""

import asyncio
import errno
import socket as sockets
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import ClientConnectorError, web
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.endpoint import PARK_TIME
from custom_components.arduino_sensor.transports import listener
from custom_components.arduino_sensor.transports.listener import Listeners
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.components.http.ban import KEY_BAN_MANAGER
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_PATH, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant

from .common import (
    ADDRESS,
    Connect,
    add,
    assert_quiet,
    fixed_entry,
    pass_time,
    state,
    token_entry,
    upgrade_request,
    wait_until,
)


async def is_open(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether somebody listens on a port."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_shared_and_counted(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """Boards share a port, which is open as long as one of them is there."""
    shed = await add(hass, fixed_entry(port))
    barn = await add(hass, fixed_entry(port, path="/barn", title="Barn"))
    first, second = await connect_fixed(port), await connect_fixed(port, "/barn")
    await first.send({"temp": 1})
    await second.send({"temp": 2})
    assert state(hass, "sensor.shed_temperature") == "1"
    assert state(hass, "sensor.barn_temperature") == "2"

    await hass.config_entries.async_remove(shed.entry_id)
    assert (await first.end())[1] == 4401
    await second.send({"temp": 3})
    assert state(hass, "sensor.barn_temperature") == "3"
    assert await is_open(port)

    await hass.config_entries.async_set_disabled_by(
        barn.entry_id, ConfigEntryDisabler.USER
    )
    assert (await second.end())[1] == 4401
    await hass.async_block_till_done()
    assert not await is_open(port)


async def test_port_in_use(
    hass: HomeAssistant,
    connect_fixed: Connect,
    freezer: FrozenDateTimeFactory,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A port that somebody else has is tried again later."""
    with sockets.create_server(("127.0.0.1", port)):
        entry = fixed_entry(port)
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "port_in_use"
        assert entry.error_reason_translation_placeholders == {"port": str(port)}
        assert str(port) in (entry.reason or "")
    await pass_time(hass, freezer, 60)
    await wait_until(hass, lambda: entry.state is ConfigEntryState.LOADED)
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    assert state(hass, "sensor.shed_temperature") == "20"
    assert_quiet(caplog)


async def test_one_of_several_addresses_cannot_be_had(
    hass: HomeAssistant, loopback: None, port: int
) -> None:
    """A port is open on all of the addresses or on none."""
    hass.http.server_host = ["127.0.0.1", "127.0.0.2"]
    with sockets.create_server(("127.0.0.2", port)):
        entry = fixed_entry(port)
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert not await is_open(port)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_only_where_home_assistant_is(
    hass: HomeAssistant, loopback: None, port: int
) -> None:
    """Whoever keeps Home Assistant to one address means the boards' ports too."""
    hass.http.server_host = ["127.0.0.2"]
    await add(hass, fixed_entry(port))
    listeners = (await async_get_domain(hass)).listeners
    (runner,) = listeners._runners.values()
    assert runner.addresses == [("127.0.0.2", port)]
    assert not await is_open(port)


async def test_anywhere(hass: HomeAssistant, loopback: None, port: int) -> None:
    """Without such a wish the port is open on all addresses."""
    hass.http.server_host = None
    asked_for = []

    def bind(runner: web.AppRunner, host: str | None, port: int) -> web.TCPSite:
        asked_for.append(host)
        return web.TCPSite(runner, "127.0.0.1", port)  # but not in a test

    with patch.object(listener, "TCPSite", bind):
        await add(hass, fixed_entry(port))
    # asyncio's word for all of them.
    assert asked_for == [None]


async def test_addresses_with_a_token(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """They work here too, for homes whose Home Assistant has only TLS."""
    await add(hass, fixed_entry(port))
    await add(hass, token_entry())
    board = await connect_fixed(port, ADDRESS)
    await board.send({"temp": 20})
    assert state(hass, "sensor.kitchen_temperature") == "20"
    wrong = await connect_fixed(port, f"{URL_PREFIX}wrong")
    assert (await wrong.end())[1] == 4401


async def test_reload(
    hass: HomeAssistant,
    connect_fixed: Connect,
    freezer: FrozenDateTimeFactory,
    port: int,
) -> None:
    """Port and connection outlive a new set-up; the users are still counted."""
    entry = await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    for value in (21, 22):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        await board.send({"temp": value})
        assert state(hass, "sensor.shed_temperature") == str(value)
    listeners = (await async_get_domain(hass)).listeners
    assert listeners._users == {port: 1}

    # Unloaded for longer than a connection waits, the port is closed.
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await is_open(port)
    await pass_time(hass, freezer, PARK_TIME + 1)
    assert (await board.end())[1] == 1012
    await hass.async_block_till_done()
    assert not await is_open(port)
    assert listeners._users == {}


async def test_another_path(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """A new path on the same port is no reason to lose the port."""
    entry = await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_PATH: "/new"}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert (await board.end())[1] == 4401
    again = await connect_fixed(port, "/new")
    await again.send({"temp": 21})
    assert state(hass, "sensor.shed_temperature") == "21"


async def test_check(hass: HomeAssistant, loopback: None, port: int) -> None:
    """A port can be tried out, and one of our own is not in use."""
    await add(hass, token_entry())
    listeners = (await async_get_domain(hass)).listeners
    await listeners.async_check(port)
    assert not await is_open(port)
    await add(hass, fixed_entry(port))
    await listeners.async_check(port)
    assert await is_open(port)
    with (
        sockets.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(OSError) as caught,
    ):
        await listeners.async_check(server.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE
    assert list(listeners._users) == [port]


async def test_stop(hass: HomeAssistant, connect_fixed: Connect, port: int) -> None:
    """Home Assistant's stop closes the ports."""
    await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    ending = hass.loop.create_task(board.end())
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    assert await ending == ([], 1001)
    await hass.async_block_till_done()
    assert not await is_open(port)


async def test_without_bans(
    hass: HomeAssistant,
    loopback: None,
    connect_fixed: Connect,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where bans are switched off, none is looked for."""
    monkeypatch.delitem(hass.http.app._state, KEY_BAN_MANAGER)
    await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    assert state(hass, "sensor.shed_temperature") == "20"
    wrong = await connect_fixed(port, f"{URL_PREFIX}wrong")
    assert (await wrong.end())[1] == 4401
    assert "Login attempt" in caplog.text
    assert_quiet(caplog)


async def test_no_websocket(
    hass: HomeAssistant, connect_fixed: Connect, port: int, caplog: Any
) -> None:
    """Nothing but a WebSocket is of use here."""
    await add(hass, fixed_entry(port))
    for request, status in (
        (b"GET /ws/sensor/ HTTP/1.1\r\nHost: x\r\n\r\n", b"426"),
        (b"POST /ws/sensor/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"405"),
        (upgrade_request("/ws/sensor/").replace(b"websocket", b"h2c"), b"426"),
        (b"GET /ws/sensor/ HTTP/1.1\r\nno header\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        async with asyncio.timeout(5):
            assert (await reader.readline()).split()[1] == status
        writer.close()
        await writer.wait_closed()
    assert_quiet(caplog)


async def test_closed_before_it_was_open(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """Without a board there is no port."""
    await add(hass, token_entry())
    with pytest.raises(ClientConnectorError):
        await connect_fixed(port)


async def test_without_one_of_the_addresses(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """An address that the machine does not have, such as IPv6's, is passed over."""
    hass.http.server_host = ["192.0.2.1", "127.0.0.1"]
    await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    assert await board.send({"temp": 20}) == []


async def test_without_any_of_the_addresses(
    hass: HomeAssistant, loopback: None, port: int
) -> None:
    """If there is none at all, the reason is shown."""
    hass.http.server_host = ["192.0.2.1"]
    entry = fixed_entry(port)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_cannot_open"
    assert "192.0.2.1" in (entry.reason or "")
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_port_not_permitted(
    hass: HomeAssistant, loopback: None, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that Home Assistant may not open is not called used."""

    async def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Listeners, "_async_bind", refuse)
    entry = fixed_entry(port)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "port_not_permitted"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_set_up_that_fails(
    hass: HomeAssistant, loopback: None, port: int
) -> None:
    """The port does not stay open for an entry that could not be set up."""
    entry = fixed_entry(port)
    entry.add_to_hass(hass)
    with patch.object(
        hass.config_entries, "async_forward_entry_setups", side_effect=RuntimeError
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not await is_open(port)


async def test_unload_while_home_assistant_stops(
    hass: HomeAssistant,
    connect_fixed: Connect,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A port that is closed already is not closed again."""
    entry = await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send({"temp": 20})
    ending = hass.loop.create_task(board.end())
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await ending
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert_quiet(caplog)


async def test_half_a_request(
    hass: HomeAssistant, loopback: None, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that never asks for anything does not stay.

    aiohttp 3.14.3, which Home Assistant 2026.8 brings, does not look at those yet.
    """
    monkeypatch.setattr(listener, "_IDLE_TIMEOUT", 0.05)
    await add(hass, fixed_entry(port))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HT")
    if tuple(map(int, aiohttp.__version__.split(".")[:3])) > (3, 14, 3):
        async with asyncio.timeout(5):
            assert await reader.read() == b""
    else:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read()
    writer.close()
    await writer.wait_closed()
