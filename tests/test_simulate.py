"""Simulated boards: the client that is not the integration's, and what it is for.

The hub in these tests speaks with the integration's own cryptography, which the client
does not use: what one of them gets wrong does not fit the other.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
import random
import re
from typing import Any, Final

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.arduino_sensor import auth
from custom_components.arduino_sensor.auth import Role
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from scripts.lib import client as client_module, keys, simulate
from scripts.lib.client import WS_PATH, Backoff, Client, Options
from scripts.lib.device import (
    CHANNELS,
    Device,
    NotPossibleError,
    in_parts,
    introduction,
)
from scripts.lib.handshake import Handshake, UntrustedError
from scripts.lib.keys import KeyStore, Pairing
from scripts.lib.readings import Pause
from scripts.lib.replay import AFTERWARDS, read_recording

from .common import ADDRESS, TOKEN, Connect, add, state, token_entry, wait_until

VECTORS: Final[dict[str, list[dict[str, str]]]] = json.loads(
    (Path(__file__).parent / "vectors" / "auth.json").read_text(encoding="ascii")
)
ID: Final = "sim-1"
KEY: Final = bytes(range(32))
SECRET: Final = "abcdefghijkmnpqrstuvwxyz23"

type Message = dict[str, Any]


# Keys.


@pytest.mark.parametrize("case", VECTORS["proof"], ids=lambda case: case["name"])
def test_proof(case: dict[str, str]) -> None:
    """Proofs are those of the published examples."""
    assert case["role"] in ("board", "hub")
    assert (
        keys.proof(
            bytes.fromhex(case["key"]),
            case["role"],  # type: ignore[arg-type]
            case["id"],
            case["hub_nonce"],
            case["board_nonce"],
        )
        == case["proof"]
    )


@pytest.mark.parametrize("case", VECTORS["pairing"], ids=lambda case: case["name"])
def test_pairing(case: dict[str, str]) -> None:
    """A pairing comes to the key and the code of the published examples."""
    pairing = Pairing(
        case["id"],
        X25519PrivateKey.from_private_bytes(bytes.fromhex(case["board_private_key"])),
        case["board_nonce"],
    )
    assert pairing.public_key.hex() == case["board_public_key"]
    assert pairing.commit == case["commit"]
    agreed = pairing.agree(case["hub_public_key"], case["hub_nonce"].upper())
    assert agreed.transcript.hex() == case["transcript"]
    assert agreed.key.hex() == case["key"]
    assert agreed.code == case["code"]
    assert case["key"] not in repr(agreed)
    assert case["code"] not in repr(agreed)


@pytest.mark.parametrize("case", VECTORS["low_order"], ids=lambda case: case["name"])
def test_low_order(case: dict[str, str]) -> None:
    """A public key that makes everybody's key the same is refused."""
    with pytest.raises(ValueError):
        Pairing(ID).agree(case["public_key"], "00" * 16)


@pytest.mark.parametrize("case", VECTORS["vouch"], ids=lambda case: case["name"])
def test_vouch(case: dict[str, str]) -> None:
    """Vouches are those of the published examples."""
    assert case["role"] in ("board", "hub")
    secret, transcript = (
        bytes.fromhex(case[name]) for name in ("secret", "transcript")
    )
    assert keys.vouch(secret, case["role"], transcript) == case["vouch"]  # type: ignore[arg-type]


@pytest.mark.parametrize("case", VECTORS["secret"], ids=lambda case: case["name"])
def test_secret(case: dict[str, str]) -> None:
    """A secret may be written as people write."""
    assert keys.secret_bytes(case["text"]).hex() == case["secret"]


@pytest.mark.parametrize("text", ["", SECRET[:-1], SECRET + "2", "ä" * 26])
def test_no_secret(text: str) -> None:
    """What is no secret is refused, and not repeated."""
    with pytest.raises(ValueError) as err:
        keys.secret_bytes(text)
    assert not text or text not in str(err.value)


@pytest.mark.parametrize("given", [None, 5, "", "0" * 31, "0" * 33, "0" * 30 + " 0"])
def test_no_digits(given: object) -> None:
    """Only hexadecimal digits of the right number are any."""
    with pytest.raises(ValueError):
        keys.hex_digits(given, 16)
    assert not keys.matches(given, "0" * 32)


def test_key_file(tmp_path: Path) -> None:
    """Keys are kept in a file that only its owner can read."""
    path = tmp_path / "keys.json"
    store = KeyStore(path)
    assert store.get(ID) is None
    other = KeyStore(path)
    store.put(ID, KEY)
    other.put("sim-2", KEY[::-1])
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    again = KeyStore(path)
    assert (again.get(ID), again.get("sim-2")) == (KEY, KEY[::-1])
    assert KEY.hex() not in repr(again)


@pytest.mark.parametrize("text", ["", "[]", '{"sim-1":"no"}', '{"sim-1":5}'])
def test_no_key_file(tmp_path: Path, text: str) -> None:
    """Another file is refused, and stays as it is."""
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="no file with keys"):
        KeyStore(path)
    assert path.read_text() == text


# The handshake.


