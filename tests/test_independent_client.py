"""The protocol document put to the test: a client written from it, and attackers.

Home Assistant, its server and the integration are real. What the boards in here know,
they know from docs/protocol.md.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import os
from pathlib import Path
import re
from typing import Any, Final, override

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
import pytest
from yarl import URL

from custom_components.arduino_sensor import commands, handshake, rotation
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from . import independent_client as protocol
from .common import (
    TOKEN,
    Connect,
    Sketch,
    add,
    assert_quiet,
    pass_time,
    state,
    token_entry,
    wait_until,
)
from .independent_client import Board, FailedError, Message, UntrustedError

PATH: Final = "/api/arduino_sensor/ws"
HERE: Final = Path(__file__).parent
DOCUMENT: Final = (HERE.parent / "docs" / "protocol.md").read_text(encoding="utf-8")
LOW_ORDER: Final[list[str]] = [
    case["public_key"]
    for case in json.loads((HERE / "vectors" / "auth.json").read_text())["low_order"]
]

type PlugIn = Callable[..., None]
type Script = Callable[[web.WebSocketResponse], Awaitable[None]]
type Serve = Callable[[Script], Awaitable[URL]]


@dataclass
class Recorded(Board):
    """A board in a test: what it sends and receives is recorded."""

    sent: list[Message] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    task: asyncio.Task[int | None] = field(init=False, repr=False)
    """The connection that it holds."""

    @override
    async def send(self, message: Message, limit: int = protocol.MAX_FRAME) -> None:
        self.sent.append(message)
        await super().send(message, limit)

    @override
    async def _receive(self) -> Message:
        message = await super()._receive()
        self.received.append(message)
        return message

    def count(self, kind: str) -> int:
        """Return how many messages of a type came."""
        return sum(message.get("type") == kind for message in self.received)

    async def unplug(self) -> None:
        """Cut its power."""
        self.task.cancel()
        with suppress(asyncio.CancelledError, UntrustedError):
            await self.task

    async def ended(self) -> int | None:
        """Return the code with which Home Assistant closes the connection."""
        async with asyncio.timeout(5):
            return await self.task


def make_board(name: str = "esp32-a0b1c2d3e4f5", **kwargs: Any) -> Recorded:
    """Return a board with channels that a person can act on."""
    channels: list[Message] = [
        {"key": "heater", "kind": "switch"},
        {"key": "bell", "kind": "event", "options": ["press", "double_press"]},
    ]
    return Recorded(name, {"interval": 5}, channels, **kwargs)


@pytest.fixture
async def plug_in(client: TestClient[Any, Any]) -> AsyncGenerator[PlugIn]:
    """Return what gives a board power, for one connection."""
    boards: list[Recorded] = []

    def _plug_in(board: Recorded, url: URL | None = None) -> None:
        where = url or client.make_url(PATH)
        board.task = asyncio.create_task(board.run(client.session, where))
        boards.append(board)

    yield _plug_in
    for board in boards:
        await board.unplug()


@pytest.fixture
async def serve(loopback: None) -> AsyncGenerator[Serve]:
    """Return what runs a server that is not Home Assistant."""
    servers: list[TestServer] = []

    async def _serve(script: Script) -> URL:
        async def _handle(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await script(socket)
            return socket

        app = web.Application()
        app.router.add_get(PATH, _handle)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return server.make_url(PATH)

    yield _serve
    for server in servers:
        await server.close()


@pytest.fixture
def connect(connect_token: Connect) -> Connect:
    """Return what opens a connection to the address for boards with keys."""

    async def _connect() -> Sketch:
        return await connect_token(PATH)

    return _connect


def flows(hass: HomeAssistant) -> list[Any]:
    """Return what Home Assistant shows as discovered."""
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))


async def enter(hass: HomeAssistant, code: str | None) -> ConfigFlowResult:
    """Type a code for the one board that is discovered."""
    await wait_until(hass, lambda: flows(hass))
    (flow,) = flows(hass)
    assert flow["step_id"] == "discovery_pair"
    return await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"name": "Kitchen", "code": code}
    )


async def printed(hass: HomeAssistant, board: Recorded, times: int = 1) -> str:
    """Wait until a board prints its code; return that."""
    await wait_until(hass, lambda: board.count("waiting") == times)
    assert board.code is not None
    return board.code


def wrong(code: str) -> str:
    """Return another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"


async def online(hass: HomeAssistant, board: Recorded) -> None:
    """Wait until a board is accepted, and has said what it has."""
    await wait_until(hass, lambda: board.online)


async def shown(hass: HomeAssistant, board: Recorded, value: float) -> None:
    """Check that what a board sends is taken."""
    await board.send({"temp": value})
    entity_id = "sensor.kitchen_temperature"
    await wait_until(hass, lambda: state(hass, entity_id) == str(value))


async def pair(hass: HomeAssistant, board: Recorded, plug_in: PlugIn) -> ConfigEntry:
    """Pair a board, and leave it connected."""
    plug_in(board)
    result = await enter(hass, await printed(hass, board))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await online(hass, board)
    for channel in board.channels:
        await wait_until(hass, lambda: entities(hass, channel["key"]))  # noqa: B023
    return result["result"]


