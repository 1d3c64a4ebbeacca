"""What a board says of its channels: items, their parts, and what comes of them."""

from typing import Any

import pytest

from custom_components.arduino_sensor.channels import MAX_CHANNELS, Channel
from custom_components.arduino_sensor.collecting import Collector
from custom_components.arduino_sensor.description import (
    Color,
    Description,
    Kind,
    parse_description,
)
from custom_components.arduino_sensor.protocol import ChannelType, Problem
from custom_components.arduino_sensor.remembered import merge

FULL: dict[Kind, dict[str, Any]] = {
    Kind.SENSOR: {
        "type": "number",
        "unit": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
        "precision": 0,
        "deadband": 0.2,
        "noisy": 600,
        "min_interval": 10,
    },
    Kind.BINARY_SENSOR: {"device_class": "door"},
    Kind.SWITCH: {"device_class": "outlet"},
    Kind.LIGHT: {"color": "rgb"},
    Kind.NUMBER: {
        "unit": "%",
        "device_class": "humidity",
        "min": -5,
        "max": 5.5,
        "step": 0.5,
        "deadband": 1,
        "min_interval": 0.5,
    },
    Kind.BUTTON: {"device_class": "restart"},
    Kind.SELECT: {"options": ["off", "slow", "fast"]},
    Kind.TEXT: {"min": 1, "max": 16},
    Kind.EVENT: {"device_class": "button", "options": ["pressed"]},
}
COMMON = {
    "name": "Oven",
    "icon": "mdi:stove",
    "category": "diagnostic",
    "enabled": False,
}


def parsed(item: dict[str, Any]) -> Description:
    """Return the description in a good item."""
    result = parse_description(item)
    assert not isinstance(result, Problem), result
    assert result[0] == item["key"]
    return result[1]


@pytest.mark.parametrize("kind", list(Kind))
def test_everything(kind: Kind) -> None:
    """Take each member of each kind, and keep it as JSON can."""
    said = {"kind": kind.value, **COMMON, **FULL[kind]}
    description = parsed({"key": "oven", **said, "of_a_later_version": {}})
    assert description.as_stored() == said
    assert Description.from_stored(said) == description


@pytest.mark.parametrize("kind", list(Kind))
def test_least(kind: Kind) -> None:
    """Leave open what can be: null is as good as nothing."""
    needed = {"options": ["a"]} if kind in (Kind.SELECT, Kind.EVENT) else {}
    item = {"key": "x", "kind": kind.value, **needed, "name": None, "icon": None}
    assert parsed(item) == Description(kind=kind, options=("a",) if needed else None)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"kind": "sensor"}, ChannelType.NUMBER),
        ({"kind": "sensor", "type": "text"}, ChannelType.TEXT),
        ({"kind": "sensor", "options": ["a"]}, ChannelType.TEXT),
        ({"kind": "binary_sensor"}, ChannelType.BOOLEAN),
        ({"kind": "switch"}, ChannelType.BOOLEAN),
        ({"kind": "light"}, ChannelType.BOOLEAN),
        ({"kind": "light", "color": "on_off"}, ChannelType.BOOLEAN),
        ({"kind": "light", "color": "brightness"}, ChannelType.NUMBER),
        ({"kind": "light", "color": "rgb"}, ChannelType.TEXT),
        ({"kind": "light", "channels": ["r", "g", "b"]}, ChannelType.NOTHING),
        ({"kind": "number"}, ChannelType.NUMBER),
        ({"kind": "button"}, ChannelType.NOTHING),
        ({"kind": "select", "options": ["a"]}, ChannelType.TEXT),
        ({"kind": "text"}, ChannelType.TEXT),
        ({"kind": "event", "options": ["a"]}, ChannelType.NOTHING),
    ],
)
def test_value_type(item: dict[str, Any], expected: ChannelType) -> None:
    """A kind tells the type of the values."""
    assert parsed({"key": "x", **item}).value_type is expected