class Hub:
    """Home Assistant's side of the handshake with one board, step by step."""

    def __init__(self, *, secret: str | None = None) -> None:
        """Know no board yet."""
        self.secret = None if secret is None else auth.secret_bytes(secret)
        self.agreed: auth.Agreement | None = None
        self.nonce = bytes(16)
        self.board_nonce = b""

    def challenge(self, hello: Message) -> Message:
        """Answer hello."""
        assert hello["id"] == ID
        self.board_nonce = bytes.fromhex(hello["nonce"])
        self.nonce = random.randbytes(16)
        return {"type": "challenge", "nonce": self.nonce.hex()}

    def proof(self, key: bytes) -> str:
        """Return the hub's proof."""
        return auth.proof(key, Role.HUB, ID, self.nonce, self.board_nonce)

    def check(self, message: Message, key: bytes) -> None:
        """Check the board's proof."""
        assert message["type"] == "proof"
        assert auth.is_proof(
            message["proof"], key, Role.BOARD, ID, self.nonce, self.board_nonce
        )

    def welcome(self, key: bytes, **more: Any) -> Message:
        """Accept the board."""
        return {"type": "welcome", "proof": self.proof(key), **more}

    def pair(self, message: Message) -> Message:
        """Answer a commitment."""
        assert (message["type"], message["id"]) == ("pair", ID)
        self._pairing = auth.HubPairing(ID, bytes.fromhex(message["commit"]))
        return {
            "type": "pair",
            "key": self._pairing.public_key.hex(),
            "nonce": self._pairing.nonce.hex(),
        }

    def reveal(self, message: Message, secret: bytes | None = None) -> Message:
        """Agree on a key; return what the board is to wait with."""
        assert message["type"] == "reveal"
        self.agreed = self._pairing.finish(
            bytes.fromhex(message["key"]), bytes.fromhex(message["nonce"])
        )
        waiting = {"type": "waiting", "seconds": 600}
        if (secret := secret or self.secret) is None:
            assert "vouch" not in message
            return waiting
        transcript = self.agreed.transcript
        assert auth.is_vouch(message["vouch"], secret, Role.BOARD, transcript)
        return {**waiting, "vouch": auth.vouch(secret, Role.HUB, transcript)}

    def paired(self, **more: Any) -> Message:
        """Tell the board that it was accepted."""
        assert self.agreed is not None
        return {"type": "paired", "proof": self.proof(self.agreed.key), **more}

    @property
    def key(self) -> bytes:
        """Return the key that was agreed on."""
        assert self.agreed is not None
        return self.agreed.key


def one(messages: list[Message]) -> Message:
    """Return the only answer."""
    (message,) = messages
    return message


def until_waiting(board: Handshake, hub: Hub) -> None:
    """Pair a board that has no key, until it waits for a person."""
    challenge = hub.challenge(board.connected())
    pair = hub.pair(one(board.receive(challenge)))
    assert board.receive(hub.reveal(one(board.receive(pair)))) == []
    assert board.waiting


def until_welcome(board: Handshake, hub: Hub, key: bytes = KEY) -> None:
    """Let a board in that has this key."""
    hub.check(one(board.receive(hub.challenge(board.connected()))), key)
    assert board.receive(hub.welcome(key)) == []
    assert board.welcomed


@pytest.fixture
def store() -> KeyStore:
    """Return where the board keeps its key."""
    return KeyStore()


@pytest.fixture
def keyed(store: KeyStore) -> Handshake:
    """Return a board that has a key."""
    store.put(ID, KEY)
    return Handshake(ID, store)


def test_handshake_pairing(store: KeyStore) -> None:
    """A board agrees on a key, shows its code, and keeps the key once it is taken."""
    board, hub = Handshake(ID, store), Hub()
    until_waiting(board, hub)
    assert hub.agreed is not None
    assert board.code == hub.agreed.code
    assert store.get(ID) is None
    hub.check(one(board.receive(hub.paired())), hub.key)
    assert store.get(ID) == hub.key
    board.receive(hub.welcome(hub.key))
    assert board.welcomed
    assert not board.waiting
    until_welcome(board, Hub(), hub.key)


def test_handshake_wrong_paired(store: KeyStore) -> None:
    """Nobody but who has the same key can have it stored."""
    board, hub = Handshake(ID, store), Hub()
    until_waiting(board, hub)
    with pytest.raises(UntrustedError):
        board.receive({"type": "paired", "proof": hub.proof(KEY)})
    assert store.get(ID) is None


