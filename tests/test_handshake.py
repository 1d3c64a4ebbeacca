"""The way from hello to welcome, step by step and out of step."""

from collections.abc import Awaitable, Callable
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import handshake
from custom_components.arduino_sensor.auth import (
    Role,
    agree,
    commitment,
    is_proof,
    proof,
    transcript,
)
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    CONF_NEW_KEY,
    DOMAIN,
    LINK_KEY,
)
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.transports import websocket
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .common import (
    Connect,
    Sketch,
    add,
    assert_quiet,
    fixed_entry,
    pass_time,
    state,
    token_entry,
    wait_until,
)

ID = "esp32-a0b1c2d3e4f5"
KEY = bytes(range(32))
NONCE = bytes(range(16))
TEMPERATURE = "sensor.kitchen_temperature"


def key_entry(
    board_id: str = ID, key: bytes = KEY, *, title: str = "Kitchen", **kwargs: Any
) -> MockConfigEntry:
    """Return the entry of a board with a key."""
    more = kwargs.pop("data", {})
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=board_id,
        data={
            CONF_LINK: LINK_KEY,
            CONF_BOARD: board_id,
            CONF_KEY: key.hex(),
            CONF_CHANNELS: {},
            CONF_ABOUT: {"id": board_id, "name": "Kitchen"},
            **more,
        },
        **kwargs,
    )


def hello(board_id: str = ID, **members: Any) -> dict[str, Any]:
    """Return a hello."""
    return {
        "type": "hello",
        "v": 1,
        "id": board_id,
        "name": "Kitchen",
        "nonce": NONCE.hex(),
        **members,
    }


type ConnectKey = Callable[..., Awaitable[Sketch]]


@pytest.fixture
def connect(connect_token: Connect) -> ConnectKey:
    """Return what connects to the address for boards with a key."""

    async def _connect(path: str = URL_SHARED, **kwargs: Any) -> Sketch:
        return await connect_token(path, **kwargs)

    return _connect


async def challenged(board: Sketch, board_id: str = ID) -> bytes:
    """Say hello and return the hub's nonce."""
    (challenge,) = await board.send(hello(board_id))
    assert challenge["type"] == "challenge"
    return bytes.fromhex(challenge["nonce"])


async def prove(
    board: Sketch, key: bytes = KEY, board_id: str = ID
) -> list[dict[str, Any]]:
    """Say hello, prove a key, and return the answers to the proof."""
    nonce = await challenged(board, board_id)
    text = proof(key, Role.BOARD, board_id, nonce, NONCE)
    answers = await board.send({"type": "proof", "proof": text})
    for answer in answers:
        if answer["type"] == "welcome":
            assert is_proof(answer["proof"], key, Role.HUB, board_id, nonce, NONCE)
    return answers


async def pair(
    board: Sketch, board_id: str = ID, *, refused: bool = False
) -> tuple[list[dict[str, Any]], bytes]:
    """Say hello and pair; return the answers to reveal, and the key."""
    await challenged(board, board_id)
    private = X25519PrivateKey.generate()
    public, nonce = private.public_key().public_bytes_raw(), secrets.token_bytes(16)
    (answer,) = await board.send(
        {"type": "pair", "id": board_id, "commit": commitment(public, nonce).hex()}
    )
    theirs, their_nonce = bytes.fromhex(answer["key"]), bytes.fromhex(answer["nonce"])
    agreed = agree(
        private, theirs, transcript(board_id, theirs, public, their_nonce, nonce)
    )
    reveal = {"type": "reveal", "key": public.hex(), "nonce": nonce.hex()}
    if refused:
        await board.socket.send_json(reveal)
        return (await board.end())[0], agreed.key
    return await board.send(reveal), agreed.key


async def test_proof(
    hass: HomeAssistant, connect: ConnectKey, caplog: pytest.LogCaptureFixture
) -> None:
    """A board that proves its key is let in; then its readings count."""
    entry = await add(hass, key_entry())
    board = await connect()
    (welcome,) = await prove(board)
    assert welcome["type"] == "welcome"
    assert welcome["time"] > 0
    assert "interval" not in welcome
    assert await board.send({"temp": 20}) == []
    assert state(hass, TEMPERATURE) == "20"
    assert KEY.hex() not in caplog.text
    assert repr(KEY) not in caplog.text
    assert entry.runtime_data.connected
    assert_quiet(caplog)


