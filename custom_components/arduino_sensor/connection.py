"""What the other modules know of a live connection to a board."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
import time
from typing import Any, Final, Protocol

from .auth import Role, proof
from .collecting import Collector
from .link import Direction, LinkRecord
from .protocol import Problem

ERROR_INTERVAL: Final = 1.0
"""Errors are sent to a board at most this often, in seconds."""

PROBE_TIME: Final = 30.0
"""How long a silent peer is let be that another one may have replaced, in seconds."""

MAX_LISTED: Final = 8
"""How many errors a message with many parts, such as `channels`, can have sent."""


class CloseCode(IntEnum):
    """Why the server closed a connection.

    Below 4000 the codes are RFC 6455's and its registry's, from 4400 on this
    protocol's own.
    """

    GOING_AWAY = 1001
    FRAME_TOO_LARGE = 1009
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    UNKNOWN_ADDRESS = 4401
    NOT_ALLOWED = 4403
    ADDRESS_IN_USE = 4408
    REPLACED = 4409
    HANDSHAKE_FAILED = 4410
    PAIRING_ENDED = 4412
    TOO_MANY_WAITING = 4413


@dataclass(slots=True)
class Session:
    """What a board has proven in a connection."""

    board_id: str
    hub_nonce: bytes = field(repr=False)
    board_nonce: bytes = field(repr=False)
    key: bytes = field(repr=False)
    messages: tuple[tuple[float, Direction, str], ...] = ()
    """The handshake so far, for a bug report: when, which way, and the type."""
    welcomed: bool = False
    """Whether the board knows that it is accepted: until then it obeys nothing."""

    @property
    def proof(self) -> str:
        """Return Home Assistant's own proof."""
        return proof(
            self.key, Role.HUB, self.board_id, self.hub_nonce, self.board_nonce
        )


class Connection(Protocol):
    """A live connection, as boards and the endpoint see it.

    The transport calls `receive` with the bytes of each frame, and
    `receive_problem` with what went wrong with a frame that has none that could be
    given to anyone (too large, binary). Whoever owns the connection sets both.
    """

    receive: Callable[[bytes], None]
    receive_problem: Callable[[Problem], None]
    silence: float
    """After so many seconds without a frame the peer is asked for a sign of life,
    and given half as long to answer. Takes effect at the next look."""

    session: Session | None
    """How the board has proven itself; None where its address is enough."""

    collector: Collector
    """The parts of a description that came over this connection."""

    link: LinkRecord | None
    """Where the board whose connection it is keeps what goes over it."""

    @property
    def source(self) -> str:
        """Return where the connection comes from, for people to read."""

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message for the board; never blocks and never raises."""

    def probe(self, patience: float = PROBE_TIME) -> None:
        """Make sure soon that the peer is there, if it has been silent for a while.

        `patience` is that while, in seconds, and how long the peer has to answer.
        """

    def close(self, code: CloseCode, problem: Problem | None = None) -> None:
        """Begin to close, telling the board why if a problem is given."""


class ProblemReporter:
    """Tells a sketch's author what is wrong, but not more often than is useful."""

    __slots__ = ("_next", "count", "latest")

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.count = 0
        self.latest: str | None = None
        """The sentence of the latest problem."""
        self._next = 0.0

    def report(self, connection: Connection | None, *problems: Problem) -> bool:
        """Count problems and tell the first; return whether it was sent."""
        self.count += len(problems)
        self.latest = problems[0].message
        return self.tell(connection, *problems)

    def report_each(self, connection: Connection | None, *problems: Problem) -> bool:
        """Count problems and tell each, up to a limit; return whether they were sent.

        For messages that have many parts.
        """
        self.count += len(problems)
        self.latest = problems[0].message
        if not self._is_time(connection):
            return False
        assert connection is not None
        for problem in problems[:MAX_LISTED]:
            connection.send(problem.as_message())
        return True

    def tell(self, connection: Connection | None, *problems: Problem) -> bool:
        """Send the first problem, if it is time to; return whether it was sent."""
        if not self._is_time(connection):
            return False
        assert connection is not None
        connection.send(problems[0].as_message(more=len(problems) - 1))
        return True

    def _is_time(self, connection: Connection | None) -> bool:
        now = time.monotonic()
        if connection is None or now < self._next:
            return False
        self._next = now + ERROR_INTERVAL
        return True