def test_handshake_known(keyed: Handshake) -> None:
    """A board that has a key proves it, with other nonces each time."""
    nonces = set()
    for _ in range(2):
        hub = Hub()
        until_welcome(keyed, hub)
        nonces.add(hub.board_nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("proof", [None, 5, "", "0" * 64, "board", "other nonces"])
def test_handshake_wrong_welcome(keyed: Handshake, proof: object) -> None:
    """A board leaves who cannot prove to be its Home Assistant."""
    hub = Hub()
    mine = one(keyed.receive(hub.challenge(keyed.connected())))
    if proof == "board":
        proof = mine["proof"]
    elif proof == "other nonces":
        hub.nonce = bytes(16)
        proof = hub.proof(KEY)
    with pytest.raises(UntrustedError):
        keyed.receive({"type": "welcome", "proof": proof})
    assert not keyed.welcomed


def test_handshake_order(keyed: Handshake) -> None:
    """What comes before its turn has no effect, or ends the connection."""
    hub = Hub()
    hello = keyed.connected()
    kind: object
    for kind in ("pair", "waiting", "paired", "rotate", "value", "nonsense", None, []):
        assert keyed.receive({"type": kind}) == []
    assert keyed.receive({"type": "error", "code": "unknown_board"}) == []
    with pytest.raises(UntrustedError):
        keyed.receive({"type": "welcome", "proof": "0" * 64})
    keyed.receive(hub.challenge(hello))
    assert keyed.receive({"type": "rotate"}) == []
    with pytest.raises(UntrustedError):
        keyed.receive(hub.challenge(hello))


@pytest.mark.parametrize("nonce", [None, 5, "", "00", "g" * 32, "0" * 64])
def test_handshake_no_nonce(keyed: Handshake, nonce: object) -> None:
    """A challenge needs a nonce."""
    keyed.connected()
    with pytest.raises(UntrustedError):
        keyed.receive({"type": "challenge", "nonce": nonce})


def test_handshake_no_public_key(store: KeyStore) -> None:
    """A public key that cannot be used ends the pairing."""
    board, hub = Handshake(ID, store), Hub()
    pair = hub.pair(one(board.receive(hub.challenge(board.connected()))))
    with pytest.raises(UntrustedError):
        board.receive(pair | {"key": "0" * 64})


def test_handshake_drop_before_code(store: KeyStore) -> None:
    """A board whose connection drops goes on waiting with the same code."""
    board, hub = Handshake(ID, store), Hub()
    until_waiting(board, hub)
    code = board.code
    challenge = hub.challenge(board.connected())
    assert board.code is None
    hub.check(one(board.receive(challenge)), hub.key)
    board.receive({"type": "waiting", "seconds": 300})
    assert board.code == code
    assert store.get(ID) is None
    hub.check(one(board.receive(hub.paired())), hub.key)
    assert store.get(ID) == hub.key


def test_handshake_drop_before_paired(store: KeyStore) -> None:
    """A board that was accepted while it was gone stores the key at its welcome."""
    board, hub = Handshake(ID, store), Hub()
    until_waiting(board, hub)
    board.connected()
    with pytest.raises(UntrustedError):
        board.receive({"type": "welcome", "proof": "0" * 64})
    until_welcome(board, hub, hub.key)
    assert store.get(ID) == hub.key


@pytest.mark.parametrize("code", ["unknown_board", "wrong_proof"])
def test_handshake_forgotten(keyed: Handshake, store: KeyStore, code: str) -> None:
    """A board whose key is not taken pairs, and keeps the old key until it has one."""
    hub = Hub()
    keyed.receive(hub.challenge(keyed.connected()))
    pair = hub.pair(one(keyed.receive({"type": "error", "code": code})))
    assert keyed.receive({"type": "error", "code": code}) == []
    waiting = hub.reveal(one(keyed.receive(pair)))
    assert keyed.receive({"type": "error", "code": code}) == []
    keyed.receive(waiting)
    assert store.get(ID) == KEY
    keyed.receive(hub.paired())
    assert store.get(ID) == hub.key


def test_handshake_forgotten_while_waiting(store: KeyStore) -> None:
    """A code that Home Assistant does not wait for any more is shown no more."""
    board, hub = Handshake(ID, store), Hub()
    until_waiting(board, hub)
    hub.check(one(board.receive(hub.challenge(board.connected()))), hub.key)
    hub.pair(one(board.receive({"type": "error", "code": "unknown_board"})))
    board.receive({"type": "waiting", "seconds": 600})
    assert board.code is None


def test_handshake_ended(store: KeyStore) -> None:
    """After the end of a pairing there is another key and another code."""
    board, hub, other = Handshake(ID, store), Hub(), Hub()
    until_waiting(board, hub)
    board.ended()
    until_waiting(board, other)
    assert other.key != hub.key


def test_handshake_enrolled(store: KeyStore) -> None:
    """A board with the secret of an enrolment needs no code, also after a drop."""
    secret = keys.secret_bytes(SECRET)
    board, hub = Handshake(ID, store, secret=secret), Hub(secret=SECRET)
    until_waiting(board, hub)
    assert board.code is None
    board.receive(hub.challenge(board.connected()))
    board.receive({"type": "waiting", "seconds": 300})
    assert board.waiting
    hub.check(one(board.receive(hub.paired())), hub.key)
    assert store.get(ID) == hub.key


@pytest.mark.parametrize("vouch", [None, "0" * 64, "board"])
def test_handshake_wrong_vouch_of_hub(store: KeyStore, vouch: object) -> None:
    """A board with a secret waits for nobody who does not know it."""
    board = Handshake(ID, store, secret=keys.secret_bytes(SECRET))
    hub = Hub(secret=SECRET)
    pair = hub.pair(one(board.receive(hub.challenge(board.connected()))))
    reveal = one(board.receive(pair))
    waiting = hub.reveal(reveal)
    waiting["vouch"] = reveal["vouch"] if vouch == "board" else vouch
    with pytest.raises(UntrustedError):
        board.receive(waiting)
    assert store.get(ID) is None
    # That key is used for nothing any more.
    until_waiting(board, Hub(secret=SECRET))


@pytest.mark.parametrize("accept", ["paired", "welcome"])
def test_handshake_no_vouch_of_hub(store: KeyStore, accept: str) -> None:
    """A board with a secret is not paired by who leaves that step out."""
    board = Handshake(ID, store, secret=keys.secret_bytes(SECRET))
    hub = Hub(secret=SECRET)
    pair = hub.pair(one(board.receive(hub.challenge(board.connected()))))
    hub.reveal(one(board.receive(pair)))
    if accept == "welcome":
        board.receive(hub.challenge(board.connected()))
    message = hub.paired() if accept == "paired" else hub.welcome(hub.key)
    with pytest.raises(UntrustedError):
        board.receive(message)
    assert store.get(ID) is None
    assert not board.welcomed


def test_handshake_vouch_each_time(store: KeyStore) -> None:
    """Who has vouched for one pairing has not vouched for the next."""
    board = Handshake(ID, store, secret=keys.secret_bytes(SECRET))
    until_waiting(board, Hub(secret=SECRET))
    board.ended()
    hub = Hub(secret=SECRET)
    pair = hub.pair(one(board.receive(hub.challenge(board.connected()))))
    waiting = hub.reveal(one(board.receive(pair)))
    del waiting["vouch"]
    with pytest.raises(UntrustedError):
        board.receive(waiting)


def test_handshake_secret_over(store: KeyStore) -> None:
    """When nobody waits for its secret, a board pairs with a code the next time."""
    board = Handshake(ID, store, secret=keys.secret_bytes(SECRET))
    hub = Hub(secret=SECRET)
    pair = hub.pair(one(board.receive(hub.challenge(board.connected()))))
    hub.reveal(one(board.receive(pair)))
    assert board.receive({"type": "error", "code": "wrong_vouch"}) == []
    hub = Hub()
    until_waiting(board, hub)
    assert hub.agreed is not None
    assert board.code == hub.agreed.code


def test_handshake_rotation(keyed: Handshake, store: KeyStore) -> None:
    """A key is replaced by who has the old one."""
    hub = Hub()
    until_welcome(keyed, hub)
    pair = hub.pair(one(keyed.receive({"type": "rotate"})))
    waiting = hub.reveal(one(keyed.receive(pair)), secret=KEY)
    assert store.get(ID) == KEY
    answer = one(keyed.receive(hub.paired(vouch=waiting["vouch"])))
    hub.check(answer, hub.key)
    assert store.get(ID) == hub.key != KEY
    with pytest.raises(UntrustedError):
        keyed.receive(hub.welcome(KEY))
    assert keyed.receive(hub.welcome(hub.key)) == []
    until_welcome(keyed, Hub(), hub.key)


@pytest.mark.parametrize("wrong", ["no vouch", "vouch", "proof"])
def test_handshake_wrong_rotation(
    keyed: Handshake, store: KeyStore, wrong: str
) -> None:
    """A board keeps its key when the new one is not from who has the old one."""
    hub = Hub()
    until_welcome(keyed, hub)
    pair = hub.pair(one(keyed.receive({"type": "rotate"})))
    reveal = one(keyed.receive(pair))
    paired = hub.paired(vouch=hub.reveal(reveal, secret=KEY)["vouch"])
    if wrong == "proof":
        paired["proof"] = hub.proof(KEY)
    else:
        paired["vouch"] = reveal["vouch"] if wrong == "vouch" else None
    assert keyed.receive(paired) == []
    assert store.get(ID) == KEY
    assert keyed.welcomed
    until_welcome(keyed, Hub())


# What is on the board.


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("light", "#FF00ff", {"red": True, "green": False, "blue": True}),
        ("light", "#000000", {"red": False, "green": False, "blue": False}),
        ("relay", True, {"relay": True}),
        ("setpoint", 19.5, {"setpoint": 19.5}),
        ("mode", "comfort", {"mode": "comfort"}),
        ("display", "hello", {"display": "hello"}),
        ("identify", None, {}),
    ],
)
def test_device_acts(key: str, value: object, changed: dict[str, object]) -> None:
    """A command changes what the next reading shows, and nothing else."""
    device = Device(iter([{"temp": 1.0}, {"temp": 2.0}]))
    before = device.reading()
    done = device.act(key, value)
    assert (done.value, done.restarts) == (None, False)
    assert device.reading() == before | {"temp": 2.0} | changed


