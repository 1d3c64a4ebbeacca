"""A board with a key, for the tests of the dialogs: it pairs, proves and reports."""

from collections.abc import Awaitable, Callable
import json
import secrets
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custom_components.arduino_sensor.auth import (
    Agreement,
    Role,
    agree,
    commitment,
    is_proof,
    is_vouch,
    proof,
    secret_bytes,
    transcript,
    vouch,
)

BOARD_ID = "esp32-a0b1c2d3e4f5"

type OpenSocket = Callable[[], Awaitable[ClientWebSocketResponse]]


class KeyedBoard:
    """A board that speaks the protocol; what Home Assistant says is checked.

    It waits for each message that it needs, and never for Home Assistant to be idle:
    a dialog may be waiting for this very board.
    """

    def __init__(
        self,
        open_socket: OpenSocket,
        board_id: str = BOARD_ID,
        *,
        secret: str | None = None,
        key: bytes | None = None,
        **about: Any,
    ) -> None:
        """Make a board that has a key, a secret or neither.

        `about` are the members of its hello, its name for one.
        """
        self._open = open_socket
        self.id = board_id
        self.secret = secret
        self.key = key
        self._about = about
        self._agreement: Agreement | None = None
        self.socket: ClientWebSocketResponse
        self._nonce = self._hub_nonce = b""

    # What is sent and received.

    async def send(self, **message: Any) -> None:
        """Send a message."""
        await self.socket.send_str(json.dumps(message))

    async def receive(self, kind: str) -> dict[str, Any]:
        """Return the next message, which has to be of this type."""
        message = await self.socket.receive(timeout=5)
        assert message.type is WSMsgType.TEXT, message
        values: dict[str, Any] = json.loads(message.data)
        assert values["type"] == kind, values
        return values

    async def closed(self) -> tuple[str | None, int]:
        """Wait for the end; return the last error's code and the close code."""
        error = None
        while True:
            message = await self.socket.receive(timeout=5)
            if message.type is WSMsgType.CLOSE:
                return error, message.data
            assert message.type is WSMsgType.TEXT, message
            values = json.loads(message.data)
            error = values["code"] if values["type"] == "error" else None

    # Whole conversations.

    async def connect(self) -> None:
        """Open a connection, and say hello."""
        self.socket = await self._open()
        self._nonce = secrets.token_bytes(16)
        await self.send(
            type="hello", v=1, id=self.id, nonce=self._nonce.hex(), **self._about
        )
        challenge = await self.receive("challenge")
        self._hub_nonce = bytes.fromhex(challenge["nonce"])

    async def prove(self) -> dict[str, Any]:
        """Prove the key, and return the welcome."""
        assert self.key is not None
        await self.send(type="proof", proof=self._proof(self.key))
        welcome = await self.receive("welcome")
        assert self._is_hubs(welcome["proof"], self.key)
        return welcome

    async def come_back(self) -> None:
        """Connect with the key that was agreed on and is not stored yet."""
        assert self._agreement is not None
        await self.connect()
        await self.send(type="proof", proof=self._proof(self._agreement.key))

    async def pair(self) -> str:
        """Agree on a key, wait, and return the code that the board shows."""
        self._agreement = await self._exchange(
            None if self.secret is None else secret_bytes(self.secret)
        )
        waiting = await self.receive("waiting")
        if self.secret is not None:
            assert is_vouch(
                waiting["vouch"],
                secret_bytes(self.secret),
                Role.HUB,
                self._agreement.transcript,
            )
        return self._agreement.code

    async def show_code(self) -> str:
        """Connect, pair, and return the code."""
        await self.connect()
        return await self.pair()

    async def accepted(self) -> None:
        """Wait to be let in: keep the key, and prove it."""
        assert self._agreement is not None
        paired = await self.receive("paired")
        assert self._is_hubs(paired["proof"], self._agreement.key)
        self.key = self._agreement.key
        await self.prove()

    async def rotate(self) -> None:
        """Wait to be asked for a new key, agree on it, and prove it."""
        assert self.key is not None
        await self.receive("rotate")
        agreement = await self._exchange(self.key)
        paired = await self.receive("paired")
        assert is_vouch(paired["vouch"], self.key, Role.HUB, agreement.transcript)
        assert self._is_hubs(paired["proof"], agreement.key)
        self.key = agreement.key
        await self.prove()

    async def _exchange(self, voucher: bytes | None) -> Agreement:
        private = X25519PrivateKey.generate()
        public, nonce = private.public_key().public_bytes_raw(), secrets.token_bytes(16)
        await self.send(type="pair", id=self.id, commit=commitment(public, nonce).hex())
        answer = await self.receive("pair")
        theirs = bytes.fromhex(answer["key"])
        said = transcript(
            self.id, theirs, public, bytes.fromhex(answer["nonce"]), nonce
        )
        more = {} if voucher is None else {"vouch": vouch(voucher, Role.BOARD, said)}
        await self.send(type="reveal", key=public.hex(), nonce=nonce.hex(), **more)
        return agree(private, theirs, said)

    def _proof(self, key: bytes) -> str:
        return proof(key, Role.BOARD, self.id, self._hub_nonce, self._nonce)

    def _is_hubs(self, text: object, key: bytes) -> bool:
        return is_proof(text, key, Role.HUB, self.id, self._hub_nonce, self._nonce)


def other_code(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"
