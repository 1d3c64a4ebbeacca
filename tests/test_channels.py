"""What a key means, and which values a channel takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.arduino_sensor import channels
from custom_components.arduino_sensor.channels import (
    ALIASES,
    BINARY_SENSORS,
    MAX_CHANNELS,
    SENSORS,
    Channel,
    ChannelType,
    check_key,
    check_value,
    fit,
    known_name,
    known_type,
    type_of,
)
from custom_components.arduino_sensor.protocol import (
    MAX_KEY,
    MAX_TEXT,
    OUT_OF_RANGE,
    Problem,
)
from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
    SensorDeviceClass,
    SensorStateClass,
)

NUMBER, BOOLEAN, TEXT = ChannelType.NUMBER, ChannelType.BOOLEAN, ChannelType.TEXT

FOLDER = Path(channels.__file__).parent
STRINGS = json.loads((FOLDER / "translations" / "en.json").read_text())["entity"]
ICONS = json.loads((FOLDER / "icons.json").read_text())["entity"]


@pytest.mark.parametrize("description", SENSORS.values(), ids=SENSORS)
def test_table_makes_sense_to_home_assistant(description: Any) -> None:
    """Unit, device class and state class go together, and a name is there."""
    device_class = description.device_class
    if device_class is not None:
        assert (
            description.native_unit_of_measurement in (DEVICE_CLASS_UNITS[device_class])
        )
        if device_class in DEVICE_CLASS_STATE_CLASSES:
            assert description.state_class in DEVICE_CLASS_STATE_CLASSES[device_class]
    else:
        assert description.translation_key is not None
    assert description.state_class is not None
    assert description.key not in ALIASES
    if description.translation_key is not None:
        assert STRINGS["sensor"][description.translation_key]["name"]
    if device_class is None:
        assert ICONS["sensor"][description.translation_key]["default"]


@pytest.mark.parametrize("description", BINARY_SENSORS.values(), ids=BINARY_SENSORS)
def test_binary_sensors_have_words_and_icons(description: Any) -> None:
    """Whatever has no device class needs a name and an icon of its own."""
    assert STRINGS["binary_sensor"][description.translation_key]["name"]
    assert ICONS["binary_sensor"][description.translation_key]["default"]


def test_readings_of_the_first_sketch() -> None:
    """The names that every example uses mean what they say."""
    assert SENSORS["temp"].device_class is SensorDeviceClass.TEMPERATURE
    assert SENSORS["temp"].native_unit_of_measurement == "°C"
    assert SENSORS["distance"].device_class is SensorDeviceClass.DISTANCE
    assert SENSORS["distance"].native_unit_of_measurement == "cm"
    assert {SENSORS[key].state_class for key in ("temp", "distance")} == {
        SensorStateClass.MEASUREMENT
    }
    assert {"red", "green", "blue"} <= BINARY_SENSORS.keys()
    assert set(ALIASES.values()) <= SENSORS.keys()
    assert MAX_CHANNELS == 64


@pytest.mark.parametrize(
    ("key", "name", "channel_type"),
    [
        ("temp", "temp", NUMBER),
        ("Temperature", "temp", NUMBER),
        ("HUM", "humidity", NUMBER),
        ("signal", "rssi", NUMBER),
        ("Red", "red", BOOLEAN),
        ("temp2", "temp2", None),
    ],
)
def test_known_names(key: str, name: str, channel_type: ChannelType | None) -> None:
    """Names are known in any case, and by what else people call them."""
    assert known_name(key) == name
    assert known_type(key) is channel_type


@pytest.mark.parametrize(
    ("key", "value", "channel_type"),
    [
        ("temp", None, NUMBER),
        ("temp", "warm", NUMBER),
        ("red", 1, BOOLEAN),
        ("x", None, None),
        ("x", False, BOOLEAN),
        ("x", 0, NUMBER),
        ("x", 0.5, NUMBER),
        ("x", "", TEXT),
    ],
)
def test_type_of(key: str, value: Any, channel_type: ChannelType | None) -> None:
    """The name decides, or the first value that is one."""
    assert type_of(key, value) is channel_type


@pytest.mark.parametrize("key", ["", " ", "x" * (MAX_KEY + 1), "a\x00b", "a\nb"])
def test_bad_keys(key: str) -> None:
    """A channel needs a name that can be read."""
    problem = check_key(key)
    assert problem is not None
    assert problem.code == "invalid_key"
    assert len(problem.key or "") <= MAX_KEY
    assert problem.message.isprintable()


@pytest.mark.parametrize("key", ["x", "x" * MAX_KEY, "Größe 1", "a.b/c", "日"])
def test_good_keys(key: str) -> None:
    """Any other is fine."""
    assert check_key(key) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (OUT_OF_RANGE, "number_out_of_range"),
        ([1], "nested_value"),
        ({}, "nested_value"),
        ("x" * (MAX_TEXT + 1), "text_too_long"),
        ("x" * MAX_TEXT, None),
        (1, None),
        (None, None),
    ],
)
def test_check_value(value: Any, code: str | None) -> None:
    """Some values are for no channel at all."""
    problem = check_value("x", value)
    assert (problem.code if problem is not None else None) == code
    for channel_type in ChannelType:
        if code is not None:
            assert fit(Channel("x", channel_type), value) == problem


@pytest.mark.parametrize(
    ("channel_type", "value", "fitted"),
    [
        (NUMBER, 1, 1),
        (NUMBER, 1.5, 1.5),
        (NUMBER, None, None),
        (NUMBER, True, "a number without quotes, but got true."),
        (NUMBER, "25.5", "a number without quotes, but got the text '25.5'."),
        (BOOLEAN, True, True),
        (BOOLEAN, None, None),
        (BOOLEAN, 1, True),
        (BOOLEAN, 0, False),
        (BOOLEAN, 2, "true or false, but got 2."),
        (BOOLEAN, 1.0, "true or false, but got 1.0."),
        (BOOLEAN, "on", "true or false, but got the text 'on'."),
        (TEXT, "x", "x"),
        (TEXT, None, None),
        (TEXT, 1, "a text in double quotes, but got 1."),
        (TEXT, False, "a text in double quotes, but got false."),
    ],
)
def test_fit(channel_type: ChannelType, value: Any, fitted: Any) -> None:
    """A channel takes values of its type, and says what it takes."""
    result = fit(Channel("x", channel_type), value)
    if isinstance(result, Problem):
        assert result == Problem("wrong_type", f"'x' takes {fitted}", "x")
    else:
        assert (result, type(result)) == (fitted, type(fitted))


def test_release() -> None:
    """A channel without an entity can still be told to write."""
    channel = Channel("x", NUMBER)
    written: list[None] = []
    channel.write = lambda: written.append(None)
    channel.write()
    channel.release()
    channel.write()
    assert written == [None]
