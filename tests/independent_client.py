"""A board with a key, written from docs/protocol.md and nothing else.

It shares no code with the integration, so it shows that the document is enough to write
a client from. Read it as an example if you write one in another language: the
order of the methods is the order in which a connection goes.

A board keeps two things where a restart does not reach them: `key`, and the last
command with its answer. A pairing that is not finished can be kept in memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import hashlib
import hmac
import json
import os
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from yarl import URL

type Message = dict[str, Any]

MAX_FRAME = 4096
MAX_HELLO = 1024


class DisconnectedError(Exception):
    """Home Assistant closed the connection, or it dropped."""


class UntrustedError(Exception):
    """What says that it is Home Assistant cannot show it: the board hangs up."""


class FailedError(Exception):
    """A command could not be done; says why, to the person who acted."""


# What both sides compute.


def proof(key: bytes, role: str, board: str, hub_nonce: str, board_nonce: str) -> str:
    """Return the proof of having the key, as "board" or as "hub"."""
    text = f"arduino_sensor/1\n{role}\n{board}\n{hub_nonce}\n{board_nonce}".encode()
    return hmac.digest(key, text, "sha256").hex()


def commit(public: bytes, nonce: bytes) -> str:
    """Return what ties the board to its public key before it shows it."""
    return hashlib.sha256(b"arduino_sensor/1 commit" + public + nonce).hexdigest()


def transcript(
    board: str, hub_key: bytes, board_key: bytes, hub_nonce: bytes, board_nonce: bytes
) -> bytes:
    """Return T: the digest of all that both sides said."""
    name = board.encode("ascii")
    parts = (bytes([len(name)]), name, hub_key, board_key, hub_nonce, board_nonce)
    return hashlib.sha256(b"arduino_sensor/1 pair" + b"".join(parts)).digest()


def agree(private: X25519PrivateKey, hub_key: bytes, said: bytes) -> bytes:
    """Return K, the key of the board from now on; UntrustedError for a weak public key."""
    try:
        # This raises for all zeros.
        shared = private.exchange(X25519PublicKey.from_public_bytes(hub_key))
    except ValueError as err:
        raise UntrustedError("weak public key") from err
    return hmac.digest(shared, b"key" + said, "sha256")


def code(said: bytes) -> str:
    """Return the six digits that a person types."""
    number = int.from_bytes(hashlib.sha256(b"code" + said).digest()[:4], "big")
    return f"{number % 1_000_000:06}"


def vouch(secret: bytes, role: str, said: bytes) -> str:
    """Return what shows that a side knows a secret: an enrolment's, or the old key."""
    text = f"arduino_sensor/1 vouch\n{role}\n".encode() + said
    return hmac.digest(secret, text, "sha256").hex()


def secret_bytes(text: str) -> bytes:
    """Return the bytes of an enrolment secret, however a person wrote it."""
    return text.lower().replace(" ", "").replace("-", "").encode("ascii")