def test_device_rounds() -> None:
    """A setpoint between two steps is not what was asked for, and is said."""
    assert Device().act("setpoint", 19.6).value == 19.5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("light", "#808080"),
        ("light", True),
        ("relay", 1),
        ("setpoint", 31),
        ("setpoint", True),
        ("setpoint", float("nan")),
        ("mode", "frost"),
        ("mode", []),
        ("display", "x" * 17),
        ("temp", 1),
        ("no such", 1),
        (None, None),
        ([], None),
    ],
)
def test_device_refuses(key: object, value: object) -> None:
    """What cannot be done changes nothing, and is explained in a line."""
    device = Device()
    before = dict(device.state)
    with pytest.raises(NotPossibleError) as err:
        device.act(key, value)
    assert device.state == before
    assert 1 <= len(str(err.value)) <= 120


def test_device_describes_itself() -> None:
    """Every value of a reading is of a channel that is described, and in parts."""
    device = Device()
    described = {channel["key"] for channel in device.channels}
    assert device.reading().keys() < described
    parts = in_parts(CHANNELS, 300)
    assert len(parts) > 2
    assert [channel for part in parts for channel in part] == CHANNELS
    assert in_parts([], 300) == [[]]
    assert in_parts(CHANNELS[:2], 1) == [[CHANNELS[0]], [CHANNELS[1]]]


def test_device_rings() -> None:
    """The bell rings now and then."""
    device = Device()
    rung = []
    for _ in range(30):
        device.reading()
        rung.append(device.event())
    assert [event for event in rung if event] == [
        ("bell", "press"),
        ("bell", "double_press"),
    ]


# A board on the wire.


class Link(Hub):
    """One connection of a board to the hub of a test."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Take the connection."""
        super().__init__()
        self.socket = socket
        self.over = asyncio.Event()

    async def send(self, message: object) -> None:
        """Send one message to the board; a str goes out as it is."""
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send_str(text)

    async def next(self, kind: str | None = "any") -> Message:
        """Return the next message; with a type, the next of that type."""
        async with asyncio.timeout(5):
            while True:
                message = await self.socket.receive()
                assert message.type is WSMsgType.TEXT, message
                decoded: Message = json.loads(message.data)
                if kind in ("any", decoded.get("type")):
                    return decoded

    async def ask(self, message: Message) -> Message:
        """Send a command; return the board's result."""
        await self.send(message)
        return await self.next("result")

    async def begin(self, key: bytes = KEY, **welcome: Any) -> Message:
        """Let the board in; return its hello."""
        hello = await self.next()
        await self.send(self.challenge(hello))
        self.check(await self.next(), key)
        await self.send(self.welcome(key, **welcome))
        return hello

    async def closed(self) -> int | None:
        """Return the close code, when the board has ended the connection."""
        async with asyncio.timeout(5):
            while (await self.socket.receive()).type is WSMsgType.TEXT:
                pass
        return self.socket.close_code

    async def close(self, code: int = 1000) -> None:
        """End the connection."""
        await self.socket.close(code=code)
        self.over.set()


