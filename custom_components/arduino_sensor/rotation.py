"""A new key for a board, agreed on under the old one."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from homeassistant.exceptions import HomeAssistantError

from .auth import Role, is_proof, is_vouch, vouch
from .connection import Connection, Session
from .const import DOMAIN
from .exchange import Exchange
from .keyring import Keyring
from .protocol import Problem, ProtocolError

ROTATION_TIME: Final = 60.0
"""How long a board has for the whole exchange, in seconds: its loop may be slow."""


class Rotation:
    """One exchange, in a connection in which the board has proven the old key."""

    def __init__(
        self, connection: Connection, session: Session, keyring: Keyring, name: str
    ) -> None:
        """Prepare; `name` is the board's, for errors."""
        self._connection = connection
        self._session = session
        self._keyring = keyring
        self._name = name
        self._exchange = Exchange(session.board_id)
        self._new_key: bytes | None = None
        self._done = asyncio.get_running_loop().create_future()

    async def async_run(self) -> None:
        """Ask for the exchange, and wait until the board has proven its new key.

        Raises HomeAssistantError when it does not in time. The old key counts on.
        """
        self._connection.send({"type": "rotate"})
        await asyncio.wait({self._done}, timeout=ROTATION_TIME)
        if not self._done.done() or self._done.cancelled():
            self._done.cancel()
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="key_not_replaced",
                translation_placeholders={"board": self._name},
            )

    def end(self) -> None:
        """Give up: the connection has ended."""
        self._done.cancel()

    def receive(self, values: Mapping[str, Any]) -> Problem | None:
        """Take one of the board's messages: `pair`, `reveal` or `proof`."""
        try:
            return self._TAKE[values["type"]](self, values)
        except ProtocolError as err:
            return err.problem

    def _pair(self, values: Mapping[str, Any]) -> Problem | None:
        self._connection.send(self._exchange.pair(values))
        return None

    def _reveal(self, values: Mapping[str, Any]) -> Problem | None:
        agreement = self._exchange.reveal(values)
        old, transcript = self._session.key, agreement.transcript
        if not is_vouch(values.get("vouch"), old, Role.BOARD, transcript):
            return Problem("wrong_vouch", "The old key does not vouch for the new one.")
        self._new_key = agreement.key
        # Kept before the board hears of it: from here on both keys count.
        self._keyring.add_key(self._session.board_id, agreement.key)
        proof = self._with_new_key().proof
        self._connection.send(
            {
                "type": "paired",
                "proof": proof,
                "vouch": vouch(old, Role.HUB, transcript),
            }
        )
        return None

    def _with_new_key(self) -> Session:
        assert self._new_key is not None
        session = self._session
        return Session(
            session.board_id, session.hub_nonce, session.board_nonce, self._new_key
        )

    def _proof(self, values: Mapping[str, Any]) -> Problem | None:
        if self._new_key is None:
            return Problem("invalid_message", "proof follows paired.")
        session = self._session
        if not is_proof(
            values.get("proof"),
            self._new_key,
            Role.BOARD,
            session.board_id,
            session.hub_nonce,
            session.board_nonce,
        ):
            return Problem("wrong_proof", "This is not the new key.")
        session.key = self._new_key
        self._keyring.proven(session.board_id, session.key)
        if not self._done.done():
            self._done.set_result(None)
        return None

    _TAKE: ClassVar = {"pair": _pair, "reveal": _reveal, "proof": _proof}
