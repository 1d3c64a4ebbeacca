"""Frames on the wire: limits, silence, and clients that misbehave."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
import json
import logging
import socket as sockets
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import CONF_SILENCE, DEFAULT_SILENCE
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.protocol import MAX_FRAME
from custom_components.arduino_sensor.transports import websocket
from custom_components.arduino_sensor.transports.websocket import (
    URL_PREFIX,
    plain_address,
)
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import CoreState, HomeAssistant

from .common import (
    ADDRESS,
    Connect,
    Sketch,
    add,
    assert_quiet,
    pass_time,
    raw_frame,
    state,
    token_entry,
    upgrade_request,
    wait_until,
)

TEMPERATURE = "sensor.kitchen_temperature"
CONNECTION = "binary_sensor.kitchen_connectivity"

type Raw = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type ConnectRaw = Callable[[bytes], Awaitable[Raw]]


@pytest.fixture
async def entry(hass: HomeAssistant, client: TestClient[Any, Any]) -> MockConfigEntry:
    """Return the entry of a board that was added."""
    return await add(hass, token_entry())


@pytest.fixture
async def board(entry: MockConfigEntry, connect_token: Connect) -> Sketch:
    """Return a board that is connected."""
    return await connect_token()


@pytest.fixture
async def connect_raw(
    hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any]
) -> AsyncGenerator[ConnectRaw]:
    """Return what opens a connection and sends bytes as they are."""
    writers = []

    async def _connect(data: bytes) -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writers.append(writer)
        writer.write(data)
        return reader, writer

    yield _connect
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the server closes."""
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            return await reader.read()
    return b""


# Limits.


async def test_longest_frame(hass: HomeAssistant, board: Sketch) -> None:
    """A frame of 4096 bytes passes."""
    frame = b'{"temp":20' + b" " * (MAX_FRAME - 11) + b"}"
    assert len(frame) == MAX_FRAME == 4096
    assert await board.send(frame) == []
    assert state(hass, TEMPERATURE) == "20"