class Hubs:
    """A server that boards connect to, and that the test plays."""

    def __init__(self) -> None:
        """Wait for connections."""
        self.links: asyncio.Queue[Link] = asyncio.Queue()
        self._all: list[Link] = []
        self.address = ""

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Hand a connection over to the test."""
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        link = Link(socket)
        self._all.append(link)
        self.links.put_nowait(link)
        await link.over.wait()
        return socket

    async def link(self) -> Link:
        """Return the next connection of a board."""
        async with asyncio.timeout(5):
            return await self.links.get()

    async def end(self) -> None:
        """End all connections."""
        for link in self._all:
            await link.close()


@pytest.fixture
async def hubs(port: int, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Hubs]:
    """Return a server for boards, which try again at once."""
    monkeypatch.setattr(client_module, "FIRST_PAUSE", 0.01)
    hubs = Hubs()
    app = web.Application()
    app.router.add_get(WS_PATH, hubs.handle)
    async with TestServer(app, host="127.0.0.1", port=port) as server:
        hubs.address = f"ws://127.0.0.1:{server.port}{WS_PATH}"
        yield hubs
        await hubs.end()


class Player:
    """A simulated board that runs, and what it tells."""

    def __init__(
        self,
        address: str,
        *,
        key: bytes | None = KEY,
        secret: str | None = None,
        **options: Any,
    ) -> None:
        """Connect it."""
        self.codes: list[str] = []
        self.told: list[str] = []
        self.device = Device()
        self.store = KeyStore()
        if key is not None:
            self.store.put(ID, key)
        self.client = Client(
            "board",
            address,
            introduction(ID, "Kitchen"),
            self.device,
            self.store,
            options=Options(**{"interval": 0.05} | options),
            secret=None if secret is None else keys.secret_bytes(secret),
            say=lambda name, text: self.told.append(text),
            on_code=lambda name, code: self.codes.append(code),
        )
        self.task = asyncio.create_task(self.client.run())


type Play = Callable[..., Player]


@asynccontextmanager
async def _playing(address: str) -> AsyncGenerator[Play]:
    players: list[Player] = []

    def _play(**options: Any) -> Player:
        players.append(Player(address, **options))
        return players[-1]

    yield _play
    for player in players:
        player.task.cancel()
        await asyncio.wait({player.task})
        assert player.task.cancelled() or player.task.exception() is None


@pytest.fixture
async def play(hubs: Hubs) -> AsyncGenerator[Play]:
    """Return what plays a board that connects to the test."""
    async with _playing(hubs.address) as play:
        yield play


async def test_client_pairs(hubs: Hubs, play: Play) -> None:
    """A new board pairs, prints its code, and is at work once that was typed."""
    player = play(key=None)
    link = await hubs.link()
    hello = await link.next()
    assert hello.items() >= {"type": "hello", "v": 1, "name": "Kitchen"}.items()
    assert hello["interval"] == 1
    assert "sleeps" not in hello
    await link.send(link.challenge(hello))
    await link.send(link.pair(await link.next()))
    await link.send(link.reveal(await link.next()))
    # Not yet: it does not know who this is.
    await link.send({"type": "set", "id": 1, "key": "relay", "value": True})
    await link.send(link.paired())
    link.check(await link.next(), link.key)
    assert link.agreed is not None
    assert player.codes == [link.agreed.code]
    assert (player.client.accepted, player.client.welcomed.is_set()) == (True, False)
    await link.send(link.welcome(link.key, time=1795255140, offset=3600))
    channels = []
    while not (message := await link.next()).get("final"):
        channels += message["channels"]
    assert channels + message["channels"] == CHANNELS
    assert len(channels) > 1
    assert (await link.next())["relay"] is False
    assert player.client.acted == 0
    assert "welcome; it is 10:59 there" in player.told
    told = "\n".join(player.told)
    assert link.key.hex() not in told
    assert link.agreed.code not in told


async def test_client_acts_once(hubs: Hubs, play: Play) -> None:
    """A command is carried out once and answered each time, also after a drop."""
    player = play()
    link = await hubs.link()
    await link.begin()
    command = {"type": "set", "id": 7, "key": "relay", "value": True}
    done = {"type": "result", "id": 7, "ok": True}
    assert await link.ask(command) == done
    # The first reading has all, the others what has changed.
    while (await link.next(None)).get("relay") is not True:
        pass
    assert await link.ask(command) == done
    await link.close()
    link = await hubs.link()
    await link.begin()
    assert (await link.next(None)).keys() == player.device.reading().keys()
    assert await link.ask(command) == done
    assert player.client.acted == 1
    assert (await link.ask(command | {"id": 8, "value": False}))["ok"] is True
    assert player.client.acted == 2
    assert player.device.state["relay"] is False


async def test_client_refuses(hubs: Hubs, play: Play) -> None:
    """What cannot be done is answered with a reason, what is no command not at all."""
    player = play()
    link = await hubs.link()
    await link.begin()
    for number in (None, 0, True, "1", 2**31):
        await link.send({"type": "set", "id": number, "key": "relay", "value": True})
    for text in ("", "[]", "nonsense", "[" * 5000, '{"type":[]}'):
        await link.send(text)
    result = await link.ask({"type": "set", "id": 1, "key": "setpoint", "value": 99})
    message = "The setpoint goes from 5 to 30 °C."
    assert result == {"type": "result", "id": 1, "ok": False, "message": message}
    result = await link.ask({"type": "set", "id": 2, "key": "setpoint", "value": 9.9})
    assert result == {"type": "result", "id": 2, "ok": True, "value": 10.0}
    assert player.client.acted == 1


async def test_client_loses_results(hubs: Hubs, play: Play) -> None:
    """On a bad network the first answer is lost, and the repeated command answered."""
    player = play(loses_results=True)
    link = await hubs.link()
    await link.begin()
    command = {"type": "set", "id": 1, "key": "relay", "value": True}
    await link.send(command)
    while (await link.next()).get("relay") is not True:
        pass
    assert await link.ask(command) == {"type": "result", "id": 1, "ok": True}
    assert player.client.acted == 1


async def test_client_restarts(hubs: Hubs, play: Play) -> None:
    """The button that restarts the board is answered first."""
    play()
    link = await hubs.link()
    await link.begin()
    result = await link.ask({"type": "set", "id": 1, "key": "restart"})
    assert result == {"type": "result", "id": 1, "ok": True}
    assert await link.closed() == 1000
    await (await hubs.link()).begin()


async def test_client_interval(hubs: Hubs, play: Play) -> None:
    """A board reports as often as it is asked to, from then on."""
    player = play(interval=86400)
    link = await hubs.link()
    assert (await link.begin(interval=3600))["interval"] == 86400
    await link.next(None)
    for wrong in (0, 3601, "5", True, None):
        await link.send({"type": "settings", "interval": wrong})
    # The next reading is due in an hour, unless this counts at once.
    await link.send({"type": "settings", "interval": 90})
    await link.next(None)
    assert player.client.interval == 90
    await link.close()
    link = await hubs.link()
    assert (await link.begin())["interval"] == 90


async def test_client_values(hubs: Hubs, play: Play) -> None:
    """A board sees the values of Home Assistant's that it is sent."""
    player = play()
    link = await hubs.link()
    await link.begin()
    value = {"type": "value", "key": "sensor.out", "value": 12.3, "unit": "°C"}
    await link.send(value)
    await link.send({"type": "value", "key": "sun.sun", "value": None})
    await link.send({"type": "value", "key": None, "value": 1})
    await link.ask({"type": "set", "id": 1, "key": "identify"})
    assert player.client.values == {"sensor.out": 12.3, "sun.sun": None}
    assert "← sensor.out is 12.3 °C" in player.told