@pytest.mark.parametrize("path", [f"{URL_SHARED}/", f"{URL_SHARED}?x=1"])
async def test_slips_in_the_address(
    hass: HomeAssistant, connect: ConnectKey, path: str
) -> None:
    """A slash too many is a slip; so is a token that was cut to nothing."""
    await add(hass, key_entry())
    assert (await prove(await connect(path)))[0]["type"] == "welcome"


async def test_on_a_port_of_its_own(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """Boards with a key can use a dedicated port too."""
    await add(hass, fixed_entry(port))
    await add(hass, key_entry())
    board = await connect_fixed(port, URL_SHARED)
    assert (await prove(board))[0]["type"] == "welcome"


async def test_what_hello_says_counts_with_the_proof(
    hass: HomeAssistant, connect: ConnectKey, device_registry: dr.DeviceRegistry
) -> None:
    """Nothing in a hello takes effect before the proof."""
    entry = await add(hass, key_entry())

    def firmware() -> str | None:
        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        return device.sw_version

    board = await connect()
    (challenge,) = await board.send(hello(firmware="1.2.0"))
    assert firmware() is None
    nonce = bytes.fromhex(challenge["nonce"])
    text = proof(KEY, Role.BOARD, ID, nonce, NONCE)
    await board.send({"type": "proof", "proof": text})
    assert firmware() == "1.2.0"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"temp": 20}, "hello_first"),
        ({}, "hello_first"),
        ({"type": "proof", "proof": "00" * 32}, "hello_first"),
        ({"type": ["hello"]}, "hello_first"),
        ({"type": "hello"}, "invalid_hello"),
        (hello("Kitchen"), "invalid_hello"),
        (hello(nonce="00"), "invalid_hello"),
        (hello(nonce=None), "invalid_hello"),
        (hello(more="x" * 1024), "invalid_hello"),
    ],
)
async def test_no_good_hello(
    hass: HomeAssistant, connect: ConnectKey, frame: dict[str, Any], code: str
) -> None:
    """Without a hello there is nothing to talk about."""
    board = await connect()
    await board.socket.send_json(frame)
    (answer,), closed = await board.end()
    assert (answer["code"], closed) == (code, 4410)


async def test_bad_frames(hass: HomeAssistant, connect: ConnectKey) -> None:
    """What is no message is answered, at most once a second, and nothing else."""
    board = await connect()
    (answer,) = await board.send('{"type": "hello"')
    assert answer["code"] == "invalid_json"
    assert await board.send("[]") == []
    await challenged(board)
    assert await board.send({"temp": 20}) == []
    assert await board.send({"type": "backlog"}) == []
    await board.socket.send_bytes(b"{}")
    assert await board.answers() == []


@pytest.mark.parametrize(
    "text", [None, 7, "", "00" * 32, "zz" * 32, proof(KEY, Role.HUB, ID, NONCE, NONCE)]
)
async def test_wrong_proof(
    hass: HomeAssistant, connect: ConnectKey, text: object
) -> None:
    """A wrong proof lets nobody in, and leaves a board the choice to pair."""
    entry = await add(hass, key_entry())
    board = await connect()
    await challenged(board)
    (answer,) = await board.send({"type": "proof", "proof": text})
    assert answer["code"] == "wrong_proof"
    assert await board.send({"temp": 20}) == []
    assert not entry.runtime_data.connected


