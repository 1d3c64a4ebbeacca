"""What a board says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
import math
import re
from typing import Any, Final, Self

from .auth import NONCE_SIZE, from_hex, is_board_id
from .const import LINK_VIRTUAL
from .protocol import Problem, shown

MAX_NAME: Final = 64
"""The longest name of a board or of a channel, in characters."""

MAX_INTERVAL: Final = 86400
"""The longest time between two messages that a board can name, in seconds."""

RESETS: Final = (
    "power_on",
    "external",
    "software",
    "watchdog",
    "brownout",
    "panic",
    "deep_sleep",
    "other",
)
"""Why a board can have started; one that cannot tell says nothing of it."""

_MAC: Final = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a board from its `hello`, and kept in its entry."""

    id: str | None = None
    name: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    hardware: str | None = None
    firmware: str | None = None
    mac: str | None = None
    interval: float | None = None
    """How many seconds at most pass between two messages."""
    sleeps: bool = False
    reset: str | None = None
    """Why it has started last: one of `RESETS`."""

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what an entry has kept."""
        return cls(**stored)

    def as_stored(self) -> dict[str, Any]:
        """Return what an entry keeps: what was said, and nothing else."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Hello:
    """A board's first message."""

    about: About
    nonce: bytes | None = field(repr=False)


class _WrongMemberError(ValueError):
    """A member that is not what it has to be; the argument says what that is."""


def parse_hello(values: Mapping[str, Any]) -> tuple[Hello, list[Problem]]:
    """Return what a board says of itself, and what is wrong with it.

    A member that is wrong is as if it were missing.
    """
    problems: list[Problem] = []
    taken: dict[str, Any] = {}
    for name, take in _MEMBERS.items():
        if (value := values.get(name)) is None:
            continue
        try:
            taken[name] = take(value)
        except _WrongMemberError as err:
            problems.append(
                Problem(
                    "invalid_hello",
                    f"'{name}' in hello has to be {err}, but it is {shown(value)}.",
                    field=name,
                )
            )
    nonce = taken.pop("nonce", None)
    return Hello(About(**taken), nonce), problems


def printable(value: object, limit: int) -> str | None:
    """Return a text without spaces around it, if it can be shown as one line."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if text and text.isprintable() and len(text) <= limit else None


def _text(value: object) -> str:
    if (text := printable(value, MAX_NAME)) is None:
        raise _WrongMemberError(
            f"a text of 1 to {MAX_NAME} characters that can be printed"
        )
    return text


def _id(value: object) -> str:
    # The board that plays inside Home Assistant has the reserved one.
    if not is_board_id(value) or value == LINK_VIRTUAL:
        raise _WrongMemberError(
            f"1 to 32 of the characters a-z, 0-9, _ and -, and not {LINK_VIRTUAL}"
        )
    return value


def _nonce(value: object) -> bytes:
    if (nonce := from_hex(value, NONCE_SIZE)) is None:
        raise _WrongMemberError(f"{2 * NONCE_SIZE} hexadecimal digits")
    return nonce


def _mac(value: object) -> str:
    if not isinstance(value, str) or not _MAC.fullmatch(value):
        raise _WrongMemberError("six pairs of hexadecimal digits")
    digits = value.lower().replace(":", "").replace("-", "")
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _interval(value: object) -> float:
    if type(value) not in (int, float):
        raise _WrongMemberError(f"a number of seconds from 1 to {MAX_INTERVAL}")
    assert isinstance(value, int | float)
    if not math.isfinite(value) or not 1 <= value <= MAX_INTERVAL:
        raise _WrongMemberError(f"a number of seconds from 1 to {MAX_INTERVAL}")
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongMemberError("true or false")
    return value


def _reset(value: object) -> str:
    if not isinstance(value, str) or value not in RESETS:
        raise _WrongMemberError(f"one of {', '.join(RESETS)}")
    return value


_MEMBERS: Final[dict[str, Callable[[object], Any]]] = {
    "id": _id,
    "nonce": _nonce,
    "name": _text,
    "manufacturer": _text,
    "model": _text,
    "hardware": _text,
    "firmware": _text,
    "mac": _mac,
    "interval": _interval,
    "sleeps": _bool,
    "reset": _reset,
}
