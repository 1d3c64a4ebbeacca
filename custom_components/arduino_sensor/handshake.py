"""A connection's way from hello to welcome, for boards with a key.

It ends in one of three ways: the board has proven its key, and the connection is the
board's from then on; it waits for a person, as long as `waiting.py` lets it; or the
connection is closed with a reason.
"""

import asyncio
from collections.abc import Callable, Mapping
import logging
import secrets
import time
from typing import Any, ClassVar, Final

from homeassistant.core import HomeAssistant, callback

from .auth import NONCE_SIZE, Role, is_proof
from .connection import CloseCode, Connection, ProblemReporter, Session
from .endpoint import Endpoint
from .enrolment import Enrolment
from .exchange import Exchange
from .hello import About, parse_hello
from .link import Direction
from .protocol import Problem, ProtocolError, parse
from .waiting import IGNORED, WaitingBoard

_LOGGER = logging.getLogger(__name__)

HANDSHAKE_TIME: Final = 60.0
"""How long a board has until it is welcomed or waits, in seconds.

A sketch whose loop comes round every five seconds needs half of it to pair.
"""

MAX_HELLO: Final = 1024
"""The longest hello, in bytes."""

MAX_MESSAGES: Final = 16
"""How many messages of a handshake one connection can have."""


class Handshake:
    """What one connection says until it is known whose it is."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: Connection,
        endpoint: Endpoint,
        enrolment: Enrolment,
        on_proven: Callable[[Session, bytes], None],
    ) -> None:
        """Listen to a connection.

        `on_proven` is given what was proven, and the hello that it holds for.
        """
        self._hass = hass
        self._connection = connection
        self._endpoint = endpoint
        self._keyring = endpoint.keyring
        self._waiting = endpoint.waiting
        self._enrolment = enrolment
        self._on_proven = on_proven
        self._reporter = ProblemReporter()
        self._messages = 0
        self._hello = b""
        self._about: About | None = None
        self._id = ""
        self._board_nonce = b""
        self._hub_nonce = secrets.token_bytes(NONCE_SIZE)
        self._exchange = Exchange("")
        self._frames: list[tuple[float, Direction, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._start_timer()
        connection.receive = self.receive
        connection.receive_problem = self.receive_problem

    @property
    def is_going_on(self) -> bool:
        """Return whether the next word is the board's."""
        return self._timer is not None

    @callback
    def end(self) -> None:
        """Take note that the connection has ended."""
        self._stop_timer()
        self._waiting.disconnect(self._connection)

    @property
    def source(self) -> str:
        """Return where the connection comes from."""
        return self._connection.source

    @callback
    def give_way(self) -> None:
        """Go, so that somebody else can come."""
        self._fail(
            "too_many_waiting",
            "Too many boards connect at once. Try again in a moment.",
            CloseCode.TRY_AGAIN_LATER,
        )

    @callback
    def stop(self) -> None:
        """Go: Home Assistant stops."""
        self._stop_timer()
        self._connection.close(CloseCode.GOING_AWAY)

    def _send(self, message: dict[str, Any]) -> None:
        self._frames.append((time.monotonic(), "out", message["type"]))
        self._connection.send(message)

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self._hass.loop.call_later(HANDSHAKE_TIME, self._time_is_over)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_over(self) -> None:
        self._fail(
            "handshake_timeout",
            f"This took longer than {HANDSHAKE_TIME:.0f} seconds. A board says hello "
            "as soon as it is connected, and answers at once.",
        )

    def _fail(
        self, code: str, message: str, close: CloseCode = CloseCode.HANDSHAKE_FAILED
    ) -> None:
        self._close(Problem(code, message), close)

    def _close(
        self, problem: Problem, close: CloseCode = CloseCode.HANDSHAKE_FAILED
    ) -> None:
        self._stop_timer()
        self._connection.close(close, problem)

    @callback
    def receive_problem(self, problem: Problem) -> None:
        """Answer a frame that could not be used."""
        self._reporter.tell(self._connection, problem)

    @callback
    def receive(self, data: bytes) -> None:
        """Take one frame."""
        try:
            values, _ = parse(data)
        except ProtocolError as err:
            self.receive_problem(err.problem)
            return
        kind = values.get("type")
        if self._about is None:
            if kind != "hello":
                self._fail(
                    "hello_first",
                    "At this address a board says hello first, and proves who it is. "
                    "For a sketch that only sends readings, use the address that "
                    "Home Assistant shows for it: it has a long token at its end.",
                )
            else:
                self._receive_hello(data, values)
            return
        if not isinstance(kind, str) or (take := self._TAKE.get(kind)) is None:
            return
        self._messages += 1
        self._frames.append((time.monotonic(), "in", kind))
        if self._messages > MAX_MESSAGES:
            self._fail("invalid_message", "This goes on for too long: begin anew.")
            return
        take(self, values)

    def _receive_hello(self, data: bytes, values: Mapping[str, Any]) -> None:
        """Take note of who the board says it is: nothing takes effect yet."""
        hello, problems = parse_hello(values)
        about = hello.about
        if len(data) > MAX_HELLO:
            self._fail("invalid_hello", f"hello can have {MAX_HELLO} bytes.")
            return
        if about.id is None or hello.nonce is None:
            wrong = "id" if about.id is None else "nonce"
            problem = next(
                (problem for problem in problems if problem.field == wrong),
                Problem("invalid_hello", f"hello needs '{wrong}' here.", field=wrong),
            )
            self._close(problem)
            return
        entry = self._keyring.entry_of(about.id)
        if entry is not None and entry.disabled_by is not None:
            self._fail(
                "board_disabled",
                "This board is disabled in Home Assistant.",
                CloseCode.UNKNOWN_ADDRESS,
            )
            return
        if self._keyring.is_ignored(about.id):
            self._close(IGNORED, CloseCode.NOT_ALLOWED)
            return
        self._hello, self._about, self._id = data, about, about.id
        self._board_nonce = hello.nonce
        self._exchange = Exchange(about.id)
        self._send({"type": "challenge", "nonce": self._hub_nonce.hex()})

    def _receive_proof(self, values: Mapping[str, Any]) -> None:
        """Let a board in that has a key, or go on with one that waits."""
        proof = values.get("proof")
        keys = self._keyring.keys_of(self._id)
        for key in keys:
            if self._is_proof(proof, key):
                self._stop_timer()
                self._waiting.disconnect(self._connection)
                self._keyring.proven(self._id, key)
                self._on_proven(self._session(key), self._hello)
                return
        for board in self._waiting.of(self._id):
            if self._is_proof(proof, board.agreement.key):
                self._waiting.resume(
                    board,
                    self._connection,
                    self._session(board.agreement.key),
                    self._start_timer,
                )
                self._tell_waiting(board)
                return
        problem = (
            Problem(
                "wrong_proof",
                "This is not the key that Home Assistant has for this board. It can "
                "be paired again.",
            )
            if keys
            else Problem(
                "unknown_board",
                "Home Assistant does not know this board. It can be paired.",
            )
        )
        self._send(problem.as_message())

    def _is_proof(self, proof: object, key: bytes) -> bool:
        return is_proof(
            proof, key, Role.BOARD, self._id, self._hub_nonce, self._board_nonce
        )

    def _session(self, key: bytes) -> Session:
        return Session(
            self._id, self._hub_nonce, self._board_nonce, key, tuple(self._frames)
        )

    def _receive_pair(self, values: Mapping[str, Any]) -> None:
        """Answer a board's commitment."""
        if self._endpoint.is_connected(self._id):
            self._fail(
                "already_connected",
                "A board with this id is connected and has proven its key. If this "
                "is another board, give it an id of its own.",
                CloseCode.ADDRESS_IN_USE,
            )
            return
        try:
            self._send(self._exchange.pair(values))
        except ProtocolError as err:
            self._close(err.problem)

    def _receive_reveal(self, values: Mapping[str, Any]) -> None:
        """Agree on a key, and have the board wait for a person."""
        try:
            agreement = self._exchange.reveal(values)
        except ProtocolError as err:
            self._close(err.problem)
            return
        vouch = None
        if "vouch" in values:
            vouch = self._enrolment.answer(values["vouch"], agreement.transcript)
            if vouch is None:
                self._fail(
                    "wrong_vouch",
                    "This is not the secret for adding several boards, or its hour "
                    "is over. Without a secret, a board can be added with a code.",
                )
                return
        assert self._about is not None
        board = WaitingBoard(
            about=self._about,
            agreement=agreement,
            source=self._connection.source,
            vouch=vouch,
            connection=self._connection,
            session=self._session(agreement.key),
            on_paired=self._start_timer,
        )
        if (problem := self._waiting.add(board)) is not None:
            self._close(problem, CloseCode.TOO_MANY_WAITING)
            return
        _LOGGER.debug("A board at %s waits to be accepted", board.source)
        self._tell_waiting(board)

    def _tell_waiting(self, board: WaitingBoard) -> None:
        self._stop_timer()
        message: dict[str, Any] = {"type": "waiting", "seconds": int(board.lifetime)}
        if board.vouch is not None:
            message["vouch"] = board.vouch
        self._send(message)

    _TAKE: ClassVar = {
        "proof": _receive_proof,
        "pair": _receive_pair,
        "reveal": _receive_reveal,
    }
