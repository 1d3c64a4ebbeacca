"""A board's channels: what they are, and their way with values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from .calibration import Calibration
from .description import Description, Kind
from .names import FIRST, known
from .pace import Pace
from .protocol import (
    MAX_KEY,
    MAX_TEXT,
    OUT_OF_RANGE,
    RESERVED,
    ChannelType,
    Problem,
    Value,
    is_nested,
    quoted,
    shown,
)

MAX_CHANNELS: Final = 64
"""How many channels one board can have."""


# Python's own types, by identity: bool is a subclass of int.
_TAKES: Final[dict[ChannelType, frozenset[type]]] = {
    ChannelType.NUMBER: frozenset({float, int, type(None)}),
    ChannelType.BOOLEAN: frozenset({bool, type(None)}),
    # Every text is looked at, for its length.
    ChannelType.TEXT: frozenset({type(None)}),
    ChannelType.NOTHING: frozenset(),
}

# A number that is missing is looked at: perhaps a wire is loose.
_ACCEPTS: Final = {**_TAKES, ChannelType.NUMBER: frozenset({float, int})}

_EXPECTED: Final = {
    ChannelType.NUMBER: "a number without quotes",
    ChannelType.BOOLEAN: "true or false",
    ChannelType.TEXT: "a text in double quotes",
    ChannelType.NOTHING: "no value",
}


def _nothing() -> None:
    """Stand in for an entity that is not there, or not enabled."""


class Channel:
    """One named value of a board.

    `write` is called when there is something to say about the value; the entities
    that show the channel listen to it.
    """

    __slots__ = (
        "_listeners",
        "accepts",
        "calibration",
        "description",
        "due",
        "key",
        "open",
        "pace",
        "pause",
        "raw",
        "slack",
        "type",
        "value",
        "write",
    )

    def __init__(
        self,
        key: str,
        channel_type: ChannelType,
        description: Description | None = None,
    ) -> None:
        """Make a channel that has no value yet."""
        self.key = key
        self.type = channel_type
        self.description = description
        """What the board says of it, if it does."""
        self.accepts = _ACCEPTS[channel_type]
        """The types of what can be taken without a closer look."""
        self.value: Value = None
        """What is shown, or is as soon as somebody looks."""
        self.due = 0.0
        """When it is written again, though it has not changed."""
        self.open = 0.0
        """From when on a change is published at once."""
        self.pause = 0.0
        """How long it is closed after a change that came at its time, in seconds."""
        self.slack = 0.0
        """How much sooner a change may come, since what travels is not punctual."""
        self.pace = Pace()
        self.calibration: Calibration | None = None
        self.raw: Value = None
        """What came last, if it is corrected."""
        self.write: Callable[[], None] = _nothing
        self._listeners: tuple[Callable[[], None], ...] = ()

    @property
    def usually_accepts(self) -> frozenset[type]:
        """Return what `accepts` is where nothing else is said."""
        return _ACCEPTS[self.type]

    def calibrated(self, value: Value) -> Value:
        """Return a value that the channel can take, corrected as a person wants it."""
        return value if self.calibration is None else self.calibration.apply(value)

    @property
    def kind(self) -> Kind:
        """Return what the channel becomes in Home Assistant."""
        if self.description is not None:
            return self.description.kind
        if self.type is ChannelType.BOOLEAN:
            return Kind.BINARY_SENSOR
        return Kind.SENSOR

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a listener called by `write`; return what ends that."""
        self._set_listeners((*self._listeners, listener))

        def remove() -> None:
            self._set_listeners(
                tuple(other for other in self._listeners if other != listener)
            )

        return remove

    def _set_listeners(self, listeners: tuple[Callable[[], None], ...]) -> None:
        # Most channels have one, and `write` is on the way of every reading.
        self._listeners = listeners
        if len(listeners) == 1:
            self.write = listeners[0]
        else:
            self.write = self._write_all if listeners else _nothing

    def _write_all(self) -> None:
        for listener in self._listeners:
            listener()


def known_type(key: str) -> ChannelType | None:
    """Return the type that a key's name alone tells, if it does."""
    name = known(key)
    return name.type if name is not None and name.sure else None


