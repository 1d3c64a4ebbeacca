"""What a board's keys mean: the table of names, and a channel's way with values."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    LIGHT_LUX,
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfPower,
    UnitOfPressure,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
)

from .protocol import (
    MAX_KEY,
    MAX_TEXT,
    OUT_OF_RANGE,
    RESERVED,
    Problem,
    Value,
    is_nested,
    quoted,
    shown,
)

MAX_CHANNELS: Final = 64
"""How many channels one board can have."""


class ChannelType(StrEnum):
    """The type that a channel's values have. It never changes."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"


# The names that people use. Where a device class is given, the entity's name and
# icon are Home Assistant's own; else they stand in the translations and icons.json.
SENSORS: Final = {
    description.key: description
    for description in (
        SensorEntityDescription(
            key="temp",
            device_class=SensorDeviceClass.TEMPERATURE,
            native_unit_of_measurement=UnitOfTemperature.CELSIUS,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=1,
        ),
        SensorEntityDescription(
            key="distance",
            device_class=SensorDeviceClass.DISTANCE,
            native_unit_of_measurement=UnitOfLength.CENTIMETERS,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=1,
        ),
        SensorEntityDescription(
            key="humidity",
            device_class=SensorDeviceClass.HUMIDITY,
            native_unit_of_measurement=PERCENTAGE,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=1,
        ),
        SensorEntityDescription(
            key="pressure",
            device_class=SensorDeviceClass.PRESSURE,
            native_unit_of_measurement=UnitOfPressure.PA,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
        ),
        SensorEntityDescription(
            key="ppm",
            translation_key="ppm",
            native_unit_of_measurement=UnitOfRatio.PARTS_PER_MILLION,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
        ),
        SensorEntityDescription(
            key="co2",
            device_class=SensorDeviceClass.CO2,
            native_unit_of_measurement=UnitOfRatio.PARTS_PER_MILLION,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
        ),
        SensorEntityDescription(
            key="lux",
            device_class=SensorDeviceClass.ILLUMINANCE,
            native_unit_of_measurement=LIGHT_LUX,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=0,
        ),
        SensorEntityDescription(
            key="voltage",
            device_class=SensorDeviceClass.VOLTAGE,
            native_unit_of_measurement=UnitOfElectricPotential.VOLT,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=2,
        ),
        SensorEntityDescription(
            key="current",
            device_class=SensorDeviceClass.CURRENT,
            native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=2,
        ),
        SensorEntityDescription(
            key="power",
            device_class=SensorDeviceClass.POWER,
            native_unit_of_measurement=UnitOfPower.WATT,
            state_class=SensorStateClass.MEASUREMENT,
            suggested_display_precision=1,
        ),
        SensorEntityDescription(
            key="energy",
            device_class=SensorDeviceClass.ENERGY,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            state_class=SensorStateClass.TOTAL_INCREASING,
            suggested_display_precision=3,
        ),
        SensorEntityDescription(
            key="battery",
            device_class=SensorDeviceClass.BATTERY,
            native_unit_of_measurement=PERCENTAGE,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
        ),
        SensorEntityDescription(
            key="rssi",
            device_class=SensorDeviceClass.SIGNAL_STRENGTH,
            native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
        ),
        SensorEntityDescription(
            key="uptime",
            translation_key="uptime",
            device_class=SensorDeviceClass.DURATION,
            native_unit_of_measurement=UnitOfTime.SECONDS,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
            suggested_display_precision=0,
        ),
    )
}

BINARY_SENSORS: Final = {
    key: BinarySensorEntityDescription(key=key, translation_key=key)
    for key in ("red", "green", "blue", "led")
}

ALIASES: Final = {
    "temperature": "temp",
    "hum": "humidity",
    "illuminance": "lux",
    "signal": "rssi",
}

# Python's own types, by identity: bool is a subclass of int.
_ACCEPTS: Final[dict[ChannelType, frozenset[type]]] = {
    ChannelType.NUMBER: frozenset({float, int, type(None)}),
    ChannelType.BOOLEAN: frozenset({bool, type(None)}),
    # Every text is looked at, for its length.
    ChannelType.TEXT: frozenset({type(None)}),
}

_EXPECTED: Final = {
    ChannelType.NUMBER: "a number without quotes",
    ChannelType.BOOLEAN: "true or false",
    ChannelType.TEXT: "a text in double quotes",
}


def _nothing() -> None:
    """Stand in for an entity that is not there, or not enabled."""


class Channel:
    """One named value of a board.

    `write` is called when there is something to say about the value; the entity
    that shows the channel puts itself there.
    """

    __slots__ = ("accepts", "due", "key", "type", "value", "write")

    def __init__(self, key: str, channel_type: ChannelType) -> None:
        """Make a channel that has no value yet."""
        self.key = key
        self.type = channel_type
        self.accepts = _ACCEPTS[channel_type]
        self.value: Value = None
        self.due = 0.0
        self.write: Callable[[], None] = _nothing

    def release(self) -> None:
        """Let go of the entity."""
        self.write = _nothing


def known_name(key: str) -> str:
    """Return a key's name in the tables of names, if it has one there."""
    name = key.lower()
    return ALIASES.get(name, name)


def known_type(key: str) -> ChannelType | None:
    """Return the type that a key's name alone tells, if it does."""
    name = known_name(key)
    if name in SENSORS:
        return ChannelType.NUMBER
    if name in BINARY_SENSORS:
        return ChannelType.BOOLEAN
    return None


def type_of(key: str, value: Value) -> ChannelType | None:
    """Return the type that a new channel gets from its name or its first value.

    None means that the first value told nothing, being null.
    """
    if (known := known_type(key)) is not None:
        return known
    if value is None:
        return None
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
    if type(value) in channel.accepts:
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


def settle(channels: dict[str, Channel], key: str, value: Any) -> Value | Problem:
    """Return a value that a channel can take, or what is wrong with it.

    This is for what the fast way does not know. A key that is new and good becomes a
    channel of `channels`. None means that there is nothing to write: a channel that
    exists takes null the fast way.
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