@dataclass
class Board:
    """A board, from its first connection to its last."""

    id: str
    about: Message = field(default_factory=dict)
    """More members for `hello`."""
    channels: list[Message] = field(default_factory=list)
    secret: bytes | None = field(default=None, repr=False)
    """That of an enrolment, if there is one."""
    key: bytes | None = field(default=None, repr=False)
    do: Callable[[str, Any], Any] = lambda key, value: None
    """Do a command. What it returns, unless None, is what the channel is at now."""
    show: Callable[[Message], None] = lambda message: None
    """Called with each message that came, after the board has acted on it."""

    pending: bytes | None = field(default=None, repr=False)
    """The key of a pairing that waits for a person."""
    code: str | None = None
    """What to print while it waits; None for a board that was vouched for."""
    answer: Message | None = None
    """The answer to the last command."""
    interval: int | None = None
    """How often to report, in seconds; None as long as there is no wish."""
    values: dict[str, Message] = field(default_factory=dict)
    """What Home Assistant told of other entities."""
    errors: list[Message] = field(default_factory=list)
    online: bool = False

    async def run(self, session: ClientSession, url: str | URL) -> int | None:
        """Hold one connection; return the code that it ended with.

        Call it again after a few seconds. Raise UntrustedError if the board hung up.
        """
        async with session.ws_connect(url) as socket:
            self._socket = socket
            try:
                await self._introduce()
                await self._describe()
                self.online = True
                while True:
                    message = await self._receive()
                    if message.get("type") == "rotate":
                        await self._rotate()
                    else:
                        await self._obey(message)
                    self.show(message)
            except DisconnectedError:
                return socket.close_code
            except (KeyError, TypeError, ValueError) as err:
                raise UntrustedError("not this protocol") from err
            finally:
                self.online = False

    async def send(self, message: Message, limit: int = MAX_FRAME) -> None:
        """Send a message; once the board is online, also readings and events."""
        text = _json(message)
        assert len(text.encode()) <= limit, "too long for one message"
        await self._socket.send_str(text)

    # Who it is.

    async def _introduce(self) -> None:
        """Come to `welcome`: by the key, by the pending one, or by a new one."""
        self._nonce = os.urandom(16).hex()
        hello = {**self.about, "type": "hello", "v": 1, "id": self.id}
        await self.send({**hello, "nonce": self._nonce}, MAX_HELLO)
        challenge = await self._expect("challenge")
        self._hub_nonce = _hex(challenge["nonce"], 16).hex()

        for key in (self.pending, self.key):
            if key is not None and (message := await self._prove(key)) is not None:
                break
        else:
            message = await self._pair()
        if message["type"] == "waiting":
            assert self.pending is not None
            self.show(message)  # Now `code` is to be printed, if there is one.
            message = await self._take_over(self.pending, await self._expect("paired"))
        self.interval = message.get("interval")
        self.show(message)

    async def _prove(self, key: bytes) -> Message | None:
        """Return the `welcome` or `waiting` that a proof leads to.

        None if Home Assistant, or whoever says so, does not know the key.
        """
        await self.send({"type": "proof", "proof": self._proof(key, "board")})
        message = await self._expect(
            "welcome", "waiting", refusals=("unknown_board", "wrong_proof")
        )
        if message["type"] == "error":
            return None
        if message["type"] == "welcome":
            self._check_proof(message, key)
            self.key, self.pending = key, None
        elif key is not self.pending:
            raise UntrustedError("nothing to wait for")
        return message

    async def _pair(self) -> Message:
        """Begin a pairing; return the `waiting` that it leads to."""
        key, said = await self._exchange(self.secret)
        if self.secret is None:
            # From here the pairing survives a dropped connection.
            self.pending, self.code = key, code(said)
            return await self._expect("waiting")
        message = await self._expect("waiting", refusals=("wrong_vouch",))
        if message["type"] == "error":
            self.secret = None  # The next connection pairs with the code.
            raise DisconnectedError
        _check(vouch(self.secret, "hub", said), message.get("vouch"))
        # Not earlier: a key that nobody vouched for must not outlive its connection.
        self.pending, self.code = key, None
        return message

    async def _exchange(self, secret: bytes | None) -> tuple[bytes, bytes]:
        """Agree on a new key; return it with the transcript."""
        private = X25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        nonce = os.urandom(16)
        await self.send(
            {"type": "pair", "id": self.id, "commit": commit(public, nonce)}
        )
        answer = await self._expect("pair")
        hub_key, hub_nonce = _hex(answer["key"], 32), _hex(answer["nonce"], 16)
        said = transcript(self.id, hub_key, public, hub_nonce, nonce)
        key = agree(private, hub_key, said)
        reveal = {"type": "reveal", "key": public.hex(), "nonce": nonce.hex()}
        if secret is not None:
            reveal["vouch"] = vouch(secret, "board", said)
        await self.send(reveal)
        return key, said

    async def _take_over(self, key: bytes, paired: Message) -> Message:
        """Change to the new key; return the `welcome` to it."""
        self._check_proof(paired, key)
        self.key, self.pending = key, None
        await self.send({"type": "proof", "proof": self._proof(key, "board")})
        welcome = await self._expect("welcome")
        self._check_proof(welcome, key)
        return welcome

    async def _rotate(self) -> None:
        """Get a new key in place of the old one."""
        old = self.key
        assert old is not None
        key, said = await self._exchange(old)
        paired = await self._expect("paired")
        _check(vouch(old, "hub", said), paired.get("vouch"))
        await self._take_over(key, paired)

    def _proof(self, key: bytes, role: str) -> str:
        return proof(key, role, self.id, self._hub_nonce, self._nonce)

    def _check_proof(self, message: Message, key: bytes) -> None:
        _check(self._proof(key, "hub"), message.get("proof"))

    # What it does.

    async def _describe(self) -> None:
        """Send the description, in as many messages as it needs."""
        # Also if there are none, to take back what was there before.
        parts = list(_parts(self.channels)) or [[]]
        for number, part in enumerate(parts, 1):
            final = {"final": True} if number == len(parts) else {}
            await self.send({"type": "channels", "channels": part, **final})

    async def _obey(self, message: Message) -> None:
        """Do what a proven Home Assistant says; leave alone what is not known."""
        match message.get("type"):
            case "set":
                await self._set(message)
            case "settings":
                self.interval = message["interval"]
            case "value":
                self.values[message["key"]] = message

    async def _set(self, command: Message) -> None:
        """Do a command, unless it was done; answer in any case."""
        if self.answer is None or self.answer["id"] != command["id"]:
            answer: Message = {"type": "result", "id": command["id"]}
            try:
                value = self.do(command["key"], command.get("value"))
                answer |= {"ok": True} | ({} if value is None else {"value": value})
            except FailedError as err:
                answer |= {"ok": False, "message": str(err)}
            self.answer = answer
        await self.send(self.answer)

    # How it travels.

    async def _expect(self, *types: str, refusals: tuple[str, ...] = ()) -> Message:
        """Return the next message of one of the types, or such an error."""
        while True:
            message = await self._receive()
            if message.get("type") in types or message.get("code") in refusals:
                return message
            # Commands go on while a key is replaced; before `welcome` there are none.
            if self.online:
                await self._obey(message)

    async def _receive(self) -> Message:
        """Return the next message; the library answers pings."""
        frame = await self._socket.receive()
        if frame.type is not WSMsgType.TEXT:
            raise DisconnectedError
        message: Message = json.loads(frame.data)
        if message.get("type") == "error":
            self.errors.append(message)
        return message

    _socket: ClientWebSocketResponse = field(init=False, repr=False)
    _nonce: str = field(init=False, repr=False)
    _hub_nonce: str = field(init=False, repr=False)


def _check(expected: str, given: object) -> None:
    """Compare in constant time, whatever was given."""
    if not isinstance(given, str) or not hmac.compare_digest(
        expected.encode(), given.encode()
    ):
        raise UntrustedError("wrong proof or vouch")


def _hex(text: str, size: int) -> bytes:
    """Return bytes that came as hexadecimal digits, if there are as many as there must be."""
    if len(text) != 2 * size:
        raise ValueError("wrong length")
    return bytes.fromhex(text)


def _json(message: object) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _parts(channels: list[Message]) -> Iterator[list[Message]]:
    """Yield the channels in lists that fit into a message each."""
    part: list[Message] = []
    for channel in channels:
        # 64 bytes are more than enough for what stands around them.
        if part and len(_json([*part, channel]).encode()) > MAX_FRAME - 64:
            yield part
            part = []
        part.append(channel)
    if part:
        yield part
