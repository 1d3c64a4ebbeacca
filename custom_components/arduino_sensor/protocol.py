"""The wire format, version 1: what a board's text means.

Pure functions: no event loop, no Home Assistant. `docs/protocol.md` describes the
format for people who write a client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
import json
import math
import re
from typing import Any, Final

import orjson

type Value = float | int | bool | str | None


class ChannelType(StrEnum):
    """The type that a channel's values have."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    NOTHING = "nothing"
    """A channel without a value: a button, an event."""


MAX_FRAME: Final = 4096
"""The longest frame that is read, in bytes."""

MAX_KEY: Final = 64
"""The longest name of a channel, in characters."""

MAX_TEXT: Final = 255
"""The longest text value, in characters: what a state in Home Assistant holds."""

RESERVED: Final = frozenset(
    {
        "type",
        "v",
        "id",
        "board",
        "device_id",
        "serial_no",
        "age",
        "time",
        "timestamp",
        "token",
    }
)
"""Keys that are never channels."""

TYPES: Final = frozenset(
    {
        "hello",
        "proof",
        "pair",
        "reveal",
        "channels",
        "backlog",
        "event",
        "result",
    }
)
"""Message types of version 1. Those that have no effect now are signs of life."""

EXAMPLE: Final = '{"temp": 25.5}'