def type_of(key: str, value: Value) -> ChannelType | None:
    """Return the type that a new channel gets from its name or its first value.

    None means that the first value told nothing, being null.
    """
    by_name = known_type(key)
    if value is None or key.lower() in FIRST:
        return by_name
    if by_name is ChannelType.BOOLEAN and type(value) is int and value in (0, 1):
        return by_name
    if isinstance(value, bool):
        return ChannelType.BOOLEAN
    return ChannelType.TEXT if isinstance(value, str) else ChannelType.NUMBER


def check_key(key: str) -> Problem | None:
    """Return what is wrong with a key as a channel's name."""
    if not key.strip():
        return Problem("invalid_key", "A key is empty: give every value a name.", key)
    if len(key) > MAX_KEY:
        return Problem(
            "invalid_key",
            f"The key {quoted(key)} is longer than {MAX_KEY} characters.",
            key[:MAX_KEY],
        )
    if not key.isprintable():
        return Problem(
            "invalid_key",
            f"The key {quoted(key)} has characters in it that cannot be printed.",
        )
    return None


def check_value(key: str, value: Any) -> Problem | None:
    """Return why no channel at all can take a value."""
    if value is OUT_OF_RANGE:
        return Problem(
            "number_out_of_range", f"The number for {quoted(key)} is too large.", key
        )
    if is_nested(value):
        return Problem(
            "nested_value",
            f"{quoted(key)} is {shown(value)}: give each value a key of its own.",
            key,
        )
    if type(value) is str and len(value) > MAX_TEXT:
        return Problem(
            "text_too_long",
            f"The text for {quoted(key)} has {len(value)} characters, but "
            f"{MAX_TEXT} is the most that Home Assistant can show.",
            key,
        )
    return None


def fit(channel: Channel, value: Any) -> Value | Problem:
    """Return a value as the channel has it, or why it cannot take it."""
    if type(value) in _TAKES[channel.type]:
        fitting: Value = value
        return fitting
    if (problem := check_value(channel.key, value)) is not None:
        return problem
    if channel.type is ChannelType.TEXT and type(value) is str:
        return value
    # digitalRead() gives 0 and 1, and many sketches print it as it is.
    if channel.type is ChannelType.BOOLEAN and type(value) is int and value in (0, 1):
        return value == 1
    return Problem(
        "wrong_type",
        f"{quoted(channel.key)} takes {_EXPECTED[channel.type]}, "
        f"but got {shown(value)}.",
        channel.key,
    )


def check_event(channel: Channel | None, values: Mapping[str, Any]) -> str | Problem:
    """Return what happened at a channel, or what is wrong with the message."""
    if channel is None or channel.description is None or channel.kind is not Kind.EVENT:
        return Problem(
            "unknown_event",
            "An event needs the 'key' of a channel that was described with the kind "
            f"event, but it is {shown(values.get('key'))}.",
            field="key",
        )
    options = channel.description.options or ()
    event = values.get("event", options[0] if len(options) == 1 else None)
    if not isinstance(event, str) or event not in options:
        return Problem(
            "unknown_event",
            f"'event' of {quoted(channel.key)} has to be one of its options, but it "
            f"is {shown(event)}.",
            channel.key,
            "event",
        )
    return event


def settle(channels: dict[str, Channel], key: str, value: Any) -> Value | Problem:
    """Return a value that a channel can take, or what is wrong with it.

    This is for what the fast way does not know. A key that is new and good becomes a
    channel of `channels`. None where there is no channel for it then means that
    there is nothing to write.
    """
    if (channel := channels.get(key)) is not None:
        return fit(channel, value)
    if key in RESERVED:
        return None
    if problem := check_key(key) or check_value(key, value):
        return problem
    if (channel_type := type_of(key, value)) is None:
        return None
    if len(channels) >= MAX_CHANNELS:
        return Problem(
            "too_many_channels",
            f"{quoted(key)} is one channel more than the {MAX_CHANNELS} that a board "
            "can have.",
            key,
        )
    channel = Channel(key, channel_type)
    settled = fit(channel, value)
    if type(settled) is not Problem:
        channels[key] = channel
    return settled