async def test_client_rings(
    hubs: Hubs, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bell is an event."""
    monkeypatch.setattr("scripts.lib.device.RINGS_EVERY", 2)
    play()
    link = await hubs.link()
    await link.begin()
    event = await link.next("event")
    assert event == {"type": "event", "key": "bell", "event": "press"}


async def test_client_sleeps(
    hubs: Hubs, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that sleeps says so, reports, takes commands for a moment, and goes."""
    monkeypatch.setattr(client_module, "AWAKE", 0.2)
    player = play(sleeps=True)
    for number in (1, 2):
        link = await hubs.link()
        assert (await link.begin())["sleeps"] is True
        await link.next(None)
        command = {"type": "set", "id": number, "key": "relay", "value": True}
        assert (await link.ask(command))["ok"] is True
        assert await link.closed() == 1000
        await link.close()
    assert player.client.sent == 2


async def test_client_ends(hubs: Hubs, play: Play) -> None:
    """A board that has sent all its readings ends."""
    player = play(readings=3)
    link = await hubs.link()
    await link.begin()
    for _ in range(3):
        await link.next(None)
    assert await link.closed() == 1000
    async with asyncio.timeout(5):
        await player.task
    assert player.client.sent == 3


async def test_client_leaves_a_stranger(hubs: Hubs, play: Play) -> None:
    """A board breaks off when Home Assistant is not its own, and tries again."""
    player = play()
    link = await hubs.link()
    await link.send(link.challenge(await link.next()))
    await link.next("proof")
    await link.send({"type": "welcome", "proof": "0" * 64})
    assert await link.closed() == 1000
    await link.close()
    assert not player.client.accepted
    assert player.client.acted == player.client.sent == 0
    await (await hubs.link()).begin()


async def test_client_silence(
    hubs: Hubs, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board does not wait for ever for the handshake."""
    monkeypatch.setattr(client_module, "HANDSHAKE_TIME", 0.05)
    player = play()
    link = await hubs.link()
    await link.next("hello")
    await link.closed()
    await link.close()
    await hubs.link()
    assert "no answer within the time for the handshake" in player.told


async def test_client_stays(
    hubs: Hubs, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time for the handshake is not the time for all that follows."""
    monkeypatch.setattr(client_module, "HANDSHAKE_TIME", 1.0)
    player = play()
    link = await hubs.link()
    await link.begin()
    for _ in range(25):
        await link.next(None)
    assert hubs.links.empty()
    assert player.client.welcomed.is_set()


@pytest.mark.parametrize(
    ("code", "pause"), [(4401, 60), (4403, 60), (4409, 60), (4413, 180)]
)
async def test_client_gives_way(hubs: Hubs, play: Play, code: int, pause: int) -> None:
    """A board that is not wanted comes back seldom."""
    # After a short pause, which is added.
    player = play()
    link = await hubs.link()
    await link.begin()
    await link.next(None)
    await link.close(code)
    async with asyncio.timeout(5):
        while f"connects again in {pause} s" not in player.told:
            await asyncio.sleep(0)


async def test_client_backs_off(hubs: Hubs, play: Play) -> None:
    """Pauses get longer until Home Assistant has welcomed the board, not before."""
    player = play()
    for _ in range(3):
        link = await hubs.link()
        await link.next("hello")
        await link.close()
    link = await hubs.link()
    assert player.client._backoff._most == 8 * client_module.FIRST_PAUSE
    await link.begin()
    await link.next(None)
    assert player.client._backoff._most == client_module.FIRST_PAUSE


async def test_client_new_code(hubs: Hubs, play: Play) -> None:
    """When a pairing is over the board begins anew, with another code."""
    player = play(key=None)
    for number in (1, 2):
        link = await hubs.link()
        await link.send(link.challenge(await link.next()))
        await link.send(link.pair(await link.next()))
        await link.send(link.reveal(await link.next()))
        await link.close(4412)
        assert len(player.codes) <= number
    await (await hubs.link()).next()
    assert len(player.codes) == 2
    assert "closed: 4412, the pairing has ended" in player.told


async def test_client_resumes(hubs: Hubs, play: Play) -> None:
    """When the connection drops the board goes on waiting, with the same code."""
    player = play(key=None)
    link = await hubs.link()
    await link.send(link.challenge(await link.next()))
    await link.send(link.pair(await link.next()))
    await link.send(link.reveal(await link.next()))
    await link.close()
    resumed = await hubs.link()
    await resumed.send(resumed.challenge(await resumed.next()))
    resumed.check(await resumed.next(), link.key)
    await resumed.send({"type": "waiting", "seconds": 500})
    resumed.agreed = link.agreed
    await resumed.send(resumed.paired())
    resumed.check(await resumed.next(), link.key)
    assert link.agreed is not None
    assert player.codes == [link.agreed.code] * 2
    assert player.store.get(ID) == link.key


def test_backoff() -> None:
    """Pauses get longer, up to a minute, and are never in step."""
    backoff = Backoff(random.Random(1))
    pauses = [backoff.pause() for _ in range(50)]
    for n, pause in enumerate(pauses):
        most = min(2**n, 60)
        assert max(1, most / 2) <= pause <= most
    assert len(set(pauses[-10:])) == 10
    backoff.reset()
    assert backoff.pause() == 1


# With the integration at the other end.


RELAY: Final = "switch.kitchen_relay"


@pytest.fixture
async def play_real(
    client: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Play]:
    """Return what plays a board that connects to Home Assistant, again at once."""
    monkeypatch.setattr(client_module, "FIRST_PAUSE", 0.01)
    address = str(client.make_url(WS_PATH)).replace("http", "ws")
    async with _playing(address) as play:
        yield play


async def _accept(hass: HomeAssistant, player: Player) -> ConfigEntry:
    """Add a board that waits, as a person does with its code."""
    async with asyncio.timeout(5):
        await player.client.settled.wait()
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "discovery_pair"
    form = {"name": "Kitchen", "code": player.codes[-1]}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], form)
    entry: ConfigEntry = result["result"]
    async with asyncio.timeout(5):
        await player.client.welcomed.wait()
    await wait_until(hass, lambda: state(hass, RELAY) == "off")
    return entry