async def test_unknown_board(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A board that Home Assistant does not know may pair in the same connection."""
    board = await connect()
    (answer,) = await prove(board)
    assert answer["code"] == "unknown_board"
    assert await board.send({"type": "pair", "id": ID, "commit": "00" * 32})


async def test_a_token_is_no_key(hass: HomeAssistant, connect: ConnectKey) -> None:
    """The id of a board with an address is nothing that a key could be for."""
    entry = await add(hass, token_entry())
    assert entry.unique_id is not None
    board = await connect()
    (answer,) = await prove(board, board_id=entry.unique_id[:32])
    assert answer["code"] == "unknown_board"


async def test_too_many_proofs(hass: HomeAssistant, connect: ConnectKey) -> None:
    """Nobody goes on for ever."""
    await add(hass, key_entry())
    board = await connect()
    await challenged(board)
    for _ in range(handshake.MAX_MESSAGES + 1):
        await board.socket.send_json({"type": "proof", "proof": "00" * 32})
    answers, code = await board.end()
    assert (answers[-1]["code"], code) == ("invalid_message", 4410)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "pair", "id": ID},
        {"type": "pair", "id": "other", "commit": "00" * 32},
        {"type": "pair", "id": ID, "commit": "00" * 31},
        {"type": "reveal", "key": "00" * 32, "nonce": "00" * 16},
    ],
)
async def test_no_good_pairing(
    hass: HomeAssistant, connect: ConnectKey, frame: dict[str, Any]
) -> None:
    """A pairing that is not what it has to be ends."""
    board = await connect()
    await challenged(board)
    await board.socket.send_json(frame)
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("invalid_message", 4410)


async def test_disabled(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A disabled board is told so."""
    key_entry(disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    board = await connect()
    await board.socket.send_json(hello())
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("board_disabled", 4401)


async def test_ignored(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A board that a person ignores stays ignored, and takes nobody's place."""
    MockConfigEntry(
        domain=DOMAIN, unique_id=ID, source=SOURCE_IGNORE, data={}
    ).add_to_hass(hass)
    board = await connect()
    await board.socket.send_json(hello())
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("board_ignored", 4403)


@pytest.mark.parametrize("stage", [0, 1])
async def test_timeout(
    hass: HomeAssistant,
    connect: ConnectKey,
    monkeypatch: pytest.MonkeyPatch,
    stage: int,
) -> None:
    """Who does not come to the point has to go."""
    monkeypatch.setattr(handshake, "HANDSHAKE_TIME", 0.2)
    board = await connect()
    if stage:
        await challenged(board)
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("handshake_timeout", 4410)


@pytest.mark.parametrize("limit", ["_MAX_HANDSHAKES", "_MAX_FROM_SOURCE"])
async def test_many_at_once(
    hass: HomeAssistant,
    connect: ConnectKey,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    """Who takes up room and says nothing has to go for who comes, and nobody else."""
    monkeypatch.setattr(websocket, limit, 2)
    await add(hass, key_entry())
    known = await connect()
    await prove(known)
    waiting = await connect()
    assert (await pair(waiting, "other"))[0][-1]["type"] == "waiting"
    strangers = [await connect() for _ in range(2)]
    assert (await prove(await connect()))[0]["type"] == "welcome"
    (answer,), code = await strangers[0].end()
    assert (answer["code"], code) == ("too_many_waiting", 1013)
    assert await strangers[1].answers() == []
    assert await waiting.answers() == []


async def test_page(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A web page cannot play a board."""
    board = await connect(headers={"User-Agent": "Mozilla/5.0"})
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("not_allowed", 4403)


async def test_newer_connection(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A board that comes back takes the place of its old connection, with a proof."""
    entry = await add(hass, key_entry())
    old = await connect()
    await prove(old)
    new = await connect()
    await prove(new)
    (answer,), code = await old.end()
    assert (answer["code"], code) == ("replaced", 4409)
    await new.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"
    assert entry.runtime_data.connected


async def test_cannot_pair_while_connected(
    hass: HomeAssistant, connect: ConnectKey
) -> None:
    """Who knows an id can neither evict the board nor have a person asked."""
    entry = await add(hass, key_entry())
    board = await connect()
    await prove(board)
    stranger = await connect()
    await challenged(stranger)
    await stranger.socket.send_json({"type": "pair", "id": ID, "commit": "00" * 32})
    (answer,), code = await stranger.end()
    assert (answer["code"], code) == ("already_connected", 4408)
    assert not hass.config_entries.flow.async_progress()
    await board.send({"temp": 22})
    assert state(hass, TEMPERATURE) == "22"
    assert entry.runtime_data.connected


async def test_reload(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A proven connection outlives a reload of its entry."""
    entry = await add(hass, key_entry())
    board = await connect()
    await prove(board)
    await board.send({"temp": 20})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "20"
    assert await board.send({"temp": 23}) == []
    assert state(hass, TEMPERATURE) == "23"


async def test_before_its_entry_is_set_up(
    hass: HomeAssistant, connect: ConnectKey
) -> None:
    """A board that comes while Home Assistant starts is welcomed a little later."""
    entry = key_entry()
    entry.add_to_hass(hass)
    board = await connect()
    assert await prove(board) == []
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (welcome,) = await board.answers()
    assert welcome["type"] == "welcome"
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "20"


async def test_both_keys_count_until_the_new_one_is_proven(
    hass: HomeAssistant, connect: ConnectKey
) -> None:
    """Of two keys, the old one ends with the first proof of the new one."""
    new = bytes(32)
    entry = await add(hass, key_entry(data={CONF_NEW_KEY: new.hex()}))
    assert (await prove(await connect()))[0]["type"] == "welcome"
    assert entry.data[CONF_KEY] == KEY.hex()
    assert (await prove(await connect(), new))[0]["type"] == "welcome"
    assert entry.data[CONF_KEY] == new.hex()
    assert CONF_NEW_KEY not in entry.data
    assert (await prove(await connect()))[0]["code"] == "wrong_proof"


async def test_deleted(hass: HomeAssistant, connect: ConnectKey) -> None:
    """A board that is deleted is told so at once, and is unknown from then on."""
    entry = await add(hass, key_entry())
    board = await connect()
    await prove(board)
    await hass.config_entries.async_remove(entry.entry_id)
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert (await prove(await connect()))[0]["code"] == "unknown_board"


async def test_dead_connection_makes_room(
    hass: HomeAssistant, connect: ConnectKey, freezer: FrozenDateTimeFactory
) -> None:
    """A board that lost power and its key is not locked out by its old connection."""
    await add(hass, key_entry())
    old = await connect()
    await prove(old)
    await pass_time(hass, freezer, 61)
    new = await connect()
    await challenged(new)
    await new.socket.send_json({"type": "pair", "id": ID, "commit": "00" * 32})
    (answer,), _ = await new.end()
    assert answer["code"] == "already_connected"
    # The old one was asked for a sign of life, and gives none.
    await pass_time(hass, freezer, 61)
    domain = await async_get_domain(hass)
    await wait_until(hass, lambda: not domain.endpoint.is_connected(ID))


async def test_nothing_of_the_pairing_is_logged(
    hass: HomeAssistant, connect: ConnectKey, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither key nor code is in the log, at any level."""
    board = await connect()
    answers, key = await pair(board)
    assert answers[-1] == {"type": "waiting", "seconds": 600}
    domain = await async_get_domain(hass)
    (waiting,) = domain.endpoint.waiting.of(ID)
    assert waiting.agreement.key == key
    assert key.hex() not in caplog.text
    assert waiting.agreement.code not in caplog.text
    assert waiting.agreement.code not in repr(waiting)
    assert_quiet(caplog)


async def test_what_a_bug_report_has_of_it(
    hass: HomeAssistant, connect: ConnectKey
) -> None:
    """The messages of a handshake by their types, and nothing else of them."""
    entry = await add(hass, key_entry())
    board = await connect()
    await prove(board)
    await board.send({"temp": 20})
    link = entry.runtime_data.link
    frames = link.as_dict(hass.loop.time())["frames"]
    assert [(frame["direction"], frame.get("type")) for frame in frames] == [
        ("out", "challenge"),
        ("in", "proof"),
        ("in", "hello"),
        ("out", "welcome"),
        ("in", None),
    ]
    assert [frame.get("frame") for frame in frames] == [None] * 4 + ['{"temp": 20}']


async def test_replaced_connections_are_counted(
    hass: HomeAssistant, connect: ConnectKey
) -> None:
    """A connection that gave way to a newer one has dropped."""
    entry = await add(hass, key_entry())
    for _ in range(3):
        await prove(await connect())
    assert (entry.runtime_data.link.connects, entry.runtime_data.link.drops) == (3, 2)
