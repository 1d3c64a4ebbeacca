"""What a key means, and which values a channel takes."""

from typing import Any

import pytest

from custom_components.arduino_sensor.channels import (
    MAX_CHANNELS,
    Channel,
    check_event,
    check_key,
    check_value,
    fit,
    known_type,
    type_of,
)
from custom_components.arduino_sensor.description import Description, Kind
from custom_components.arduino_sensor.protocol import (
    MAX_KEY,
    MAX_TEXT,
    OUT_OF_RANGE,
    ChannelType,
    Problem,
)

NUMBER, BOOLEAN, TEXT = ChannelType.NUMBER, ChannelType.BOOLEAN, ChannelType.TEXT


@pytest.mark.parametrize(
    ("key", "channel_type"),
    [
        ("temp", NUMBER),
        ("Temperature", NUMBER),
        ("temp2", NUMBER),
        ("temp_f", NUMBER),
        ("Red", BOOLEAN),
        ("x", None),
    ],
)
def test_known_type(key: str, channel_type: ChannelType | None) -> None:
    """Some names tell the type of what they are for."""
    assert known_type(key) is channel_type
    assert MAX_CHANNELS == 64


@pytest.mark.parametrize(
    ("key", "value", "channel_type"),
    [
        ("temp", None, NUMBER),
        ("temp", "warm", NUMBER),
        ("red", 1, BOOLEAN),
        ("red", "on", BOOLEAN),
        # Known since later: sketches that sent something else before go on.
        ("door", None, BOOLEAN),
        ("door", 0, BOOLEAN),
        ("door", True, BOOLEAN),
        ("door", "open", TEXT),
        ("door", 2, NUMBER),
        ("wind", "NW", TEXT),
        ("wind", 3.5, NUMBER),
        ("temp_f", "hot", TEXT),
        ("smoke", None, None),
        ("smoke", 1, NUMBER),
        ("smoke", True, BOOLEAN),
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


def test_nothing() -> None:
    """A button and an event have no value at all, not even an unknown one."""
    channel = Channel("x", ChannelType.NOTHING)
    for value in (None, True, 1, "x"):
        result = fit(channel, value)
        assert isinstance(result, Problem)
        assert (result.code, result.key) == ("wrong_type", "x")
        assert "takes no value" in result.message


def test_listeners() -> None:
    """A channel tells nobody, one, or all that listen."""
    channel = Channel("x", NUMBER)
    channel.write()
    told: list[str] = []
    remove_first = channel.listen(lambda: told.append("first"))
    channel.write()
    remove_second = channel.listen(lambda: told.append("second"))
    channel.write()
    remove_first()
    channel.write()
    remove_second()
    channel.write()
    assert told == ["first", "first", "second", "second"]


def described(kind: Kind, *options: str) -> Channel:
    """Return a channel that its board has described."""
    description = Description(kind=kind, options=options or None)
    return Channel("x", description.value_type, description)


@pytest.mark.parametrize(
    ("options", "message", "event"),
    [
        (("a", "b"), {"event": "b"}, "b"),
        (("a",), {"event": "a"}, "a"),
        (("a",), {}, "a"),
        (("a", "b"), {}, None),
        (("a", "b"), {"event": "c"}, None),
        (("a", "b"), {"event": ["a"]}, None),
    ],
)
def test_events(
    options: tuple[str, ...], message: dict[str, Any], event: str | None
) -> None:
    """An event is one of those that were described; the only one needs no name."""
    result = check_event(described(Kind.EVENT, *options), message)
    if event is not None:
        assert result == event
        return
    assert isinstance(result, Problem)
    assert (result.code, result.key, result.field) == ("unknown_event", "x", "event")


@pytest.mark.parametrize(
    "channel", [None, Channel("x", BOOLEAN), described(Kind.SELECT, "a")]
)
def test_no_event_channel(channel: Channel | None) -> None:
    """Events need a channel that was described for them."""
    result = check_event(channel, {"key": "x", "event": "a"})
    assert isinstance(result, Problem)
    assert (result.code, result.field) == ("unknown_event", "key")
