"""What went over a board's link lately, for a bug report."""

from collections import deque
from collections.abc import Callable
import json
import time
from typing import Any, Final, Literal, TypeGuard

import orjson

from .protocol import ProtocolError, parse
from .reconnects import Reconnects

MAX_FRAMES: Final = 50
"""How many frames are kept; older ones give way."""

MAX_PRINTED: Final = 20
"""How many lines that are no frames are kept."""

MAX_SHOWN: Final = 4096
"""How much of a frame is shown, in characters."""

HANDSHAKE_TYPES: Final = frozenset(
    {
        "hello",
        "challenge",
        "proof",
        "welcome",
        "pair",
        "reveal",
        "waiting",
        "paired",
        "rotate",
    }
)
"""Types of the messages of which nothing but the type is shown."""

_TOKEN: Final = "token"
_REDACTED: Final = "**REDACTED**"

type Direction = Literal["in", "out"]
"""From the board, or to it."""

type _Frame = bytes | dict[str, Any] | tuple[Direction, str]
"""As it came from the board; as it was sent to it; or which way, and its type."""


class LinkRecord:
    """What is known of a board's link since Home Assistant started.

    It is kept when the board's entry is set up again. Nothing is looked at when a
    frame comes, only when somebody asks for a report. All times are
    `time.monotonic()`.
    """

    __slots__ = (
        "_connected_at",
        "_dropped_at",
        "_frames_before",
        "_source",
        "connects",
        "drops",
        "frames",
        "frames_in",
        "frames_out",
        "moves",
        "on_complaint",
        "printed",
        "reconnects",
    )

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.connects = 0
        self.drops = 0
        self.moves = 0
        """How many connections came from elsewhere than the one before."""
        self.frames_in = 0
        self.frames_out = 0
        self.frames: deque[tuple[float, _Frame]] = deque(maxlen=MAX_FRAMES)
        self.printed: deque[str] = deque(maxlen=MAX_PRINTED)
        """What a sketch has printed for people, where that comes the same way."""
        self.on_complaint: Callable[[str], None] | None = None
        """Called with what the library on a board says is wrong there."""
        self.reconnects = Reconnects()
        self._source: str | None = None
        self._frames_before = 0
        self._connected_at: float | None = None
        self._dropped_at: float | None = None

    def received(self, now: float, data: bytes) -> None:
        """Take note of a frame from the board, before anybody knows what it is."""
        self.frames_in += 1
        self.frames.append((now, data))

    def sent(self, now: float, message: dict[str, Any]) -> None:
        """Take note of a message to the board, which nobody changes any more."""
        if _is_handshake(kind := message.get("type")):
            self.handshake(now, "out", kind)
            return
        self.frames_out += 1
        self.frames.append((now, message))

    def handshake(self, now: float, direction: Direction, kind: str) -> None:
        """Take note of a message of the handshake: one of `HANDSHAKE_TYPES`."""
        if direction == "in":
            self.frames_in += 1
        else:
            self.frames_out += 1
        self.frames.append((now, (direction, kind)))

    def connected(self, source: str) -> None:
        """Take note of a new connection, and where it comes from."""
        self.connects += 1
        self._frames_before = self.frames_in
        self._connected_at = time.monotonic()
        if self._source not in (None, source):
            self.moves += 1
        self._source = source

    @property
    def was_heard(self) -> bool:
        """Return whether anything came over the latest connection."""
        return self.frames_in > self._frames_before

    def dropped(self) -> None:
        """Take note that the connection has ended."""
        self.drops += 1
        self._dropped_at = time.monotonic()

    def as_dict(self, now: float) -> dict[str, Any]:
        """Return all of it for a bug report, as JSON has it; ages are in seconds.

        A board can have secrets in its frames that are not known here.
        """
        return {
            "connects": self.connects,
            "drops": self.drops,
            "moves": self.moves,
            "reconnects_in_24_hours": self.reconnects.count(time.time()),
            "received": self.frames_in,
            "sent": self.frames_out,
            "last_connect_age": _age(now, self._connected_at),
            "last_drop_age": _age(now, self._dropped_at),
            "frames": [
                {"age": _age(now, at), **_shown(frame)} for at, frame in self.frames
            ],
        }


def _is_handshake(kind: object) -> TypeGuard[str]:
    return isinstance(kind, str) and kind in HANDSHAKE_TYPES


def _age(now: float, at: float | None) -> float | None:
    return None if at is None else round(now - at, 3)


def _shown(frame: _Frame) -> dict[str, str]:
    """Return one frame without its age."""
    if isinstance(frame, tuple):
        direction, kind = frame
        return {"direction": direction, "type": kind}
    if isinstance(frame, dict):
        return {"direction": "out", "frame": _text(orjson.dumps(frame))}
    try:
        values, _ = parse(frame)
    except ProtocolError:
        return {"direction": "in", "frame": _text(frame)}
    if _is_handshake(shown := values.get("type")):
        return {"direction": "in", "type": shown}
    text = _text(frame) if _TOKEN not in values else _without_token(values)
    return {"direction": "in", "frame": text}


def _text(data: bytes) -> str:
    return data.decode(errors="replace")[:MAX_SHOWN]


def _without_token(values: dict[str, Any]) -> str:
    """Return what was parsed as text again, with something else for the token."""
    # Only a number that no float holds is nothing that JSON knows.
    text = json.dumps({**values, _TOKEN: _REDACTED}, default=lambda _: None)
    return text[:MAX_SHOWN]
