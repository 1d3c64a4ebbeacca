"""How a simulated board with a key gets it, proves it and asks for the same proof.

It knows no socket: it is given the messages of Home Assistant and returns those of
the board. What it learns (a key, or one that waits for its code) outlives connections.
"""

from collections.abc import Callable
from typing import Any

from .keys import (
    Agreement,
    KeyStore,
    Pairing,
    Role,
    hex_digits,
    matches,
    new_nonce,
    proof,
    vouch,
)

type Message = dict[str, Any]


class UntrustedError(Exception):
    """Whoever is at the other end has not shown to be this board's Home Assistant."""


class Handshake:
    """What one board does about keys, over all its connections."""

    def __init__(
        self,
        board_id: str,
        store: KeyStore,
        *,
        secret: bytes | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Describe the board; `secret` is that of an enrolment, as bytes."""
        self._board_id = board_id
        self._store = store
        self._secret = secret
        self._say = say
        # A key that was agreed on and waits for its code, or its acceptance.
        self._pending: Agreement | None = None
        self._is_vouched_for = False
        self._begin()

    def _begin(self) -> None:
        self._nonce = new_nonce()
        self._hub_nonce: str | None = None
        self._used: bytes | None = None  # the key of the proof that was sent last
        self._pairing: Pairing | None = None  # committed to, nothing agreed on yet
        self._next: Agreement | None = None  # agreed on to replace the key in use
        self.welcomed = False
        self.waiting = False

    @property
    def code(self) -> str | None:
        """What a person has to type, while the board waits for that."""
        if not self.waiting or self._pending is None or self._secret is not None:
            return None
        return self._pending.code

    def connected(self) -> Message:
        """Begin with a new connection; return what is new in its `hello`."""
        self._begin()
        return {"id": self._board_id, "nonce": self._nonce}

    def ended(self) -> None:
        """Take note that Home Assistant has ended the pairing (close code 4412)."""
        self._pending = None

    def receive(self, message: Message) -> list[Message]:
        """Take one message; return what the board answers.

        Raises UntrustedError when the connection is not worth going on with. What
        is out of turn, or no business of this class, has no effect.
        """
        steps: dict[Any, Callable[[Message], list[Message]]] = {
            "challenge": self._challenge,
            "error": self._error,
            "pair": self._reveal,
            "waiting": self._wait,
            "paired": self._paired if self._next is None else self._replaced,
            "welcome": self._welcome,
            "rotate": self._rotate,
        }
        kind = message.get("type")
        step = steps.get(kind) if isinstance(kind, str) else None
        return [] if step is None else step(message)

    def _challenge(self, message: Message) -> list[Message]:
        if self._hub_nonce is not None:
            raise UntrustedError("a second challenge in one connection")
        try:
            self._hub_nonce = hex_digits(message.get("nonce"), 16)
        except ValueError as err:
            raise UntrustedError(f"a challenge whose nonce is {err}") from err
        if self._pending is not None:
            return self._prove(self._pending.key)
        if (key := self._store.get(self._board_id)) is not None:
            return self._prove(key)
        return self._commit()

    def _prove(self, key: bytes) -> list[Message]:
        self._used = key
        return [{"type": "proof", "proof": self._proof(key, "board")}]

    def _proof(self, key: bytes, role: Role) -> str:
        assert self._hub_nonce is not None
        return proof(key, role, self._board_id, self._hub_nonce, self._nonce)

    def _commit(self) -> list[Message]:
        self._pairing = Pairing(self._board_id)
        commit = self._pairing.commit
        return [{"type": "pair", "id": self._board_id, "commit": commit}]

    def _error(self, message: Message) -> list[Message]:
        code = message.get("code")
        if code == "wrong_vouch":
            # The hour is over, or it was another's secret: the code is left.
            self._pending = self._secret = None
            return []
        refused = code in ("unknown_board", "wrong_proof") and self._used is not None
        if not refused or self.welcomed or self._pairing is not None:
            return []
        self._pending = None
        self._used = None
        return self._commit()

    def _reveal(self, message: Message) -> list[Message]:
        if self._pairing is None:
            return []
        mine, self._pairing = self._pairing, None
        try:
            agreed = mine.agree(message.get("key"), message.get("nonce"))
        except ValueError as err:
            raise UntrustedError(f"a part of a pairing that is none: {err}") from err
        answer = {"type": "reveal", "key": mine.public_key.hex(), "nonce": mine.nonce}
        if self.welcomed:
            self._next, secret = agreed, self._used
        else:
            self._pending, secret = agreed, self._secret
            self._is_vouched_for = False
        if secret is not None:
            answer["vouch"] = vouch(secret, "board", agreed.transcript)
        return [answer]

    def _wait(self, message: Message) -> list[Message]:
        if self._pending is None or self.welcomed:
            return []
        if self._secret is not None and not self._is_vouched_for:
            expected = vouch(self._secret, "hub", self._pending.transcript)
            if not matches(message.get("vouch"), expected):
                self._pending = None
                raise UntrustedError("it does not know the enrolment secret")
            self._is_vouched_for = True
        self.waiting = True
        return []

    def _paired(self, message: Message) -> list[Message]:
        if self._pending is None or self.welcomed or self._hub_nonce is None:
            return []
        if not matches(message.get("proof"), self._proof(self._pending.key, "hub")):
            raise UntrustedError("'paired' with a proof that is wrong")
        return self._prove(self._keep_pending())

    def _keep_pending(self) -> bytes:
        """Store the key that has waited until now."""
        assert self._pending is not None
        if self._secret is not None and not self._is_vouched_for:
            self._pending = None
            raise UntrustedError("it has not shown that it knows the enrolment secret")
        key = self._pending.key
        self._store.put(self._board_id, key)
        self._pending = None
        self._say("paired: it has a key now")
        return key

    def _welcome(self, message: Message) -> list[Message]:
        if self._used is None or not matches(
            message.get("proof"), self._proof(self._used, "hub")
        ):
            raise UntrustedError("'welcome' with a proof that is wrong, or without one")
        if self._pending is not None:
            # Its code was typed while the board was not connected.
            self._keep_pending()
        self.waiting, self.welcomed = False, True
        return []

    def _rotate(self, message: Message) -> list[Message]:
        if not self.welcomed:
            return []
        self._next = None
        return self._commit()

    def _replaced(self, message: Message) -> list[Message]:
        """Take the new key, if who sends it has the old one."""
        assert self._next is not None and self._used is not None
        agreed, self._next = self._next, None
        expected = vouch(self._used, "hub", agreed.transcript)
        if not matches(message.get("vouch"), expected) or not matches(
            message.get("proof"), self._proof(agreed.key, "hub")
        ):
            self._say("keeps its key: the new one is not from who has the old one")
            return []
        self._store.put(self._board_id, agreed.key)
        self._say("has a new key")
        return self._prove(agreed.key)