async def _act(hass: HomeAssistant, action: str, entity_id: str) -> None:
    domain, _, service = action.partition(".")
    target = {"entity_id": entity_id}
    await hass.services.async_call(domain, service, target, blocking=True)


async def _restart(hass: HomeAssistant, player: Player) -> None:
    """Restart a board, and wait until it is back."""
    await _act(hass, "button.press", "button.kitchen_restart")
    await wait_until(hass, lambda: player.told[-1].startswith("connects again"))
    async with asyncio.timeout(5):
        await player.client.welcomed.wait()
    await wait_until(hass, lambda: state(hass, RELAY) == "off")


async def test_real_pairing(hass: HomeAssistant, play_real: Play) -> None:
    """A simulated board is added with its code, and takes commands."""
    player = play_real(key=None)
    await _accept(hass, player)
    await _act(hass, "switch.turn_on", RELAY)
    assert player.device.state["relay"] is True
    assert state(hass, RELAY) == "on"
    assert player.client.acted == 1
    assert not [text for text in player.told if "error" in text]


async def test_real_restart(hass: HomeAssistant, play_real: Play) -> None:
    """A board that restarts proves its key, and goes on."""
    player = play_real(key=None)
    await _accept(hass, player)
    await _restart(hass, player)
    await _act(hass, "switch.turn_on", RELAY)
    assert player.device.state["relay"] is True
    assert len(player.codes) == 1


async def test_real_lost_result(hass: HomeAssistant, play_real: Play) -> None:
    """When its answer is lost Home Assistant asks again, and nothing is done twice."""
    player = play_real(key=None, loses_results=True)
    await _accept(hass, player)
    await _act(hass, "switch.turn_on", RELAY)
    assert state(hass, RELAY) == "on"
    assert player.client.acted == 1
    assert "← set relay, the same again: answers, and does nothing" in player.told


async def test_real_rotation(hass: HomeAssistant, play_real: Play) -> None:
    """A board's key can be replaced, and the new one counts."""
    player = play_real(key=None)
    entry = await _accept(hass, player)
    old = player.store.get(ID)
    flows = hass.config_entries.flow
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    result = await flows.async_init(DOMAIN, context=context)
    for step in ({"next_step_id": "new_key"}, {}):
        result = await flows.async_configure(result["flow_id"], step)
    await wait_until(hass, lambda: "has a new key" in player.told)
    assert player.store.get(ID) not in (None, old)
    await _restart(hass, player)
    assert len(player.codes) == 1


async def test_real_enrolment(hass: HomeAssistant, play_real: Play) -> None:
    """A board that has the secret of an enrolment is on its list, without a code."""
    flows = hass.config_entries.flow
    result = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = result["flow_id"]
    await flows.async_configure(flow, {"next_step_id": "add_several"})
    player = play_real(key=None, secret=(await async_get_domain(hass)).enrolment.secret)
    async with asyncio.timeout(5):
        await player.client.settled.wait()
    assert player.codes == []
    assert not player.client.welcomed.is_set()
    await flows.async_configure(flow, {})
    await flows.async_configure(flow, {"next_step_id": "accept_several"})
    boards = [{"board": ID, "name": "Kitchen"}]
    result = await flows.async_configure(flow, {"boards": boards})
    assert result["reason"] == "several_added"
    async with asyncio.timeout(5):
        await player.client.welcomed.wait()
    assert player.store.get(ID) is not None


# What a board has sent, again.

FRAMES: Final[list[Message]] = [
    {"age": 60.0, "direction": "in", "type": "hello"},
    {"age": 59.9, "direction": "out", "type": "welcome"},
    {"age": 50.0, "direction": "in", "frame": '{"temp":1}'},
    {"age": 50.0, "direction": "in", "frame": '{"temp":2}'},
    {"age": 49.0, "direction": "out", "frame": '{"type":"set"}'},
    {"age": 48.0, "direction": "in", "frame": '{"temp":nan}'},
    {"age": 10.5, "direction": "in", "frame": '{"temp":3}'},
]


@pytest.fixture
def download(tmp_path: Path) -> Path:
    """Return a diagnostics download."""
    path = tmp_path / "download.json"
    path.write_text(json.dumps({"data": {"link": {"frames": FRAMES}}}))
    return path


def test_recording(download: Path) -> None:
    """The board's messages are played in their rhythm, or faster."""
    recording = read_recording(download)
    assert recording.skipped == 1
    texts = ['{"temp":1}', '{"temp":2}', '{"temp":nan}', '{"temp":3}']
    frames = list(recording.frames())
    assert [frame for frame in frames if isinstance(frame, str)] == texts
    assert frames[2] == Pause(2.0)
    assert frames[4] == Pause(37.5)
    assert frames[-1] == Pause(AFTERWARDS)
    faster = list(recording.frames(10))
    assert faster[2] == Pause(0.2)
    assert faster[-1] == Pause(AFTERWARDS)


def test_recording_in_any_order(tmp_path: Path, download: Path) -> None:
    """The oldest message is played first, wherever it stands."""
    path = tmp_path / "other.json"
    path.write_text(
        json.dumps({"data": {"link": {"frames": [*FRAMES[4:], *FRAMES[:4]]}}})
    )
    assert read_recording(path) == read_recording(download)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read"),
        ("", "is not JSON"),
        ("[]", "has no messages"),
        ('{"data":{}}', "has no messages"),
        ('{"data":{"link":{"frames":[{}]}}}', "has no messages"),
        (
            '{"data":{"link":{"frames":[{"direction":"in","frame":"{}"}]}}}',
            "has no messages",
        ),
    ],
)
def test_no_recording(tmp_path: Path, text: str | None, reason: str) -> None:
    """Another file is refused, with a sentence that says why."""
    path = tmp_path / "download.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match=reason):
        read_recording(path)