# What Arduino's Print and C's printf write for a float that is no number. A string
# is matched first, and whole (to the end of the text where it is not closed, even
# in the middle of an escape), so that the same words inside one are left alone and
# the search stays linear.
_NOT_A_NUMBER: Final = re.compile(
    r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
    r"|[-+]?(?:nan|inf(?:inity)?|ovf)(?![A-Za-z0-9_])",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a frame or with one of its values.

    `message` is a sentence for the author of the sketch, who reads it in the
    Serial Monitor; `code` is for programs.
    """

    code: str
    message: str
    key: str | None = None
    field: str | None = None
    """Which member of a message or of an item is meant."""

    def as_message(self, more: int = 0) -> dict[str, Any]:
        """Return the error message that is sent to the board.

        `more` is the number of other problems in the same frame.
        """
        message: dict[str, Any] = {"type": "error", "code": self.code}
        if self.key is not None:
            message["key"] = self.key
        if self.field is not None:
            message["field"] = self.field
        message["message"] = self.message
        if more:
            message["more"] = more
        return message


class ProtocolError(ValueError):
    """A frame of which nothing can be used."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem, to be sent to the board."""
        super().__init__(problem.message)
        self.problem = problem


class _OutOfRange:
    """Stands for a number that no float can hold, such as 1e400."""


OUT_OF_RANGE: Final = _OutOfRange()


def parse(data: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """Return the members of a frame's object, and what is wrong around them.

    The values are as they were sent: whether a channel takes them is for the
    channel to say. A number that no float holds is given as `OUT_OF_RANGE`.

    Raises ProtocolError when nothing of the frame can be used.
    """
    try:
        values = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _parse_leniently(data)
    if type(values) is not dict:
        raise ProtocolError(_not_an_object(values))
    # Each member has a key in two quotes. Any more come from text values or from a
    # key that stands twice: worth a slower look, for a reading.
    if data.count(b'"') > 2 * len(values) and "type" not in values:
        return _parse_leniently(data)
    return values, []


def check_type(values: dict[str, Any]) -> Problem | None:
    """Return what to say about a message that has a type, and so is no reading.

    Later versions may send types that this one does not know: such a message is no
    mistake. But a sketch that means a channel of its own should learn of it.
    """
    kind = values["type"]
    if type(kind) is str and kind in TYPES:
        return None
    return Problem(
        "unknown_type",
        "A message with 'type' in it is not a reading, and this type is not known: "
        "if you meant a value of yours, give it another name.",
        "type",
    )


class _Pairs(list[tuple[str, Any]]):
    """An object's members in the order and number in which they were sent."""


def _parse_leniently(data: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """Parse a frame with care for what the fast parser refuses or passes over.

    These are the words of a float that is no number, read as null; numbers that no
    float holds; and keys that stand twice.
    """
    try:
        text = _NOT_A_NUMBER.sub(_null_if_bare, data.decode())
        pairs = json.loads(
            text, object_pairs_hook=_Pairs, parse_float=_float, parse_int=_int
        )
    except (ValueError, RecursionError) as err:
        raise ProtocolError(_not_json(data, err)) from err
    if type(pairs) is not _Pairs:
        raise ProtocolError(_not_an_object(pairs))
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in pairs:
        # Half of a surrogate pair can be escaped in JSON, but not be stored.
        if not _is_unicode(key) or (type(value) is str and not _is_unicode(value)):
            problems.append(
                Problem("invalid_json", "A text has half of a surrogate pair in it.")
            )
            continue
        if key in values:
            problems.append(
                Problem(
                    "duplicate_key",
                    f"{quoted(key)} stands twice in one message: the last one counts.",
                    key,
                )
            )
        values[key] = value
    if "type" in values:
        return _plain(values), []
    return values, problems


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return a message that is no reading with its parts as other parsers give them."""
    return {key: _plain_part(value) for key, value in values.items()}


def _plain_part(value: Any) -> Any:
    # Messages have lists of objects in them; what is nested deeper is nobody's.
    if type(value) is _Pairs:
        return dict(value)
    if type(value) is list:
        return [dict(part) if type(part) is _Pairs else part for part in value]
    return value


def as_json(value: Any) -> Any:
    """Return a part of a message, however it is nested, as any parser would give it.

    A number that no float holds becomes None.
    """
    if type(value) is _Pairs:
        value = dict(value)
    if type(value) is dict:
        return {_whole(key): as_json(part) for key, part in value.items()}
    if type(value) is list:
        return [as_json(part) for part in value]
    if value is OUT_OF_RANGE:
        return None
    return _whole(value) if type(value) is str else value


def depth(value: Any) -> int:
    """Return how often lists and objects stand in one another."""
    found, parts = 0, [value]
    while parts := [inner for part in parts for inner in _parts(part)]:
        found += 1
    return found


def _parts(value: Any) -> Iterable[Any]:
    if type(value) is _Pairs:
        return [inner for _, inner in value]
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, which cannot be sent on."""
    return text.encode(errors="replace").decode()


def _null_if_bare(match: re.Match[str]) -> str:
    found = match.group()
    return found if found[0] == '"' else "null"


def _float(text: str) -> float | _OutOfRange:
    value = float(text)
    return value if math.isfinite(value) else OUT_OF_RANGE


def _int(text: str) -> int | float | _OutOfRange:
    value = int(text)
    # What does not fit into 64 bits becomes a float, as the fast parser has it.
    return value if -(2**63) <= value < 2**64 else _float(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def quoted(text: str) -> str:
    """Return a board's text for use in a sentence: short, printable, in quotes."""
    shown = text if len(text) <= 24 else f"{text[:23]}…"
    shown = "".join(char if char.isprintable() else "?" for char in shown)
    return f"'{shown}'"


def shown(value: object) -> str:
    """Return a value the way its author wrote it, for use in a sentence."""
    if value is None:
        return "null"
    if value is OUT_OF_RANGE:
        return "a number that is too large"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, dict | _Pairs):
        return "an object {…}"
    if isinstance(value, list):
        return "a list […]"
    return str(value)


def is_nested(value: object) -> bool:
    """Return whether a parsed value is an object or a list."""
    return isinstance(value, dict | list)


def _not_json(data: bytes, error: Exception) -> Problem:
    if not data.strip():
        return Problem(
            "invalid_json", f"The message is empty. Expected, for example, {EXAMPLE}."
        )
    try:
        data.decode()
    except UnicodeDecodeError as err:
        return Problem(
            "invalid_json",
            f"Byte {err.start + 1} is not UTF-8: was the buffer's length sent along?",
        )
    place, hint = "", ""
    if isinstance(error, json.JSONDecodeError):
        near = error.doc[max(error.pos - 12, 0) : error.pos + 12]
        place = f" at character {error.pos + 1}, near {quoted(near)}"
        if "'" in near:
            hint = " JSON wants double quotes."
    return Problem(
        "invalid_json",
        f"This is not JSON{place}.{hint} Expected, for example, {EXAMPLE}.",
    )


def _not_an_object(value: object) -> Problem:
    return Problem(
        "not_an_object",
        f"Expected an object such as {EXAMPLE}, but this is {shown(value)}.",
    )
