"""What a board says of its channels: one item of a `channels` message."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
import math
import re
from typing import TYPE_CHECKING, Any, Final, Self

from .hello import MAX_NAME, printable
from .protocol import MAX_KEY, MAX_TEXT, RESERVED, ChannelType, Problem, quoted, shown

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

MAX_OPTIONS: Final = 32
MAX_UNIT: Final = 16
MAX_PRECISION: Final = 6
MAX_MIN_INTERVAL: Final = 86400
MIN_NOISY: Final = 10
MAX_NOISY: Final = 10000
DEFAULT_NOISY: Final = 120

_ICON: Final = re.compile(r"mdi:[a-z0-9-]{1,48}")


class Kind(StrEnum):
    """What a channel becomes: the name of one of Home Assistant's platforms."""

    SENSOR = "sensor"
    BINARY_SENSOR = "binary_sensor"
    SWITCH = "switch"
    LIGHT = "light"
    NUMBER = "number"
    BUTTON = "button"
    SELECT = "select"
    TEXT = "text"
    EVENT = "event"


class Color(StrEnum):
    """What a light can do."""

    ON_OFF = "on_off"
    BRIGHTNESS = "brightness"
    RGB = "rgb"


READ_ONLY: Final = frozenset({Kind.SENSOR, Kind.BINARY_SENSOR, Kind.EVENT})
"""Kinds that a person cannot act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A channel as its board describes it; None is what it leaves open.

    Every member is good by itself. Whether they go together in Home Assistant's eyes
    is for `appearance.py` to say.
    """

    kind: Kind
    name: str | None = None
    type: str | None = None
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    precision: int | None = None
    deadband: float | None = None
    min_interval: float | None = None
    noisy: int | None = None
    options: tuple[str, ...] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    color: Color | None = None
    channels: tuple[str, ...] | None = None
    icon: str | None = None
    category: str | None = None
    enabled: bool = True

    @property
    def value_type(self) -> ChannelType:
        """Return the type that the channel's values have."""
        match self.kind:
            case Kind.BINARY_SENSOR | Kind.SWITCH:
                return ChannelType.BOOLEAN
            case Kind.NUMBER:
                return ChannelType.NUMBER
            case Kind.SELECT | Kind.TEXT:
                return ChannelType.TEXT
            case Kind.BUTTON | Kind.EVENT:
                return ChannelType.NOTHING
            case Kind.LIGHT:
                return ChannelType.NOTHING if self.channels else _LIGHT[self.color]
        if self.type == ChannelType.TEXT or self.options is not None:
            return ChannelType.TEXT
        return ChannelType.NUMBER

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what an entry has kept."""
        taken = dict(stored)
        taken["kind"] = Kind(taken["kind"])
        if "color" in taken:
            taken["color"] = Color(taken["color"])
        for name in ("options", "channels"):
            if name in taken:
                taken[name] = tuple(taken[name])
        return cls(**taken)

    def as_stored(self) -> dict[str, Any]:
        """Return what an entry keeps: what was said, as JSON has it."""
        stored = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value is not None
        }
        stored["kind"] = self.kind.value
        if self.color is not None:
            stored["color"] = self.color.value
        if self.enabled:
            del stored["enabled"]
        return stored


_LIGHT: Final[dict[Color | None, ChannelType]] = {
    None: ChannelType.BOOLEAN,
    Color.ON_OFF: ChannelType.BOOLEAN,
    Color.BRIGHTNESS: ChannelType.NUMBER,
    Color.RGB: ChannelType.TEXT,
}


def parse_description(item: object) -> tuple[str, Description] | Problem:
    """Return the key and the description in one item, or what is wrong with it."""
    if not isinstance(item, dict):
        return Problem(
            "invalid_channel",
            f"A channel has to be an object with 'key' and 'kind', but this is "
            f"{shown(item)}.",
            field="channels",
        )
    item = {name: value for name, value in item.items() if value is not None}
    key = item.get("key")
    try:
        kind = _SCHEMA_OF_KIND({"kind": item.get("kind"), "key": key})["kind"]
        taken = _SCHEMAS[kind](item)
        _check_together(taken)
    except vol.Invalid as err:
        # One error at a time: the author mends one after the other anyhow.
        first = err.errors[0] if isinstance(err, vol.MultipleInvalid) else err
        return _problem(key, item, first)
    del taken["key"]
    assert isinstance(key, str)
    return key, Description(**taken)


def _problem(key: object, item: Mapping[str, Any], error: vol.Invalid) -> Problem:
    field = str(error.path[0]) if error.path else "channels"
    named = f"channel {quoted(key)}" if isinstance(key, str) else "a channel"
    value = item.get(field)
    but = "is missing" if value is None else f"is {shown(value)}"
    return Problem(
        "invalid_channel",
        f"'{field}' of {named} has to be {error.msg}, but it {but}.",
        key[:MAX_KEY] if isinstance(key, str) and key.isprintable() else None,
        field,
    )


def _check_together(taken: Mapping[str, Any]) -> None:
    """Raise for members that are good, but not beside each other."""
    least, most = taken.get("min"), taken.get("max")
    if taken["kind"] is Kind.TEXT:
        least, most = least or 0, MAX_TEXT if most is None else most
    if taken["kind"] is Kind.NUMBER:
        least, most = 0 if least is None else least, 100 if most is None else most
        if least == most:
            raise vol.Invalid(f"more than 'min', which is {least}", path=["max"])
    if least is not None and most is not None and least > most:
        raise vol.Invalid(f"more than 'min', which is {least}", path=["max"])
    for name in ("deadband", "min_interval", "noisy"):
        if name in taken and (taken.get("type") == "text" or "options" in taken):
            raise vol.Invalid("left out for a text, which is no number", path=[name])
    if "color" in taken and "channels" in taken:
        raise vol.Invalid("left out where 'channels' is given", path=["color"])


# Validators: each returns the value as it is kept, or says what it has to be.


def _is_line(value: object, limit: int) -> bool:
    return value is not None and value == printable(value, limit)


def _key(value: object) -> str:
    if not isinstance(value, str) or not _is_line(value, MAX_KEY):
        raise vol.Invalid(f"a text of 1 to {MAX_KEY} characters that can be printed")
    if value in RESERVED:
        raise vol.Invalid("another name: this one is reserved")
    return value


def _line(limit: int) -> Any:
    def validate(value: object) -> str:
        if (text := printable(value, limit)) is None:
            raise vol.Invalid(f"a text of 1 to {limit} characters that can be printed")
        return text

    return validate


def _one_of(*choices: str) -> Any:
    def validate(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise vol.Invalid(f"one of {', '.join(choices)}")
        return value

    return validate


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise vol.Invalid("a number")
    # More than this is not exact in a double, and no slider's range.
    if abs(value) > 2**53:  # type: ignore[arg-type]
        raise vol.Invalid("a number from -9007199254740992 to 9007199254740992")
    return value  # type: ignore[return-value]


def _positive(value: object) -> float:
    if (number := _number(value)) <= 0:
        raise vol.Invalid("a number above 0")
    return number


def _duration(value: object) -> float:
    if (seconds := _positive(value)) > MAX_MIN_INTERVAL:
        raise vol.Invalid(f"a number of seconds, at most {MAX_MIN_INTERVAL}")
    return seconds


def _readings(value: object) -> int | None:
    if isinstance(value, bool):
        return DEFAULT_NOISY if value else None
    if not isinstance(value, int) or not MIN_NOISY <= value <= MAX_NOISY:
        raise vol.Invalid(
            f"true, or a whole number of readings from {MIN_NOISY} to {MAX_NOISY}"
        )
    return value


def _whole(limit: int) -> Any:
    def validate(value: object) -> int:
        if type(value) is not int or not 0 <= value <= limit:
            raise vol.Invalid(f"a whole number from 0 to {limit}")
        return value

    return validate


_OPTIONS: Final = (
    f"a list of 1 to {MAX_OPTIONS} different texts of 1 to {MAX_NAME} characters "
    "that can be printed"
)


def _options(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and 1 <= len(value) <= MAX_OPTIONS:
        texts = [text for text in value if _is_line(text, MAX_NAME)]
        if len(set(texts)) == len(value):
            return tuple(texts)
    raise vol.Invalid(_OPTIONS)


def _three_keys(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and len(value) == 3:
        texts = [text for text in value if _is_line(text, MAX_KEY)]
        if len(set(texts)) == 3 and not RESERVED.intersection(texts):
            return tuple(texts)
    raise vol.Invalid("a list of three keys: those of red, green and blue")


def _icon(value: object) -> str:
    if not isinstance(value, str) or not _ICON.fullmatch(value):
        raise vol.Invalid("an icon such as mdi:fan")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise vol.Invalid("true or false")
    return value


_ANY_KIND: Final = vol.All(_one_of(*Kind), vol.Coerce(Kind))
_SCHEMA_OF_KIND: Final = vol.Schema(
    {vol.Required("key"): _key, vol.Required("kind"): _ANY_KIND}
)

_ALL: Final[dict[Any, Any]] = {
    vol.Required("key"): _key,
    vol.Required("kind"): _ANY_KIND,
    vol.Optional("name"): _line(MAX_NAME),
    vol.Optional("icon"): _icon,
    vol.Optional("category"): _one_of("diagnostic", "config"),
    vol.Optional("enabled"): _flag,
}
_PACE: Final[dict[Any, Any]] = {
    vol.Optional("deadband"): _positive,
    vol.Optional("min_interval"): _duration,
}
# The names of classes are Home Assistant's and change with it: here only their form.
_CLASS: Final[dict[Any, Any]] = {vol.Optional("device_class"): _line(MAX_NAME)}

_MEMBERS: Final[dict[Kind, dict[Any, Any]]] = {
    Kind.SENSOR: {
        **_CLASS,
        **_PACE,
        vol.Optional("type"): _one_of("number", "text"),
        vol.Optional("unit"): _line(MAX_UNIT),
        vol.Optional("state_class"): _line(MAX_NAME),
        vol.Optional("precision"): _whole(MAX_PRECISION),
        vol.Optional("noisy"): _readings,
        vol.Optional("options"): _options,
    },
    Kind.BINARY_SENSOR: _CLASS,
    Kind.SWITCH: _CLASS,
    Kind.LIGHT: {
        vol.Optional("color"): vol.All(_one_of(*Color), vol.Coerce(Color)),
        vol.Optional("channels"): _three_keys,
    },
    Kind.NUMBER: {
        **_CLASS,
        **_PACE,
        vol.Optional("unit"): _line(MAX_UNIT),
        vol.Optional("min"): _number,
        vol.Optional("max"): _number,
        vol.Optional("step"): _positive,
    },
    Kind.BUTTON: _CLASS,
    Kind.SELECT: {vol.Required("options", msg=_OPTIONS): _options},
    Kind.TEXT: {
        vol.Optional("min"): _whole(MAX_TEXT),
        vol.Optional("max"): _whole(MAX_TEXT),
    },
    Kind.EVENT: {**_CLASS, vol.Required("options", msg=_OPTIONS): _options},
}

# What a later version adds is no error.
_SCHEMAS: Final = {
    kind: vol.Schema({**_ALL, **members}, extra=vol.REMOVE_EXTRA)
    for kind, members in _MEMBERS.items()
}