@pytest.mark.parametrize("size", [MAX_FRAME + 1, 4 * MAX_FRAME - 1])
async def test_frame_too_large(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    size: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One byte more, and the board is told so and closed."""
    await board.send({"temp": 20})
    await board.socket.send_frame(
        b'{"temp":21' + b" " * (size - 11) + b"}", WSMsgType.TEXT
    )
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("frame_too_large", 1009)
    assert "4096 bytes" in answer["message"]
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert state(hass, TEMPERATURE) == "20"
    assert entry.runtime_data.reporter.count == 1
    assert_quiet(caplog)


async def test_frame_far_too_large(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Much more is not even read: closed, and counted."""
    await board.socket.send_frame(b" " * (4 * MAX_FRAME + 1), WSMsgType.TEXT)
    assert await board.end() == ([], 1009)
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert entry.runtime_data.reporter.count == 1
    assert_quiet(caplog)


@pytest.mark.parametrize("piece", [1000, 5000, 20000])
async def test_a_megabyte_in_pieces(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    caplog: pytest.LogCaptureFixture,
    piece: int,
) -> None:
    """A message that never ends is cut off when it is too long."""
    reader, writer = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    writer.write(raw_frame(b"[" * piece, final=False))
    with suppress(ConnectionError):
        for _ in range(2**20 // piece):
            writer.write(raw_frame(b"[" * piece, WSMsgType.CONTINUATION, final=False))
            await writer.drain()
    end = await read_to_the_end(reader)
    assert end[:1] == b"\x88" or end == b""
    if end:
        assert int.from_bytes(end[2:4]) == 1009
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert entry.runtime_data.reporter.count == 1
    assert_quiet(caplog)


async def test_message_in_pieces(
    hass: HomeAssistant, entry: MockConfigEntry, connect_raw: ConnectRaw
) -> None:
    """A board may send its message in pieces, as some libraries do."""
    reader, writer = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    writer.write(raw_frame(b'{"temp"', final=False))
    writer.write(raw_frame(b"", WSMsgType.PING))
    writer.write(raw_frame(b":20}", WSMsgType.CONTINUATION))
    assert await reader.readexactly(2) == b"\x8a\x00"
    await wait_until(hass, lambda: state(hass, TEMPERATURE) == "20")


async def test_binary(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """A binary frame is refused with a word on why, and nothing worse happens."""
    await board.socket.send_bytes(b'{"temp":20}')
    (answer,) = await board.answers()
    assert answer["code"] == "binary_frame"
    assert entry.runtime_data.reporter.count == 1
    await board.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"


async def test_ping_and_pong(board: Sketch) -> None:
    """The server answers pings with what was in them, and takes any pong."""
    await board.socket.pong(b"unasked")
    await board.socket.ping(b"x" * 125)
    message = await board.socket.receive(5)
    assert (message.type, message.data) == (WSMsgType.PONG, b"x" * 125)


# Silence.


@pytest.mark.parametrize("answers", [True, False])
async def test_silence(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    answers: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A silent board is asked for a sign of life, and closed without one."""
    await add(hass, token_entry(options={CONF_SILENCE: 20}))
    board = await connect_token()
    await board.send({"temp": 20})
    freezer.tick(10)
    await board.send({})
    # Not asked as long as it says something.
    await pass_time(hass, freezer, 15)
    assert await board.answers() == []
    await pass_time(hass, freezer, 19)
    with pytest.raises(TimeoutError):
        await receive_soon(board)
    await pass_time(hass, freezer, 1)
    assert (await receive_soon(board)).type is WSMsgType.PING
    if answers:
        await board.socket.pong()
        # It was heard: the next question comes as long after.
        await board.answers()
        await pass_time(hass, freezer, 10)
        await pass_time(hass, freezer, 9)
        await board.socket.ping()
        assert (await receive_soon(board)).type is WSMsgType.PONG
        await pass_time(hass, freezer, 19)
        await pass_time(hass, freezer, 1)
        assert (await receive_soon(board)).type is WSMsgType.PING
    await pass_time(hass, freezer, 9)
    assert state(hass, CONNECTION) == STATE_ON
    await pass_time(hass, freezer, 1)
    assert (await receive_soon(board)).data == 1001
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert_quiet(caplog)


async def test_silence_before_there_is_an_entry(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that nobody has added yet is asked too, and closed when it is gone."""
    pending = (await async_get_domain(hass)).endpoint.pending.expect("Kitchen")
    board = await connect_token(f"{URL_PREFIX}{pending.token}")
    await board.send({"temp": 20})
    await pass_time(hass, freezer, DEFAULT_SILENCE - 1)
    with pytest.raises(TimeoutError):
        await receive_soon(board)
    await pass_time(hass, freezer, 1)
    assert (await receive_soon(board)).type is WSMsgType.PING
    await pass_time(hass, freezer, DEFAULT_SILENCE / 2 - 1)
    with pytest.raises(TimeoutError):
        await receive_soon(board)
    await pass_time(hass, freezer, 1)
    assert (await receive_soon(board)).data == 1001
    await wait_until(hass, lambda: pending.connection is None)
    assert_quiet(caplog)


@pytest.mark.parametrize("answers", [True, False])
async def test_another_silence_while_asked(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    answers: bool,
) -> None:
    """A set-up anew neither cuts short nor prolongs the time to answer."""
    entry = await add(hass, token_entry(options={CONF_SILENCE: 20}))
    board = await connect_token()
    await board.send({"temp": 20})
    await pass_time(hass, freezer, 20)
    assert (await receive_soon(board)).type is WSMsgType.PING
    if answers:
        await board.socket.pong()
        await board.answers()
    await pass_time(hass, freezer, 5)
    hass.config_entries.async_update_entry(entry, options={CONF_SILENCE: 60})
    assert await hass.config_entries.async_reload(entry.entry_id)
    with pytest.raises(TimeoutError):
        await receive_soon(board)
    if answers:
        # The new limit counts from when it was heard.
        await pass_time(hass, freezer, 54)
        with pytest.raises(TimeoutError):
            await receive_soon(board)
        await pass_time(hass, freezer, 1)
        assert (await receive_soon(board)).type is WSMsgType.PING
    else:
        await pass_time(hass, freezer, 4)
        with pytest.raises(TimeoutError):
            await receive_soon(board)
        await pass_time(hass, freezer, 1)
        assert (await receive_soon(board)).data == 1001


async def receive_soon(board: Sketch) -> Any:
    """Return the next message, if it is on its way already; time stands still."""
    task = asyncio.ensure_future(board.socket.receive())
    for _ in range(50):
        await asyncio.sleep(0)
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        raise TimeoutError
    return await task


# Slow readers.


async def test_slow_reader(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that does not read is closed, and costs only so much memory."""
    monkeypatch.setattr(websocket, "_SEND_TIMEOUT", 0.2)
    reader, writer = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    await wait_until(hass, lambda: entry.runtime_data.connected)
    connection = entry.runtime_data.connection
    queue = connection._outgoing
    connection._socket._writer.transport.set_write_buffer_limits(high=0)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    # The first fills whatever is between here and there.
    connection.send({"message": "x" * 2**24})
    longest = 0
    while connection._close_code is None:
        connection.send({"message": "x"})
        longest = max(longest, len(queue))
    assert longest == 32
    assert connection._close_code == 1013
    # What is sent or closed after that has no effect.
    connection.send({"message": "x"})
    connection.close(1001)
    assert not queue
    assert connection._close_code == 1013
    # Nor does it count what the board still says.
    writer.write(raw_frame(b'{"temp":99}'))
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert hass.states.get(TEMPERATURE) is None
    assert_quiet(caplog)


async def test_reader_that_stops(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A message that cannot be sent in time ends the connection."""
    monkeypatch.setattr(websocket, "_SEND_TIMEOUT", 0.05)
    reader, _ = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    await wait_until(hass, lambda: entry.runtime_data.connected)
    connection = entry.runtime_data.connection
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    connection.send({"message": "x" * 2**24})
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert connection._close_code == 1013
    assert_quiet(caplog)


async def test_pings_without_reading(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A client that asks without reading the answers is closed in the end."""
    monkeypatch.setattr(websocket, "_SEND_TIMEOUT", 0.05)
    reader, writer = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    await wait_until(hass, lambda: entry.runtime_data.connected)
    connection = entry.runtime_data.connection
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    connection._silence = 0.05
    connection._checker.cancel()
    connection._check_in(0.05)
    pings = raw_frame(b"x" * 125, WSMsgType.PING) * 100000
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(1):
            while not writer.is_closing():
                writer.write(pings)
                await writer.drain()
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert_quiet(caplog)


# Beginnings.


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (("arduino",), "arduino"),
        (("graphql-ws", "mqtt"), "graphql-ws"),
        ((), None),
        (tuple(f"p{number}" for number in range(20)), "p0"),
    ],
)
async def test_subprotocol(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    asked: tuple[str, ...],
    granted: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever subprotocol a library asks for, it is granted."""
    caplog.set_level(logging.WARNING, "aiohttp.websocket")
    board = await connect_token(protocols=asked)
    assert board.socket.protocol == granted
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "20"
    assert "subprotocol" not in caplog.text and "overlap" not in caplog.text


async def test_no_compression(connect_token: Connect, entry: MockConfigEntry) -> None:
    """Compression is not granted: boards ask for it without having it."""
    board = await connect_token(compress=15)
    assert board.socket.compress == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upgrade": "websocket"},
        {"Connection": "Upgrade", "Upgrade": "h2c"},
        {"Connection": "Upgrade", "Upgrade": "websocket"},
        {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "short",
        },
    ],
)
async def test_no_websocket(
    entry: MockConfigEntry,
    client: TestClient[Any, Any],
    headers: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who opens the address in a browser is told what it is for."""
    for token in (ADDRESS, f"{URL_PREFIX}wrong"):
        response = await client.get(token, headers=headers)
        assert response.status == HTTPStatus.UPGRADE_REQUIRED
        assert "Arduino boards" in await response.text()
        assert response.headers["Connection"] == "close"
    # That was no attempt to get in.
    assert "Login attempt" not in caplog.text
    assert_quiet(caplog)


async def test_stopping(
    hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    """While Home Assistant stops, nobody comes in any more."""
    state_before = hass.state
    hass.set_state(CoreState.stopping)
    try:
        response = await client.get(ADDRESS)
    finally:
        hass.set_state(state_before)
    assert response.status == HTTPStatus.SERVICE_UNAVAILABLE


# Clients that misbehave.


GARBAGE = b"\x00\xff garbage {'temp': 20}\r\n" * 20


@pytest.mark.parametrize("path", [ADDRESS, f"{URL_PREFIX}wrong"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GARBAGE, id="garbage"),
        pytest.param(raw_frame(b"", WSMsgType.CLOSE) + GARBAGE, id="after close"),
        pytest.param(raw_frame(b"\x03", WSMsgType.CLOSE), id="half a code"),
        pytest.param(raw_frame(b"\x03\xe8\xff", WSMsgType.CLOSE), id="bad reason"),
        pytest.param(raw_frame(b"{}")[:3], id="half a frame"),
        pytest.param(raw_frame(b"x" * 200, WSMsgType.PING), id="long ping"),
        pytest.param(b"\xc1\x80\0\0\0\0", id="reserved bit"),
        pytest.param(raw_frame(b"x", WSMsgType.CONTINUATION), id="no beginning"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="HTTP"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_garbage(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    connect_token: Connect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    data: bytes,
    at_once: bool,
) -> None:
    """Bytes that are no WebSocket leave nothing in the log, admitted or refused."""
    monkeypatch.setattr(websocket, "_CLOSE_TIMEOUT", 0.02)
    if at_once:
        reader, writer = await connect_raw(upgrade_request(path) + data)
    else:
        reader, writer = await connect_raw(upgrade_request(path))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
    await asyncio.sleep(0.005)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    await wait_until(hass, lambda: not entry.runtime_data.connected)
    board = await connect_token()
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "20"
    assert_quiet(caplog)


async def test_garbage_after_a_page(
    hass: HomeAssistant,
    connect_raw: ConnectRaw,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A library that does not look at the status goes on writing."""
    request = f"GET {ADDRESS} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    reader, _ = await connect_raw(request + GARBAGE)
    assert (await read_to_the_end(reader)).startswith(b"HTTP/1.")
    reader, writer = await connect_raw(request)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(GARBAGE)
    await read_to_the_end(reader)
    await hass.async_block_till_done()
    assert_quiet(caplog)


@pytest.mark.parametrize("path", [ADDRESS, f"{URL_PREFIX}wrong"])
@pytest.mark.parametrize("wait", [True, False])
async def test_abrupt_end(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    caplog: pytest.LogCaptureFixture,
    path: str,
    wait: bool,
) -> None:
    """A board that loses its power leaves nothing in the log."""
    reader, writer = await connect_raw(upgrade_request(path))
    if wait:
        await reader.readuntil(b"\r\n\r\n")
    writer.write(raw_frame(b'{"x":[]}') * 3)
    # The connection is reset, not closed.
    socket = writer.get_extra_info("socket")
    socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()
    for _ in range(20):
        await asyncio.sleep(0.001)
        await hass.async_block_till_done()
    assert not entry.runtime_data.connected
    assert_quiet(caplog)


async def test_gone_before_the_answer(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is sent into a connection that is lost is lost with it, quietly."""
    await board.answers()
    connection = entry.runtime_data.connection
    connection._socket._writer.transport.abort()
    connection.send({"message": "x"})
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert_quiet(caplog)


async def test_lost_while_it_is_taken_in(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A peer that takes no answer to its request is given up."""
    caplog.set_level(logging.DEBUG)

    async def _prepare(*_: Any) -> None:
        await asyncio.sleep(10)

    monkeypatch.setattr(websocket, "_PREPARE_TIMEOUT", 0.01)
    monkeypatch.setattr(web.WebSocketResponse, "prepare", _prepare)
    for path in (ADDRESS, f"{URL_PREFIX}wrong"):
        caplog.clear()
        _, writer = await connect_raw(upgrade_request(path))
        await wait_until(hass, lambda: "was lost" in caplog.text)
        writer.close()
        await asyncio.sleep(0.01)
        assert not [
            record for record in caplog.records if "arduino" in (record.exc_text or "")
        ]


async def test_lost_before_it_was_taken_in(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A connection that ends while it begins is none."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(web.BaseRequest, "transport", None)
    await connect_raw(upgrade_request(ADDRESS))
    await wait_until(hass, lambda: "was lost" in caplog.text)
    assert not entry.runtime_data.connected
    assert_quiet(caplog)


async def test_client_that_does_not_close(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What comes after the end is not a reading; the end does not wait for ever."""
    monkeypatch.setattr(websocket, "_CLOSE_TIMEOUT", 0.03)
    reader, writer = await connect_raw(upgrade_request(ADDRESS))
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        raw_frame(b'{"temp":20}') + raw_frame(b" " * 5000) + raw_frame(b'{"temp":21}')
    )
    end = await read_to_the_end(reader)
    length = end[1]
    assert json.loads(end[2 : 2 + length])["code"] == "frame_too_large"
    assert end[2 + length :] == b"\x88\x02" + (1009).to_bytes(2)
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert state(hass, TEMPERATURE) == "20"


async def test_refusals_are_bounded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_raw: ConnectRaw,
    client: TestClient[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Strangers who do not go take only so many places, and no board's."""
    monkeypatch.setattr(websocket, "_MAX_REFUSALS", 2)
    request = upgrade_request(f"{URL_PREFIX}wrong")
    strangers = [await connect_raw(request) for _ in range(2)]
    for reader, _ in strangers:
        await reader.readuntil(b"\r\n\r\n")
    reader, _ = await connect_raw(request)
    end = await read_to_the_end(reader)
    assert end.startswith(b"HTTP/1.1 503 ")
    assert end.endswith(b"Too many at once.\n")
    board = Sketch(hass, await client.ws_connect(ADDRESS, autoping=False))
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "20"
    # Their places are free again when they have gone.
    for _, writer in strangers:
        writer.close()
    await asyncio.sleep(0.01)
    reader, _ = await connect_raw(request)
    assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")


def test_plain_address() -> None:
    """One address is one address, however the system writes it."""
    assert plain_address("192.168.1.5") == "192.168.1.5"
    assert plain_address("::ffff:192.168.1.5") == "192.168.1.5"
    assert plain_address("fe80::1%eth0") == "fe80::1"
    assert plain_address("FD00:0::1") == "fd00::1"


async def test_a_flood_leaves_room_for_others(
    entry: MockConfigEntry, connect_raw: ConnectRaw, hass: HomeAssistant
) -> None:
    """A board that sends faster than it is read does not stop Home Assistant."""
    _, writer = await connect_raw(upgrade_request(ADDRESS))
    await wait_until(hass, lambda: entry.runtime_data.connected)
    turns = 0
    taken: list[int] = []

    async def take_turns() -> None:
        nonlocal turns
        while len(taken) < 500:
            turns += 1
            await asyncio.sleep(0)

    entry.runtime_data.connection.receive = lambda _: taken.append(turns)
    others = asyncio.ensure_future(take_turns())
    writer.write(raw_frame(b"{}") * 500)
    async with asyncio.timeout(5):
        await others
    assert max(Counter(taken).values()) <= websocket._MAX_IN_A_ROW