@pytest.mark.parametrize(
    ("item", "field", "message"),
    [
        ({}, "kind", "'kind' of channel 'x' has to be one of sensor, "),
        ({"kind": "valve"}, "kind", "but it is the text 'valve'."),
        ({"kind": ["sensor"]}, "kind", "but it is a list […]."),
        ({"kind": "sensor", "key": ""}, "key", "a text of 1 to 64 characters"),
        ({"kind": "sensor", "key": " x"}, "key", "a text of 1 to 64 characters"),
        ({"kind": "sensor", "key": "x" * 65}, "key", "a text of 1 to 64 characters"),
        ({"kind": "sensor", "key": "a\tb"}, "key", "a text of 1 to 64 characters"),
        ({"kind": "sensor", "key": None}, "key", "but it is missing."),
        ({"kind": "sensor", "key": 7}, "key", "but it is 7."),
        ({"kind": "sensor", "key": "time"}, "key", "another name: this one is res"),
        ({"kind": "sensor", "name": "a" * 65}, "name", "1 to 64 characters"),
        ({"kind": "sensor", "name": "a\nb"}, "name", "1 to 64 characters"),
        ({"kind": "sensor", "unit": "a" * 17}, "unit", "1 to 16 characters"),
        ({"kind": "sensor", "type": "bool"}, "type", "one of number, text"),
        ({"kind": "sensor", "precision": 7}, "precision", "from 0 to 6"),
        ({"kind": "sensor", "precision": True}, "precision", "from 0 to 6"),
        ({"kind": "sensor", "precision": 1.5}, "precision", "from 0 to 6"),
        ({"kind": "sensor", "options": []}, "options", "a list of 1 to 32"),
        ({"kind": "sensor", "icon": "fan"}, "icon", "an icon such as mdi:fan"),
        ({"kind": "sensor", "icon": "mdi:<b>"}, "icon", "an icon such as mdi:fan"),
        ({"kind": "sensor", "category": "x"}, "category", "one of diagnostic, config"),
        ({"kind": "sensor", "enabled": 1}, "enabled", "true or false"),
        ({"kind": "sensor", "device_class": 5}, "device_class", "1 to 64 characters"),
        ({"kind": "select"}, "options", "a list of 1 to 32"),
        ({"kind": "select", "options": "a"}, "options", "a list of 1 to 32"),
        ({"kind": "select", "options": ["a", "a"]}, "options", "different texts"),
        ({"kind": "select", "options": ["a", None]}, "options", "different texts"),
        ({"kind": "select", "options": ["a", ["b"]]}, "options", "different texts"),
        ({"kind": "select", "options": [*map(str, range(33))]}, "options", "1 to 32"),
        ({"kind": "event"}, "options", "a list of 1 to 32"),
        ({"kind": "number", "min": "0"}, "min", "a number"),
        ({"kind": "number", "min": True}, "min", "a number"),
        ({"kind": "number", "max": float("inf")}, "max", "a number"),
        ({"kind": "number", "max": 1e300}, "max", "9007199254740992"),
        ({"kind": "number", "step": 0}, "step", "a number above 0"),
        ({"kind": "sensor", "deadband": 0}, "deadband", "a number above 0"),
        ({"kind": "sensor", "deadband": "1"}, "deadband", "a number"),
        ({"kind": "number", "deadband": True}, "deadband", "a number"),
        ({"kind": "number", "deadband": -1}, "deadband", "a number above 0"),
        ({"kind": "sensor", "noisy": 9}, "noisy", "true, or a whole number of"),
        ({"kind": "sensor", "noisy": 10001}, "noisy", "from 10 to 10000"),
        ({"kind": "sensor", "noisy": 20.0}, "noisy", "a whole number"),
        ({"kind": "sensor", "noisy": "yes"}, "noisy", "true, or a whole number of"),
        (
            {"kind": "sensor", "type": "text", "noisy": True},
            "noisy",
            "left out for a text",
        ),
        ({"kind": "sensor", "min_interval": 0}, "min_interval", "a number above 0"),
        ({"kind": "sensor", "min_interval": 86401}, "min_interval", "at most 86400"),
        ({"kind": "number", "min_interval": []}, "min_interval", "a number"),
        (
            {"kind": "sensor", "type": "text", "deadband": 1},
            "deadband",
            "left out for a text",
        ),
        (
            {"kind": "sensor", "options": ["a"], "min_interval": 1},
            "min_interval",
            "left out for a text",
        ),
        ({"kind": "number", "min": 5, "max": 5}, "max", "more than 'min', which is 5"),
        ({"kind": "number", "min": 200}, "max", "more than 'min', which is 200"),
        ({"kind": "number", "max": -1}, "max", "more than 'min', which is 0"),
        ({"kind": "text", "max": 256}, "max", "from 0 to 255"),
        ({"kind": "text", "min": 9, "max": 8}, "max", "more than 'min', which is 9"),
        ({"kind": "light", "color": "blue"}, "color", "one of on_off, brightness, rgb"),
        ({"kind": "light", "channels": ["r", "g"]}, "channels", "a list of three keys"),
        ({"kind": "light", "channels": ["r", "g", "g"]}, "channels", "three keys"),
        ({"kind": "light", "channels": ["r", "g", "id"]}, "channels", "three keys"),
        (
            {"kind": "light", "channels": ["r", "g", "b"], "color": "rgb"},
            "color",
            "left out where 'channels' is given",
        ),
    ],
)
def test_wrong_item(item: dict[str, Any], field: str, message: str) -> None:
    """What is wrong is named by key and field, in a sentence."""
    problem = parse_description({"key": "x", **item})
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field) == ("invalid_channel", field)
    assert message in problem.message
    assert problem.as_message()["field"] == field
    if field != "key":
        assert problem.key == "x"