# On the command line.


@pytest.mark.parametrize(
    ("address", "keyed"),
    [
        ("ws://h", True),
        ("ws://h:8123", True),
        ("wss://h/api/arduino_sensor/ws", True),
        ("ws://h:8000/api/arduino_sensor/ws/", True),
        ("ws://h/", False),
        ("ws://h/ws/sensor/", False),
        (f"ws://h/api/arduino_sensor/ws/{TOKEN}", False),
    ],
)
def test_which_kind(address: str, keyed: bool) -> None:
    """The address tells whether a board has a key."""
    assert simulate.is_keyed(address) is keyed
    assert simulate.parse([address]).keyed is keyed


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["http://h"], "begins with ws://"),
        (["ws://h/ws/", "--keyed"], "ends in /api/arduino_sensor/ws"),
        (["ws://h/ws/", "ws://h"], "need a start each"),
        (["ws://h", "--fault", "nan"], "--fault is for boards without a key"),
        (["ws://h/ws/", "--sleeps"], "--sleeps is for boards with a key"),
        (["ws://h/ws/", "--key-file", "f"], "--key-file is for boards with a key"),
        (["ws://h", "--id", "Kitchen"], "1 to 32 of a-z"),
        (["ws://h", "--id", "x" * 31, "--boards", "10"], "too long"),
        (["ws://h", "--secret", "hunter2"], "26 letters and digits"),
        (["ws://h/ws/", "--channels", ","], "names none"),
        (["ws://h/ws/", "--speed", "2"], "goes with --replay"),
        (["ws://h/ws/", "--replay", "no/such"], "cannot be read"),
        (["ws://h/ws/", "--boards", "0"], "1 or more"),
        (["ws://h/ws/", "--interval", "0"], "more than 0"),
    ],
)
def test_command_line_errors(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What makes no sense is explained."""
    with pytest.raises(SystemExit):
        simulate.parse(arguments)
    said = capsys.readouterr().err
    assert reason in said
    assert "hunter2" not in said


@pytest.mark.parametrize("more", [["--boards", "2"], ["--fault", "nan"]])
def test_replay_errors(
    download: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A replay is for one board, and adds nothing."""
    with pytest.raises(SystemExit):
        simulate.parse(["ws://h/ws/", "--replay", str(download), *more])
    assert "--replay" in capsys.readouterr().err


@pytest.fixture
async def diagnostics(hass: HomeAssistant, loopback: None) -> None:
    """Set up what a download comes from, before anybody connects."""
    assert await async_setup_component(hass, "diagnostics", {})


async def test_replay(
    hass: HomeAssistant,
    diagnostics: None,
    connect_token: Connect,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What one board has sent arrives again at another, from a real download."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    for frame in ({"type": "hello"}, {"temp": 1}, '{"temp":nan}', {"temp": 3}):
        await board.send(frame)
    await board.socket.close()
    data = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    path = tmp_path / "download.json"
    path.write_text(json.dumps({"home_assistant": {}, "data": data}))

    other = TOKEN[::-1]
    await add(hass, token_entry(other, title="Shed"))
    client = await hass_client()
    address = str(client.make_url(f"{WS_PATH}/{other}")).replace("http", "ws")
    options = ["--replay", str(path), "--speed", "1000"]
    assert await simulate.main(simulate.parse([address, *options])) == 0
    await wait_until(hass, lambda: state(hass, "sensor.shed_temperature") == "3")
    said = capsys.readouterr().out
    assert "3 messages sent, 1 of the handshake skipped" in said
    assert other not in said


async def test_replay_refused(
    client: TestClient[Any, Any], download: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A replay to an address that nobody knows has not worked."""
    address = str(client.make_url(ADDRESS)).replace("http", "ws")
    options = ["--replay", str(download), "--speed", "1000", "--seconds", "1"]
    assert await simulate.main(simulate.parse([address, *options])) == 1
    assert "Not accepted: board 1" in capsys.readouterr().err


async def test_simulate_keyed(
    hubs: Hubs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A board with a key prints its code and what happens, and nothing secret."""
    path = tmp_path / "keys.json"
    address = hubs.address.removesuffix(WS_PATH)
    options = ["--id", ID, "--key-file", str(path), "--count", "2", "--interval", "0.1"]
    task = asyncio.create_task(simulate.main(simulate.parse([address, *options])))
    link = await hubs.link()
    hello = await link.next()
    assert hello["name"] == "Simulated board"
    await link.send(link.challenge(hello))
    await link.send(link.pair(await link.next()))
    await link.send(link.reveal(await link.next()))
    await link.send(link.paired())
    link.check(await link.next(), link.key)
    await link.send(link.welcome(link.key))
    await link.ask({"type": "set", "id": 1, "key": "relay", "value": True})
    assert await link.closed() == 1000
    assert await task == 0
    said = capsys.readouterr().out
    assert link.agreed is not None
    assert re.search(rf"waits to be added.*\b{link.agreed.code}\b", said)
    assert "← set relay true: relay on" in said
    assert said.endswith("2 messages sent\n")
    assert KeyStore(path).get(ID) == link.key
    for secret in (link.key.hex(), hello["nonce"], link.nonce.hex()):
        assert secret not in said


async def test_simulate_many(hubs: Hubs, capsys: pytest.CaptureFixture[str]) -> None:
    """Several boards with keys have ids and names of their own."""
    options = ["--boards", "3", "--id", "lab", "--name", "Lab", "--seconds", "1"]
    task = asyncio.create_task(simulate.main(simulate.parse([hubs.address, *options])))
    hellos = [await (await hubs.link()).next() for _ in range(3)]
    told = sorted((hello["id"], hello["name"]) for hello in hellos)
    assert told == [("lab-1", "Lab 1"), ("lab-2", "Lab 2"), ("lab-3", "Lab 3")]
    await hubs.end()
    assert await task == 1
    assert "Not accepted: board 1, board 2, board 3" in capsys.readouterr().err