def entities(hass: HomeAssistant, key: str) -> list[str]:
    """Return the entities of a channel, or of something that belongs to the board."""
    return [
        entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.platform == DOMAIN and entry.unique_id.endswith(key)
    ]


def entity(hass: HomeAssistant, key: str) -> str:
    """Return the one entity of a channel."""
    (found,) = entities(hass, key)
    return found


async def switch(hass: HomeAssistant, entity_id: str, service: str) -> None:
    """Act on a switch, and wait for what becomes of it."""
    await hass.services.async_call(
        "switch", service, {"entity_id": entity_id}, blocking=True
    )


# What the board and Home Assistant do for each other.


async def test_pairing(
    hass: HomeAssistant, plug_in: PlugIn, caplog: pytest.LogCaptureFixture
) -> None:
    """A code is typed, and both have a key that nobody else can read."""
    board = make_board()
    entry = await pair(hass, board, plug_in)
    assert entry.title == "Kitchen"
    assert board.key is not None
    assert board.pending is None
    assert board.errors == []
    await shown(hass, board, 21.5)
    assert board.key.hex() not in caplog.text
    assert board.key.hex() not in json.dumps(board.sent + board.received)
    assert_quiet(caplog)


async def test_proof(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """A board that was paired connects again without anybody's help."""
    board = make_board()
    await pair(hass, board, plug_in)
    key = board.key
    for temp in (21, 22):
        await board.unplug()
        plug_in(board)
        await online(hass, board)
        await shown(hass, board, temp)
    assert board.key == key
    assert board.count("pair") == 1
    assert flows(hass) == []


async def test_resumed(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """A connection that drops while a person looks for the code changes nothing."""
    board = make_board()
    plug_in(board)
    code = await printed(hass, board)
    await board.unplug()
    plug_in(board)
    assert await printed(hass, board, times=2) == code
    assert (await enter(hass, code))["type"] is FlowResultType.CREATE_ENTRY
    await online(hass, board)
    assert board.count("paired") == 1
    assert board.count("pair") == 1


async def test_typed_meanwhile(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """The code can be typed while the board is away."""
    board = make_board()
    plug_in(board)
    code = await printed(hass, board)
    await board.unplug()
    assert (await enter(hass, code))["type"] is FlowResultType.CREATE_ENTRY
    assert board.pending is not None
    plug_in(board)
    await online(hass, board)
    assert board.key
    assert board.count("paired") == 0


async def test_wrong_codes(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """Three wrong codes end a pairing; the board begins another one."""
    board = make_board()
    plug_in(board)
    code = await printed(hass, board)
    for _ in range(2):
        result = await enter(hass, wrong(code))
        assert result["type"] is FlowResultType.FORM
        assert result["errors"]
    result = await enter(hass, wrong(code))
    assert result["type"] is FlowResultType.ABORT
    assert await board.ended() == 4412
    assert board.errors[-1]["code"] == "pairing_ended"
    assert hass.config_entries.async_entries(DOMAIN) == []
    assert flows(hass) == []

    plug_in(board)
    assert await printed(hass, board, times=2) != code
    assert board.errors[-1]["code"] == "unknown_board"
    result = await enter(hass, board.code)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await online(hass, board)


async def test_described_in_parts(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """A description that needs several messages works like one that needs one."""
    board = make_board()
    board.channels = [
        {"key": f"relay_{number}", "kind": "switch", "name": "N" * 60 + f" {number}"}
        for number in range(60)
    ]
    await pair(hass, board, plug_in)
    parts = [message for message in board.sent if message.get("type") == "channels"]
    assert len(parts) > 1
    assert ["final" in part for part in parts] == [*[False] * (len(parts) - 1), True]
    for channel in board.channels:
        assert entity(hass, channel["key"]).startswith("switch.")

    board.channels = board.channels[:1]
    await board.unplug()
    plug_in(board)
    await wait_until(hass, lambda: not entities(hass, "relay_1"))
    assert entities(hass, "relay_0")
    board.channels = []
    await board.unplug()
    plug_in(board)
    await wait_until(hass, lambda: not entities(hass, "relay_0"))


async def test_commands(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """What a person asks for is done, or they are told why not."""
    done: list[tuple[str, Any]] = []

    def _do(key: str, value: Any) -> bool | None:
        done.append((key, value))
        if len(done) == 2:
            return True  # It stays on.
        if len(done) == 3:
            raise FailedError("The door is open.")
        return None

    board = make_board(do=_do)
    await pair(hass, board, plug_in)
    heater = entity(hass, "heater")
    await board.send({"heater": False})
    await wait_until(hass, lambda: state(hass, heater) == "off")
    await switch(hass, heater, "turn_on")
    assert state(hass, heater) == "on"
    await switch(hass, heater, "turn_off")
    assert state(hass, heater) == "on"
    with pytest.raises(HomeAssistantError, match=r"The door is open\."):
        await switch(hass, heater, "turn_off")
    assert state(hass, heater) == "on"
    assert done == [("heater", True), ("heater", False), ("heater", False)]
    assert board.errors == []


async def test_command_done_once(
    hass: HomeAssistant, plug_in: PlugIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command whose answer was lost is sent again, and not done again."""
    monkeypatch.setattr(commands, "ANSWER_TIME", 1.0)
    done = []
    board = make_board(do=lambda key, value: done.append(value))
    await pair(hass, board, plug_in)
    heater = entity(hass, "heater")
    send = board.send
    lost: list[Message] = []

    async def _lose(message: Message, limit: int = protocol.MAX_FRAME) -> None:
        if message.get("type") == "result" and not lost:
            lost.append(message)
        else:
            await send(message, limit)

    monkeypatch.setattr(board, "send", _lose)
    await switch(hass, heater, "turn_on")
    assert done == [True]
    assert board.count("set") == 2
    assert state(hass, heater) == "on"
    assert [m for m in board.sent if m.get("type") == "result"] == lost


async def test_command_and_dropped_connection(
    hass: HomeAssistant, plug_in: PlugIn
) -> None:
    """If the connection drops, the person gets an error and the board forgets nothing."""
    board = make_board()
    await pair(hass, board, plug_in)
    heater = entity(hass, "heater")

    def _drop(key: str, value: Any) -> None:
        raise protocol.DisconnectedError

    board.do = _drop
    with pytest.raises(HomeAssistantError):
        await switch(hass, heater, "turn_on")
    await board.unplug()
    board.do = lambda key, value: None
    plug_in(board)
    await online(hass, board)
    await switch(hass, heater, "turn_on")
    assert state(hass, heater) == "on"
    commands_sent = [m for m in board.received if m.get("type") == "set"]
    assert len({command["id"] for command in commands_sent}) == 2


async def test_event(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """What happens is told, and what cannot happen is refused."""
    board = make_board()
    await pair(hass, board, plug_in)
    bell = entity(hass, "bell")
    await board.send({"type": "event", "key": "bell", "event": "double_press"})
    await wait_until(hass, lambda: state(hass, bell) not in (None, "unknown"))
    happened = hass.states.get(bell)
    assert happened is not None
    assert happened.attributes["event_type"] == "double_press"
    await board.send({"type": "event", "key": "bell", "event": "kick"})
    await wait_until(hass, lambda: board.errors)
    assert board.errors[0]["code"] == "unknown_event"
    assert state(hass, bell) == happened.state


async def test_interval(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """A person chooses how often the board reports; the board need not remember."""
    board = make_board()
    await pair(hass, board, plug_in)
    number = entity(hass, "interval")
    await hass.services.async_call(
        "number", "set_value", {"entity_id": number, "value": 30}, blocking=True
    )
    await wait_until(hass, lambda: board.interval == 30)
    assert set(board.received[-1]) == set(example("settings"))
    await board.unplug()
    board.interval = 0
    plug_in(board)
    await online(hass, board)
    assert board.interval == 30
    assert state(hass, number) == "30"


async def test_value(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """The board sees the states that a person lets it see, and no others."""
    shown = example("value")
    outdoor, hidden = shown["key"], "sensor.hidden"
    hass.states.async_set(outdoor, "12.3", {"unit_of_measurement": shown["unit"]})
    hass.states.async_set(hidden, "1")
    board = make_board()
    entry = await pair(hass, board, plug_in)
    assert board.values == {}
    form = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"values": [outdoor]}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    if not board.online:
        plug_in(board)
        await online(hass, board)
    await wait_until(hass, lambda: board.values.get(outdoor) == shown)
    for text, value in (("13", 13), ("unavailable", None), ("rain", "rain")):
        hass.states.async_set(outdoor, text)
        hass.states.async_set(hidden, text)
        await wait_until(
            hass,
            lambda: (
                board.values[outdoor]
                == {"type": "value", "key": outdoor, "value": value}  # noqa: B023
            ),
        )
    assert list(board.values) == [outdoor]


async def renew_key(hass: HomeAssistant, entry: ConfigEntry) -> asyncio.Task[str]:
    """Ask for a new key, as a person does; return what the dialog says at its end."""
    step = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    step = await hass.config_entries.flow.async_configure(
        step["flow_id"], {"next_step_id": "new_key"}
    )

    async def confirm() -> str:
        end = await hass.config_entries.flow.async_configure(step["flow_id"], {})
        assert end["type"] is FlowResultType.ABORT
        return end["reason"]

    # Its end comes with the board's answer.
    return asyncio.create_task(confirm())


async def test_rotation(
    hass: HomeAssistant, plug_in: PlugIn, caplog: pytest.LogCaptureFixture
) -> None:
    """A key is replaced while the board is connected; the old one is worth nothing."""
    board = make_board()
    entry = await pair(hass, board, plug_in)
    old = board.key
    assert await (await renew_key(hass, entry)) == "key_replaced"
    await wait_until(hass, lambda: board.count("welcome") == 2)
    new = board.key
    assert new != old
    await switch(hass, entity(hass, "heater"), "turn_on")

    await board.unplug()
    plug_in(board)
    await online(hass, board)
    await board.unplug()
    board.key = old
    plug_in(board)
    await wait_until(hass, lambda: board.errors)
    assert board.errors[0]["code"] == "wrong_proof"
    assert_quiet(caplog)


@pytest.mark.parametrize("stored", [False, True])
async def test_rotation_interrupted(
    hass: HomeAssistant,
    plug_in: PlugIn,
    monkeypatch: pytest.MonkeyPatch,
    stored: bool,
) -> None:
    """Wherever the connection drops while a key is replaced, the board comes back."""
    board = make_board()
    entry = await pair(hass, board, plug_in)
    old = board.key
    take_over = board._take_over

    async def _drop(key: bytes, paired: Message) -> Message:
        if stored:
            board.key = key
        raise protocol.DisconnectedError

    monkeypatch.setattr(board, "_take_over", _drop)
    dialog = await renew_key(hass, entry)
    await board.ended()
    monkeypatch.setattr(board, "_take_over", take_over)
    assert (board.key != old) is stored
    assert await dialog == "key_not_replaced"
    plug_in(board)
    await online(hass, board)
    await switch(hass, entity(hass, "heater"), "turn_on")
    assert board.errors == []


async def test_rotation_hijacked(
    hass: HomeAssistant, plug_in: PlugIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sits on the line of a proven board cannot give it a key of their own."""
    monkeypatch.setattr(rotation, "ROTATION_TIME", 0.5)
    board = make_board()
    entry = await pair(hass, board, plug_in)
    key, board.key = board.key, os.urandom(32)
    assert await (await renew_key(hass, entry)) == "key_not_replaced"
    assert [error["code"] for error in board.errors] == ["wrong_vouch"]
    assert board.count("paired") == 1
    # The connection goes on, and so does the old key.
    await shown(hass, board, 20)
    await board.unplug()
    board.key = key
    plug_in(board)
    await online(hass, board)


async def test_rotation_amid_a_command(
    hass: HomeAssistant, plug_in: PlugIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that the board is busy with goes on while its key is replaced."""
    board = make_board()
    entry = await pair(hass, board, plug_in)
    heater = entity(hass, "heater")
    send = board.send
    held: asyncio.Queue[Message] = asyncio.Queue()

    async def _hold(message: Message, limit: int = protocol.MAX_FRAME) -> None:
        if message.get("type") == "result":
            held.put_nowait(message)
        else:
            await send(message, limit)

    monkeypatch.setattr(board, "send", _hold)
    asked = asyncio.create_task(switch(hass, heater, "turn_on"))
    result = await held.get()
    replaced = asyncio.Event()

    def _show(message: Message) -> None:
        # A board shows a message when it is done with it.
        if message["type"] == "rotate":
            replaced.set()

    board.show = _show
    dialog = await renew_key(hass, entry)
    await replaced.wait()
    await send(result)
    await asked
    assert state(hass, heater) == "on"
    assert await dialog == "key_replaced"


async def get_secret(hass: HomeAssistant) -> tuple[str, str]:
    """Ask to add several boards; return the dialog and the secret in it."""
    step = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    step = await hass.config_entries.flow.async_configure(
        step["flow_id"], {"next_step_id": "add_several"}
    )
    assert step["data_schema"] is not None
    (name,) = step["data_schema"].schema
    return step["flow_id"], name.default()


async def test_enrolment(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """Boards that have the secret are accepted without a code, however it is written."""
    flow_id, secret = await get_secret(hass)
    assert re.fullmatch("[a-z0-9]{26}", secret)
    spellings = (secret, f" {secret[:9].upper()}-{secret[9:]} ", secret.upper())
    boards = [
        make_board(f"board-{number}", secret=protocol.secret_bytes(text))
        for number, text in enumerate(spellings)
    ]
    for board in boards:
        plug_in(board)
        await wait_until(hass, lambda: board.count("waiting"))  # noqa: B023
        assert board.code is None
    # One of them has a weak signal.
    await boards[0].unplug()
    plug_in(boards[0])
    await wait_until(hass, lambda: boards[0].count("waiting") == 2)

    flow = hass.config_entries.flow
    step = await flow.async_configure(flow_id, {})
    step = await flow.async_configure(flow_id, {"next_step_id": "accept_several"})
    names = ("Cellar", "Attic", "Hall")
    step = await flow.async_configure(
        flow_id,
        {
            "boards": [
                {"board": board.id, "name": name}
                for board, name in zip(boards, names, strict=True)
            ]
        },
    )
    assert step["type"] is FlowResultType.ABORT
    for board, name in zip(boards, names, strict=True):
        await online(hass, board)
        await board.send({"temp": 20})
        await wait_until(
            hass,
            lambda: state(hass, f"sensor.{name.lower()}_temperature") == "20",  # noqa: B023
        )
        assert board.errors == []


async def test_wrong_secret(hass: HomeAssistant, plug_in: PlugIn) -> None:
    """A board whose secret is wrong can pair with a code."""
    await get_secret(hass)
    board = make_board(secret=b"abcdefghijkmnpqrstuvwxyz23")
    plug_in(board)
    await board.ended()
    assert board.errors[-1]["code"] == "wrong_vouch"
    assert board.pending is None
    plug_in(board)
    await printed(hass, board)


async def test_ticket(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    plug_in: PlugIn,
    connect_token: Connect,
    hass_access_token: str,
    hass_read_only_access_token: str,
    freezer: Any,
) -> None:
    """An administrator's program gets an address of a board for one connection."""
    board = make_board()
    await pair(hass, board, plug_in)
    await board.unplug()

    async def _ask(asked: object, token: str | None) -> tuple[int, Any]:
        response = await client.post(
            "/api/arduino_sensor/ticket",
            data=asked if isinstance(asked, str) else json.dumps(asked),
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        answer = await response.text()
        return response.status, json.loads(answer) if response.ok else answer

    mine = {"board": board.id}
    admin = hass_access_token
    assert (await _ask(mine, None))[0] == HTTPStatus.UNAUTHORIZED
    user = hass_read_only_access_token
    assert (await _ask(mine, user))[0] == HTTPStatus.UNAUTHORIZED
    assert (await _ask({"board": "other"}, admin))[0] == HTTPStatus.NOT_FOUND
    for malformed in ("{", "[]", "{}", '{"board": 1}'):
        assert (await _ask(malformed, admin))[0] == HTTPStatus.BAD_REQUEST

    status, ticket = await _ask(mine, admin)
    assert status == HTTPStatus.OK
    assert set(ticket) == {"path", "expires"}
    assert ticket["expires"] == 30
    program = await connect_token(ticket["path"])
    assert await program.send({"temp": 19}) == []
    assert state(hass, "sensor.kitchen_temperature") == "19"
    again = await connect_token(ticket["path"])
    assert (await again.end())[1] == 4401

    _, ticket = await _ask(mine, admin)
    await pass_time(hass, freezer, 31)
    late = await connect_token(ticket["path"])
    assert (await late.end())[1] == 4401


async def test_ticket_takes_over(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    plug_in: PlugIn,
    connect_token: Connect,
    hass_access_token: str,
) -> None:
    """What comes over a ticket's connection replaces the board's own."""
    board = make_board()
    await pair(hass, board, plug_in)
    response = await client.post(
        "/api/arduino_sensor/ticket",
        json={"board": board.id},
        headers={"Authorization": f"Bearer {hass_access_token}"},
    )
    program = await connect_token((await response.json())["path"])
    assert await board.ended() == 4409
    (welcome,) = await program.send({"type": "hello"})
    assert welcome["type"] == "welcome"
    assert "proof" not in welcome


async def test_ticket_of_the_right_board(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    plug_in: PlugIn,
    connect_token: Connect,
    hass_access_token: str,
) -> None:
    """A board that only says that it has this id gets nothing of the one that has it."""
    await add(hass, token_entry(title="Shed"))
    liar = await connect_token()
    board = make_board()
    await pair(hass, board, plug_in)
    (answer,) = await liar.send({"type": "hello", "id": board.id})
    assert answer["type"] == "welcome"
    response = await client.post(
        "/api/arduino_sensor/ticket",
        json={"board": board.id},
        headers={"Authorization": f"Bearer {hass_access_token}"},
    )
    program = await connect_token((await response.json())["path"])
    assert await program.send({"temp": 19}) == []
    assert state(hass, "sensor.shed_temperature") is None
    assert state(hass, "sensor.kitchen_temperature") == "19"


async def test_hello_amid_a_command(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """A hello is information: a command that is outstanding goes on."""
    await add(hass, token_entry())
    board = await connect_token()
    message = {"type": "channels", "channels": [{"key": "heater", "kind": "switch"}]}
    assert await board.send({**message, "final": True}) == []
    asked = asyncio.create_task(switch(hass, "switch.kitchen_heater", "turn_on"))
    command = await board.socket.receive_json()
    assert command["type"] == "set"
    await board.socket.send_json({"type": "hello"})
    assert (await board.socket.receive_json())["type"] == "welcome"
    await board.socket.send_json({"type": "result", "id": command["id"], "ok": True})
    await asked
    assert state(hass, "switch.kitchen_heater") == "on"


# What attackers try on Home Assistant.


async def hello(sketch: Sketch, name: str, nonce: str | None = None) -> tuple[str, str]:
    """Say hello; return Home Assistant's nonce and the board's."""
    nonce = nonce or os.urandom(16).hex()
    (answer,) = await sketch.send({"type": "hello", "id": name, "nonce": nonce})
    assert answer["type"] == "challenge"
    return answer["nonce"], nonce


async def refused(sketch: Sketch, message: Message, code: str) -> None:
    """Check that a message is refused, and leaves the sender a stranger."""
    answers = await sketch.send(message)
    assert [answer.get("code") for answer in answers] == [code]


async def cut_off(sketch: Sketch, message: object, code: str, close: int) -> None:
    """Check that a message ends the connection."""
    await sketch.socket.send_str(
        message if isinstance(message, str) else json.dumps(message)
    )
    answers, closed = await sketch.end()
    assert [answer.get("code") for answer in answers] == [code]
    assert closed == close


async def test_replayed(hass: HomeAssistant, plug_in: PlugIn, connect: Connect) -> None:
    """Who has recorded all of a board's connections cannot play the board."""
    board = make_board()
    await pair(hass, board, plug_in)
    await board.unplug()
    recorded = len(board.sent)
    plug_in(board)
    await online(hass, board)
    await board.unplug()
    for frames in (board.sent[:recorded], board.sent[recorded:]):
        thief = await connect()
        assert frames[0]["type"] == "hello"
        for frame in frames:
            with suppress(ConnectionError):
                await thief.socket.send_json(frame)
        await thief.socket.send_json({"temp": 99})
        await thief.socket.ping(b"done?")
        answers, _ = await thief._receive()
        kinds = {answer["type"] for answer in answers}
        assert "challenge" in kinds
        assert not kinds & {"welcome", "paired"}
        assert answers[0]["nonce"] not in json.dumps(board.received)
        assert state(hass, "sensor.kitchen_temperature") is None
        await thief.socket.close()
    plug_in(board)
    await online(hass, board)


async def test_reflected(
    hass: HomeAssistant, plug_in: PlugIn, connect: Connect
) -> None:
    """Home Assistant's own proof is not one of the board's."""
    board = make_board()
    await pair(hass, board, plug_in)
    assert board.key is not None
    thief = await connect()
    nonces = await hello(thief, board.id)
    proof = protocol.proof(board.key, "hub", board.id, *nonces)
    await refused(thief, {"type": "proof", "proof": proof}, "wrong_proof")
    # With the right role it would have been one.
    friend = await connect()
    nonces = await hello(friend, board.id)
    proof = protocol.proof(board.key, "board", board.id, *nonces)
    answers = await friend.send({"type": "proof", "proof": proof})
    assert answers[0]["type"] == "welcome"
    assert set(answers[0]) <= set(example("welcome"))


async def test_proof_for_another(
    hass: HomeAssistant, plug_in: PlugIn, connect: Connect
) -> None:
    """A board's key is good for that board only."""
    first, second = make_board("board-1"), make_board("board-2")
    await pair(hass, first, plug_in)
    await pair(hass, second, plug_in)
    assert second.key is not None
    for named in ("board-1", "board-2"):
        thief = await connect()
        nonces = await hello(thief, "board-1")
        proof = protocol.proof(second.key, "board", named, *nonces)
        await refused(thief, {"type": "proof", "proof": proof}, "wrong_proof")
        assert await thief.send({"temp": 99}) == []
    stranger = await connect()
    nonces = await hello(stranger, "board-3")
    proof = protocol.proof(second.key, "board", "board-3", *nonces)
    await refused(stranger, {"type": "proof", "proof": proof}, "unknown_board")
    assert state(hass, "sensor.kitchen_temperature") is None


@pytest.mark.parametrize("vouched", [False, True])
async def test_man_in_the_middle(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    plug_in: PlugIn,
    serve: Serve,
    vouched: bool,
) -> None:
    """Who sits between the two while they pair ends up with two codes that differ.

    The code that the board prints is refused, so nobody is paired. A board that has
    vouched hangs up by itself.
    """
    key = X25519PrivateKey.generate()
    public, nonce = key.public_key().public_bytes_raw(), os.urandom(16)
    mine = {"key": public.hex(), "nonce": nonce.hex()}

    def _to_hub(message: Message) -> Message:
        match message["type"]:
            case "pair":
                return {**message, "commit": protocol.commit(public, nonce)}
            case "reveal":
                return {"type": "reveal", **mine}
        return message

    def _to_board(message: Message) -> Message:
        return {**message, **mine} if message["type"] == "pair" else message

    async def _relay(
        source: web.WebSocketResponse | ClientWebSocketResponse,
        target: web.WebSocketResponse | ClientWebSocketResponse,
        change: Callable[[Message], Message],
    ) -> None:
        async for frame in source:
            if frame.type is WSMsgType.TEXT:
                await target.send_json(change(json.loads(frame.data)))
        await target.close()

    async def _between(socket: web.WebSocketResponse) -> None:
        async with client.session.ws_connect(client.make_url(PATH)) as hub:
            await asyncio.gather(
                _relay(socket, hub, _to_hub), _relay(hub, socket, _to_board)
            )

    board = make_board()
    if vouched:
        board.secret = protocol.secret_bytes("ABCDEFGHIJ-KMNPQRSTUV-WXYZ23")
    plug_in(board, await serve(_between))
    if vouched:
        with pytest.raises(UntrustedError):
            await board.ended()
        assert board.pending is None
    else:
        code = await printed(hass, board)
        for _ in range(2):
            result = await enter(hass, code)
            assert result["type"] is FlowResultType.FORM
            assert result["errors"]
        assert (await enter(hass, code))["type"] is FlowResultType.ABORT
        await board.ended()
    assert board.key is None
    assert hass.config_entries.async_entries(DOMAIN) == []


async def reveal(sketch: Sketch, **changed: str) -> Message:
    """Begin a pairing; return a `reveal` that fits, but for what is changed."""
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    public = bytes.fromhex(changed.get("key", public.hex()))
    nonce = os.urandom(16)
    await hello(sketch, "board-1")
    (answer,) = await sketch.send(
        {"type": "pair", "id": "board-1", "commit": protocol.commit(public, nonce)}
    )
    assert answer["type"] == "pair"
    return {"type": "reveal", "key": public.hex(), "nonce": nonce.hex()}


async def test_commit(hass: HomeAssistant, connect: Connect) -> None:
    """A key that was not committed to is refused."""
    for name, size in (("key", 32), ("nonce", 16)):
        liar = await connect()
        message = {**await reveal(liar), name: os.urandom(size).hex()}
        await cut_off(liar, message, "wrong_commit", 4410)
    assert flows(hass) == []


async def test_low_order(hass: HomeAssistant, connect: Connect) -> None:
    """A public key that makes every secret zero is refused."""
    for key in LOW_ORDER:
        liar = await connect()
        message = await reveal(liar, key=key)
        await cut_off(liar, message, "wrong_commit", 4410)
    assert flows(hass) == []


async def test_pair_as_another(hass: HomeAssistant, connect: Connect) -> None:
    """Who said one id cannot pair another one."""
    liar = await connect()
    await hello(liar, "board-1")
    message = {"type": "pair", "id": "board-2", "commit": os.urandom(32).hex()}
    await cut_off(liar, message, "invalid_message", 4410)


async def test_pair_over_a_board(
    hass: HomeAssistant, plug_in: PlugIn, connect: Connect
) -> None:
    """A board that is connected cannot be replaced by one that claims its id."""
    board = make_board("board-1")
    await pair(hass, board, plug_in)
    thief = await connect()
    await hello(thief, "board-1")
    message = {"type": "pair", "id": "board-1", "commit": os.urandom(32).hex()}
    await cut_off(thief, message, "already_connected", 4408)
    assert flows(hass) == []
    await shown(hass, board, 20)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"temp": 20}, "hello_first"),
        ({"type": "proof", "proof": "00" * 32}, "hello_first"),
        ({"type": "hello"}, "invalid_hello"),
        ({"type": "hello", "id": "Board", "nonce": "00" * 16}, "invalid_hello"),
        ({"type": "hello", "id": "board", "nonce": "00" * 15}, "invalid_hello"),
        (
            {"type": "hello", "id": "b", "nonce": "00" * 16, "x": "x" * 1024},
            "invalid_hello",
        ),
    ],
)
async def test_bad_hello(connect: Connect, message: Message, code: str) -> None:
    """A connection that does not begin as it has to is closed."""
    await cut_off(await connect(), message, code, 4410)


async def test_hello_at_its_limit(connect: Connect) -> None:
    """A hello of 1024 bytes is taken."""
    sketch = await connect()
    message = {"type": "hello", "id": "b", "nonce": "00" * 16, "x": ""}
    message["x"] = "x" * (1024 - len(json.dumps(message)))
    assert len(json.dumps(message)) == 1024
    (answer,) = await sketch.send(message)
    assert answer["type"] == "challenge"


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_stalled(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """A handshake has its time, however far it came."""
    assert handshake.HANDSHAKE_TIME == 60
    monkeypatch.setattr(handshake, "HANDSHAKE_TIME", 0.5)
    sketch = await connect()
    if steps == 1:
        await hello(sketch, "board-1")
    elif steps == 2:
        await reveal(sketch)
    answers, close = await sketch.end()
    assert answers[-1]["code"] == "handshake_timeout"
    assert close == 4410


# What attackers try on a board.


async def challenge(socket: web.WebSocketResponse) -> tuple[Message, str]:
    """Answer a hello; return it, and the nonce of the challenge."""
    greeting = await socket.receive_json()
    nonce = os.urandom(16).hex()
    await socket.send_json({"type": "challenge", "nonce": nonce})
    return greeting, nonce


@pytest.mark.parametrize("kind", ["missing", "random", "reflected"])
async def test_false_hub(plug_in: PlugIn, serve: Serve, kind: str) -> None:
    """A board hangs up on whom does not have its key, and obeys nothing before that."""
    done = []

    async def _script(socket: web.WebSocketResponse) -> None:
        await challenge(socket)
        await socket.send_json({"type": "set", "id": 1, "key": "heater", "value": True})
        await socket.send_json({"type": "settings", "interval": 1})
        proof = (await socket.receive_json())["proof"]
        claims = {
            "missing": {},
            "random": {"proof": os.urandom(32).hex()},
            "reflected": {"proof": proof},
        }
        await socket.send_json({"type": "welcome", "time": 0, **claims[kind]})
        await socket.receive()

    board = make_board(key=os.urandom(32), do=lambda key, value: done.append(key))
    plug_in(board, await serve(_script))
    with pytest.raises(UntrustedError):
        await board.ended()
    assert done == []
    assert board.interval is None
    assert [message["type"] for message in board.sent] == ["hello", "proof"]


@pytest.mark.parametrize("key", LOW_ORDER[:3])
async def test_false_hub_key(plug_in: PlugIn, serve: Serve, key: str) -> None:
    """A board does not agree on a secret of zeros."""

    async def _script(socket: web.WebSocketResponse) -> None:
        await challenge(socket)
        await socket.receive_json()
        await socket.send_json({"type": "pair", "key": key, "nonce": "00" * 16})
        await socket.receive()

    board = make_board()
    plug_in(board, await serve(_script))
    with pytest.raises(UntrustedError):
        await board.ended()
    assert board.pending is None


async def test_false_rotation(plug_in: PlugIn, serve: Serve) -> None:
    """A board gives up its key only to whom has it."""
    old = os.urandom(32)

    async def _script(socket: web.WebSocketResponse) -> None:
        greeting, nonce = await challenge(socket)
        nonces = (greeting["id"], nonce, greeting["nonce"])
        await socket.receive_json()
        proof = protocol.proof(old, "hub", *nonces)
        await socket.send_json({"type": "welcome", "proof": proof})
        await socket.receive_json()
        # From here it is somebody else, who sits on the line.
        await socket.send_json({"type": "rotate"})
        await socket.receive_json()
        mine = X25519PrivateKey.generate()
        public, own = mine.public_key().public_bytes_raw(), os.urandom(16)
        await socket.send_json(
            {"type": "pair", "key": public.hex(), "nonce": own.hex()}
        )
        shown = await socket.receive_json()
        theirs, their = bytes.fromhex(shown["key"]), bytes.fromhex(shown["nonce"])
        said = protocol.transcript(greeting["id"], public, theirs, own, their)
        new = protocol.agree(mine, theirs, said)
        await socket.send_json(
            {
                "type": "paired",
                "proof": protocol.proof(new, "hub", *nonces),
                "vouch": protocol.vouch(new, "hub", said),
            }
        )
        await socket.receive()

    board = make_board(key=old)
    plug_in(board, await serve(_script))
    with pytest.raises(UntrustedError):
        await board.ended()
    assert board.key == old


# The examples in the document.


EXAMPLES: Final[list[str]] = [
    line
    for block in re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def example(kind: str) -> Message:
    """Return the document's first example of a type."""
    return next(
        message for message in map(json.loads, EXAMPLES) if message.get("type") == kind
    )


def test_examples_are_json() -> None:
    """Each line of each example is a message that fits into a frame."""
    assert len(EXAMPLES) == len(re.findall(r"^{", DOCUMENT, re.MULTILINE))
    for line in EXAMPLES:
        assert isinstance(json.loads(line), dict)
        assert len(line.encode()) <= protocol.MAX_FRAME
    assert len(json.dumps(example("hello"))) <= protocol.MAX_HELLO


async def test_examples_are_taken(hass: HomeAssistant, connect_token: Connect) -> None:
    """What the document shows of a board's messages is taken without a complaint."""
    await add(hass, token_entry())
    board = await connect_token()
    event = example("event")
    bell = {"key": event["key"], "kind": "event", "options": [event["event"]]}
    before = {"type": "channels", "channels": [bell]}
    assert await board.send(before) == []
    of_a_board = 0
    for line in EXAMPLES:
        match json.loads(line).get("type"):
            case "hello":
                (answer,) = await board.send(line)
                assert set(answer) <= set(example("welcome")) - {"proof"}
            case None | "channels" | "event" | "result":
                assert await board.send(line) == [], line
            case _:
                continue
        of_a_board += 1
    assert of_a_board == 8
    assert state(hass, "switch.kitchen_heater") is not None
    assert state(hass, "sensor.kitchen_distance") == "150.2"


async def test_example_of_an_error(hass: HomeAssistant, connect_token: Connect) -> None:
    """The error that the document shows is the one that a board gets."""
    await add(hass, token_entry())
    board = await connect_token()
    assert await board.send({"temp": "25.5"}) == [example("error")]


async def test_table_of_examples(hass: HomeAssistant, connect_token: Connect) -> None:
    """The readings that the document tells about are taken as it says."""
    rows = re.findall(
        r"^\| `([{\[].*?)` \| .* \| (?:`(\w+)`|none) \|$", DOCUMENT, re.MULTILINE
    )
    assert len(rows) == 7
    for number, (reading, code) in enumerate(rows):
        # Each is a board of its own: one gets an error a second.
        token = f"{TOKEN[:-1]}{number + 2}"
        await add(hass, token_entry(token))
        board = await connect_token(f"{URL_PREFIX}{token}")
        codes = [answer["code"] for answer in await board.send(reading)]
        assert codes == ([code] if code else []), reading
