"""What looks like a wire that is loose: how long it takes, and what does not."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.arduino_sensor.calibration import Calibration
from custom_components.arduino_sensor.channels import Channel, settle
from custom_components.arduino_sensor.const import WATCH_ALL, WATCH_OFF, WATCH_SURE
from custom_components.arduino_sensor.description import parse_description
from custom_components.arduino_sensor.health import (
    DURATION,
    LOOK_INTERVAL,
    LOOKS,
    MAX_NAMELESS,
    Code,
    Health,
)
from custom_components.arduino_sensor.noise import Noise
from custom_components.arduino_sensor.protocol import ChannelType, Problem, Value

type News = tuple[dict[str, str], dict[str, str]]

NOTHING: News = ({}, {})
BEGIN = 1000.0


class Case:
    """A board, somebody who looks at it, and a clock."""

    def __init__(
        self, mode: str = WATCH_SURE, *known: str, **described: Mapping[str, Any]
    ) -> None:
        """Begin with channels that have had good values, and with others."""
        self.channels = {key: Channel(key, ChannelType.NUMBER) for key in known}
        for key, item in described.items():
            found = parse_description({"key": key, "kind": "sensor", **item})
            assert not isinstance(found, Problem), found
            self.channels[key] = Channel(key, found[1].value_type, found[1])
        self.health = Health(mode, known)
        self.noises = {
            key: self.health.noise(channel) for key, channel in self.channels.items()
        }
        self.now = BEGIN
        self.sent: float | None = BEGIN

    def send(self, **values: Value) -> None:
        """Take a reading."""
        self.sent = self.now
        for key, value in values.items():
            settled = settle(self.channels, key, value)
            assert not isinstance(settled, Problem)
            if value is None:
                self.health.null(self.channels, key, self.now)
            if (channel := self.channels.get(key)) is None:
                continue
            if (noise := self.noises.get(key)) is not None:
                noise.note(settled, self.now)
            channel.raw = settled
            shown = channel.calibrated(settled)
            if shown != channel.value:
                channel.value = shown
                channel.open = self.now

    def look(self, *, away: bool = False) -> News:
        """Look, and return what has begun and what is over."""
        begun, over = self.health.look(
            self.now, None if away else self.sent, self.channels
        )
        return (
            {trouble.key: trouble.code for trouble in begun},
            {trouble.key: trouble.code for trouble in over},
        )

    def goes_on(self, seconds: float, **values: Value) -> News:
        """Send the same every second, and look as often as is usual."""
        begun: dict[str, str] = {}
        over: dict[str, str] = {}
        for second in range(int(seconds)):
            self.send(**values)
            if second % LOOK_INTERVAL == 0:
                news = self.look()
                begun |= news[0]
                over |= news[1]
            self.now += 1
        return begun, over


# No value.


def test_null() -> None:
    """A thermometer without a value for five minutes, and then with one."""
    case = Case(WATCH_SURE, "temp")
    assert case.goes_on(60, temp=21.5) == NOTHING
    since = case.now
    assert case.goes_on(DURATION, temp=None) == NOTHING
    assert case.goes_on(LOOK_INTERVAL, temp=None) == ({"temp": "no_value"}, {})
    (trouble,) = case.health.troubles.values()
    assert (trouble.since, trouble.device_class) == (since, "temperature")
    # It is said once.
    assert case.goes_on(3600, temp=None) == NOTHING
    assert case.goes_on(LOOK_INTERVAL, temp=21.5) == ({}, {"temp": "no_value"})
    assert not case.health.troubles
    assert case.goes_on(600, temp=21.5) == NOTHING
    assert case.goes_on(600, temp=None) == ({"temp": "no_value"}, {})


def test_null_that_is_said_once() -> None:
    """A channel that is not in a reading is at what it was before."""
    case = Case(WATCH_SURE, "temp")
    case.send(temp=None)
    assert case.goes_on(600, door=True) == ({"temp": "no_value"}, {})


def test_a_value_in_between() -> None:
    """Now and then a value, between two looks: the wire holds, most of the time."""
    case = Case(WATCH_SURE, "temp")
    for _ in range(60):
        assert case.goes_on(25, temp=None) == NOTHING
        case.send(temp=21.5)
        case.send(temp=None)


def test_a_value_in_between_two_looks() -> None:
    """For somebody who looks, it is still the same problem, from the same time."""
    case = Case(WATCH_SURE, "temp")
    case.goes_on(360, temp=None)
    before = case.health.troubles
    assert before["temp"].since == BEGIN
    case.send(temp=20)
    assert case.goes_on(600, temp=None) == NOTHING
    assert case.health.troubles == before


def test_no_reading_yet() -> None:
    """What has not been said since the start may not be in the sketch any more."""
    case = Case(WATCH_ALL, "temp", "distance")
    assert case.goes_on(3600, humidity=40) == NOTHING


def test_null_from_the_first_reading() -> None:
    """A sensor that has never worked is seen, also without an entity for it."""
    case = Case()
    assert case.goes_on(300, temp=None, garden=None) == NOTHING
    assert list(case.channels) == ["temp"]
    assert case.goes_on(30, temp=None, garden=None) == (
        {"temp": "no_value", "garden": "no_value"},
        {},
    )
    assert case.health.troubles["garden"].device_class is None
    # Its first value makes it a channel.
    assert case.goes_on(30, temp=None, garden=3) == ({}, {"garden": "no_value"})
    assert case.health.troubles.keys() == {"temp"}


def test_keys_that_are_none() -> None:
    """Reserved keys have no values, and nonsense does not fill the memory."""
    case = Case()
    nonsense: dict[str, Value] = {f"x{number}": None for number in range(1000)}
    case.send(type=None, id=None, **nonsense)
    assert case.health.as_dict(case.now)["odd"].keys() == {
        f"x{number}" for number in range(MAX_NAMELESS)
    }
    # There is still room for channels.
    case.send(temp=None)
    assert case.goes_on(600, humidity=4)[0].keys() > {"temp"}


def test_texts_and_what_is_on_or_off() -> None:
    """These can well have nothing to say."""
    case = Case(WATCH_ALL, note={"type": "text"}, door={"kind": "binary_sensor"})
    case.channels["volume"] = Channel("volume", ChannelType.NUMBER, None)
    assert case.goes_on(600, note=None, door=None, volume=3) == NOTHING


def test_while_it_is_away() -> None:
    """Only time in which the board is there counts."""
    case = Case(WATCH_SURE, "temp")
    case.goes_on(100, temp=None)
    for _ in range(100):
        assert case.look(away=True) == NOTHING
        case.now += LOOK_INTERVAL
    assert case.goes_on(150, temp=None) == NOTHING
    assert case.goes_on(150, temp=None) == ({"temp": "no_value"}, {})


def test_a_board_that_comes_and_goes() -> None:
    """For how long it was there between two looks is not known."""
    case = Case(WATCH_SURE, "temp")
    for _ in range(100):
        assert case.goes_on(LOOK_INTERVAL, temp=None) == NOTHING
        assert case.look(away=True) == NOTHING
        case.now += LOOK_INTERVAL


def test_a_computer_that_was_asleep() -> None:
    """Time that nobody has seen is not much."""
    case = Case(WATCH_SURE, "temp")
    case.goes_on(100, temp=None)
    case.now += 86400
    assert case.goes_on(60, temp=None) == NOTHING


def test_a_board_that_sleeps() -> None:
    """It says so several times: silence is no sign."""
    case = Case(WATCH_SURE, "temp")
    news = []
    for _ in range(LOOKS + 1):
        case.health.connected()
        case.send(temp=None)
        for _ in range(20):
            news.append(case.look())
            case.now += LOOK_INTERVAL
    assert [number for number, one in enumerate(news) if one != NOTHING] == [
        20 * (LOOKS - 1)
    ]


def test_another_sketch() -> None:
    """What is not said again after a connection is not watched any more."""
    case = Case(WATCH_SURE, "temp")
    case.goes_on(600, temp=None, garden=None)
    assert case.health.troubles.keys() == {"temp", "garden"}
    # This one says it once.
    case.health.connected()
    case.send(garden=None)
    # It is not right again, it is only gone.
    assert case.goes_on(600, humidity=40) == NOTHING
    assert case.health.troubles.keys() == {"garden"}
    assert case.health.as_dict(case.now)["odd"].keys() == {"garden"}


def test_another_sketch_that_sleeps() -> None:
    """Each time that it wakes is a connection, and one more without that."""
    case = Case(WATCH_SURE, "temp")
    case.goes_on(600, temp=None)
    for _ in range(LOOKS + 1):
        assert case.health.troubles
        case.health.connected()
        case.send(humidity=40)
        for _ in range(20):
            assert case.look() == NOTHING
            case.now += LOOK_INTERVAL
    assert not case.health.troubles


def test_channel_that_is_another() -> None:
    """What is described otherwise has no value at first, and begins anew."""
    case = Case(WATCH_ALL, "distance", "dist")
    case.goes_on(600, distance=0, dist=0)
    for key in ("distance", "dist"):
        case.channels[key] = Channel(key, ChannelType.NUMBER)
    case.send(dist=None)
    assert case.look() == NOTHING
    assert case.health.troubles.keys() == {"dist"}
    assert case.health.as_dict(case.now)["odd"] == {
        "dist": {"code": "no_value", "seconds": 0}
    }


def test_shown_in_another_way() -> None:
    """What came before the board had an entry has moved nothing."""
    case = Case(WATCH_ALL, "distance")
    case.goes_on(60, distance=None)
    case.channels["distance"].value = 0
    case.look()
    assert case.health.as_dict(case.now)["odd"]["distance"]["code"] == "zero"


def test_channel_that_is_gone() -> None:
    """A channel that was forgotten has no problem any more, which is told."""
    case = Case(WATCH_ALL, "temp", "distance", x={"noisy": 10})
    case.goes_on(600, temp=None, distance=0, x=1)
    assert case.health.troubles.keys() == {"temp", "distance", "x"}
    case.channels.clear()
    case.health.forget(["temp", "x"])
    assert case.look() == (
        {},
        {"temp": "no_value", "distance": "zero", "x": "stuck"},
    )
    assert case.look() == NOTHING
    assert not case.health.troubles
    assert case.health.as_dict(0)["odd"] == case.health.as_dict(0)["unchanged"] == {}


# Stuck.


def test_noise() -> None:
    """Only what is the same in a row is counted, and nothing is nothing."""
    noise = Noise(10)
    counts = []
    for now, value in enumerate((None, 1, 1, 1.0, 2, 2, None, None, 2, 2)):
        noise.note(value, now)
        counts.append((noise.count, noise.since))
    assert [count for count, _ in counts] == [0, 1, 2, 3, 1, 2, 0, 0, 1, 2]
    assert [since for _, since in counts][-6:] == [4, 4, 4, 4, 8, 8]


def test_stuck() -> None:
    """So many readings that are the same, as the board has said."""
    case = Case(x={"noisy": 90}, y={"noisy": True}, z={})
    assert case.goes_on(90, x=1, y=1, z=1) == NOTHING
    assert case.goes_on(30, x=1, y=1, z=1) == ({"x": "stuck"}, {})
    assert case.health.troubles["x"].since == BEGIN
    assert case.goes_on(30, x=1, y=1, z=1) == ({"y": "stuck"}, {})
    assert case.goes_on(600, x=1.5, y=1, z=1) == ({"x": "stuck"}, {"x": "stuck"})
    assert case.goes_on(30, x=1, y=2, z=1) == ({}, {"x": "stuck", "y": "stuck"})


def test_stuck_after_just_as_many() -> None:
    """The tenth of ten counts."""
    case = Case(x={"noisy": 10})
    for _ in range(9):
        case.send(x=1)
    assert case.look() == NOTHING
    case.send(x=1)
    assert case.look() == ({"x": "stuck"}, {})


def test_stuck_and_then_nothing() -> None:
    """What gives nothing any more has not recovered."""
    case = Case(WATCH_SURE, x={"noisy": 10, "device_class": "temperature", "unit": "K"})
    assert case.goes_on(60, x=1) == ({"x": "stuck"}, {})
    assert case.goes_on(300, x=None) == NOTHING
    assert case.health.troubles["x"].code is Code.STUCK
    assert case.goes_on(60, x=None) == ({"x": "no_value"}, {})


# Numbers that say that nothing was measured.


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("distance", 0, "zero"),
        ("distance", 0.0, "zero"),
        ("dist_mm", 0, "zero"),
        ("temp", -127, "disconnected"),
        ("temp", -127.0, "disconnected"),
        ("temp_f", -196.6, "disconnected"),
        ("temp", 85, "power_on"),
        ("temp_f", 185, "power_on"),
        # What is there anyhow, and what has another meaning.
        ("temp", 0, None),
        ("temp", 185, None),
        ("temp", -126.9, None),
        ("temp_k", 85, None),
        ("humidity", 85, None),
        ("depth_cm", 0, None),
        ("altitude", 0, None),
        ("counter", 0, None),
        ("distance", 85, None),
        ("distance", 1, None),
    ],
)
def test_odd(key: str, value: float, code: str | None) -> None:
    """A new sensor that gives such a number, and no other, for five minutes."""
    case = Case()
    assert case.goes_on(300, **{key: value}) == NOTHING
    expected: News = ({} if code is None else {key: code}, {})
    assert case.goes_on(60, **{key: value}) == expected
    assert case.goes_on(30, **{key: 20}) == ({}, expected[0])


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"unit": "m"}, "zero"),
        ({}, None),
        ({"unit": "km", "state_class": "total_increasing"}, None),
        ({"device_class": "temperature"}, None),
    ],
)
def test_described_distance(item: dict[str, Any], code: str | None) -> None:
    """What was driven today is a distance as well, but not one that is measured."""
    case = Case(yard={"device_class": "distance", **item} if item else {})
    assert case.goes_on(600, yard=0)[0] == ({} if code is None else {"yard": code})


def test_corrected() -> None:
    """What the sensor gives counts, and not what a person makes of it."""
    case = Case(WATCH_SURE, "temp", "humidity")
    case.channels["temp"].calibration = Calibration(2, 1)
    case.channels["humidity"].calibration = Calibration(5, 1)
    assert case.goes_on(600, temp=-127, humidity=None)[0] == {
        "temp": "disconnected",
        "humidity": "no_value",
    }
    assert case.goes_on(600, temp=-129, humidity=3)[1].keys() == {"temp", "humidity"}


def test_an_echo_now_and_then() -> None:
    """A number in between, between two looks: it measures, most of the time."""
    case = Case(WATCH_ALL, "distance")
    for _ in range(60):
        assert case.goes_on(25, distance=0) == NOTHING
        case.send(distance=150)
        case.now += 1
        case.send(distance=0)
        case.now += 1


def test_one_kind_of_nonsense_after_the_other() -> None:
    """It is not right in between, and nothing is said of it."""
    case = Case(WATCH_ALL, "distance")
    assert case.goes_on(600, distance=0) == ({"distance": "zero"}, {})
    for _ in range(20):
        assert case.goes_on(60, distance=None) == NOTHING
        assert case.goes_on(60, distance=0) == NOTHING
        assert case.health.troubles["distance"].code is Code.ZERO
    assert case.goes_on(400, distance=None) == ({"distance": "no_value"}, {})
    assert case.goes_on(30, distance=7) == ({}, {"distance": "no_value"})


# What would only be a nuisance.

SHY: list[tuple[str, Value]] = [
    ("distance", None),
    ("distance", 0),
    ("temp", 85),
    ("heart_rate", None),
    ("time_to_full", None),
]


@pytest.mark.parametrize(("key", "value"), SHY)
def test_what_can_be_right(key: str, value: Value) -> None:
    """Nothing may be in the range of a sensor that has worked before."""
    assert Case(WATCH_SURE, key).goes_on(3600, **{key: value}) == NOTHING
    assert Case(WATCH_ALL, key).goes_on(600, **{key: value})[0].keys() == {key}
    # A new one has most likely been wired wrongly.
    assert Case(WATCH_SURE).goes_on(600, **{key: value})[0].keys() == {key}
    case = Case(WATCH_SURE)
    case.goes_on(60, **{key: value})
    case.goes_on(60, **{key: 20})
    assert case.goes_on(3600, **{key: value}) == NOTHING


@pytest.mark.parametrize(
    ("key", "value"),
    [("temp", None), ("humidity", None), ("pressure", None), ("temp", -127)],
)
def test_what_cannot_be_right(key: str, value: Value) -> None:
    """There is always a temperature."""
    assert Case(WATCH_SURE, key).goes_on(600, **{key: value})[0].keys() == {key}


def test_off() -> None:
    """Nothing is watched."""
    case = Case(WATCH_OFF, x={"noisy": 10})
    assert case.noises == {"x": None}
    assert case.goes_on(3600, x=1, temp=None, distance=0) == NOTHING
    assert case.health.as_dict(0) == {
        "watch": "off",
        "troubles": {},
        "odd": {},
        "unchanged": {},
    }


# When the board's entry is set up anew.


def test_resume() -> None:
    """All goes on: what is wrong, what is not yet, and what has been good."""
    case = Case(WATCH_SURE, x={"noisy": 300})
    case.goes_on(30, distance=20)
    case.goes_on(240, x=1, temp=None, distance=None, humidity=None)
    case.goes_on(90, x=1, humidity=4, distance=None)
    assert case.health.troubles.keys() == {"temp", "x"}
    before = case.health
    case.health = Health(WATCH_SURE, [])
    case.noises = {"x": case.health.noise(case.channels["x"])}
    case.health.resume(before)
    assert case.health.as_dict(0) == before.as_dict(0)
    assert case.goes_on(600, x=1, distance=None) == NOTHING
    assert case.health.troubles.keys() == {"temp", "x"}
    assert case.goes_on(30, x=2, temp=4) == ({}, {"temp": "no_value", "x": "stuck"})


def test_resume_is_no_reading() -> None:
    """A board that has not sent anything has not sent anything."""
    case = Case(WATCH_SURE, "temp")
    case.send(temp=None)
    for _ in range(100):
        assert case.look() == NOTHING
        before, case.health = case.health, Health(WATCH_SURE, [])
        case.health.resume(before)
        case.now += LOOK_INTERVAL


@pytest.mark.parametrize(
    ("before", "after"), [(WATCH_OFF, WATCH_SURE), (WATCH_SURE, WATCH_OFF)]
)
def test_resume_with_another_choice(before: str, after: str) -> None:
    """What is not watched any more is not wrong either; what is now begins anew."""
    case = Case(before)
    case.goes_on(600, temp=None)
    old, case.health = case.health, Health(after, ["temp"])
    case.health.resume(old)
    assert not case.health.troubles
    assert case.goes_on(300, temp=None) == NOTHING
    assert bool(case.goes_on(60, temp=None)[0]) is (after == WATCH_SURE)


def test_resume_with_less() -> None:
    """A person who wants to hear less does not hear that it is right again."""
    case = Case(WATCH_ALL, "distance")
    case.goes_on(600, distance=0)
    old, case.health = case.health, Health(WATCH_SURE, ["distance"])
    # This one was not noisy before.
    found = parse_description({"key": "x", "kind": "sensor", "noisy": 10})
    assert not isinstance(found, Problem)
    noise = case.health.noise(Channel("x", ChannelType.NUMBER, found[1]))
    case.health.resume(old)
    assert noise is not None
    assert noise.count == 0
    assert case.goes_on(60, distance=0) == NOTHING
    assert not case.health.troubles


def test_as_dict() -> None:
    """A bug report has what is wrong, what is odd, and what does not move."""
    case = Case(WATCH_ALL, x={"noisy": 1000})
    case.goes_on(361, temp=None, x=3)
    case.send(distance=0)
    case.look()
    assert case.health.as_dict(case.now) == {
        "watch": "all",
        "troubles": {"temp": {"code": Code.NO_VALUE, "seconds": 361}},
        "odd": {
            "temp": {"code": "no_value", "seconds": 361},
            "distance": {"code": "zero", "seconds": 0},
        },
        "unchanged": {"x": 361},
    }