@pytest.mark.parametrize("item", [None, 3, "temp", ["temp"], True])
def test_no_item(item: Any) -> None:
    """An item that is no object is none."""
    problem = parse_description(item)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.key) == ("invalid_channel", None)


def test_light() -> None:
    """A light keeps what it can do, also through storage."""
    light = parsed({"key": "x", "kind": "light", "color": "brightness"})
    assert light.color is Color.BRIGHTNESS
    rgb = parsed({"key": "x", "kind": "light", "channels": ["r", "g", "b"]})
    assert Description.from_stored(rgb.as_stored()).channels == ("r", "g", "b")


@pytest.mark.parametrize(
    ("said", "expected"),
    [(True, 120), (False, None), (None, None), (10, 10), (10000, 10000)],
)
def test_noisy(said: Any, expected: int | None) -> None:
    """How many readings it takes is known from what the board says."""
    description = parsed({"key": "x", "kind": "sensor", "noisy": said})
    assert description.noisy == expected
    assert Description.from_stored(description.as_stored()) == description


# In parts.


def items(*keys: str) -> list[dict[str, str]]:
    """Return plain items for these keys."""
    return [{"key": key, "kind": "sensor"} for key in keys]


def test_parts() -> None:
    """It is whole with the final part; then it can begin anew."""
    collector = Collector()
    assert collector.take({"channels": items("a", "b")}) == (None, [])
    described, problems = collector.take({"channels": items("c"), "final": True})
    assert (list(described or ()), problems) == (["a", "b", "c"], [])
    described, problems = collector.take({"channels": items("d"), "final": True})
    assert (list(described or ()), problems) == (["d"], [])


def test_bad_item_among_good() -> None:
    """One bad item does not spoil the rest; a key twice is said."""
    described, problems = Collector().take(
        {"channels": [*items("a", "b", "a"), {"key": "c"}, 5], "final": True}
    )
    assert list(described or ()) == ["a", "b"]
    assert [(problem.code, problem.key) for problem in problems] == [
        ("duplicate_key", "a"),
        ("invalid_channel", "c"),
        ("invalid_channel", None),
    ]


@pytest.mark.parametrize("channels", [None, {}, "a", 3])
def test_no_list(channels: Any) -> None:
    """A part without a list is no part, and never the final one."""
    described, (problem,) = Collector().take({"channels": channels, "final": True})
    assert described is None
    assert (problem.code, problem.field) == ("invalid_message", "channels")


def test_too_many() -> None:
    """No more is described than a board can have."""
    keys = [f"k{number}" for number in range(MAX_CHANNELS + 2)]
    described, problems = Collector().take({"channels": items(*keys), "final": True})
    assert len(described or ()) == MAX_CHANNELS
    assert [problem.code for problem in problems] == ["too_many_channels"] * 2


# Merged with what was known.


def test_merge() -> None:
    """Described before and gone, only in readings, described anew, unchanged, new."""
    sensor = parsed({"key": "x", "kind": "sensor"})
    switch = parsed({"key": "x", "kind": "switch"})
    before = {
        "gone": Channel("gone", ChannelType.NUMBER, sensor),
        "read": Channel("read", ChannelType.NUMBER),
        "same": Channel("same", ChannelType.NUMBER, sensor),
        "other": Channel("other", ChannelType.NUMBER, sensor),
        "first": Channel("first", ChannelType.TEXT),
    }
    described = {"same": sensor, "other": switch, "first": sensor, "new": switch}
    merged, problems = merge(before, described)
    assert not problems
    assert set(merged) == {"read", "same", "other", "first", "new"}
    assert merged["read"] is before["read"]
    assert merged["same"] is before["same"]
    assert (merged["other"].kind, merged["other"].type) == (
        Kind.SWITCH,
        ChannelType.BOOLEAN,
    )
    assert merged["first"].type is ChannelType.NUMBER
    assert merged["new"].description is switch


def test_merge_too_many() -> None:
    """Channels that are only in readings count too."""
    before = {
        key: Channel(key, ChannelType.NUMBER)
        for key in map(str, range(MAX_CHANNELS - 1))
    }
    sensor = parsed({"key": "x", "kind": "sensor"})
    merged, (problem,) = merge(before, {"a": sensor, "b": sensor, "0": sensor})
    assert (problem.code, problem.key) == ("too_many_channels", "b")
    assert len(merged) == MAX_CHANNELS
    assert merged["0"].description is sensor
