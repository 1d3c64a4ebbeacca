"""What of a batch is new."""

from typing import Any

import pytest

from custom_components.arduino_sensor.history.merging import merge
from custom_components.arduino_sensor.history.row import Row

type Pairs = list[tuple[float, str]]


def rows(*pairs: tuple[float, str], **attributes: Any) -> list[Row]:
    """Return rows with these times and states."""
    return [Row(at, state, attributes) for at, state in pairs]


def pairs(found: list[Row]) -> Pairs:
    """Return times and states of rows."""
    return [(row.at, row.state) for row in found]


@pytest.mark.parametrize(
    ("known", "past", "new"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([], [(1, "a"), (2, "b")], [(1, "a"), (2, "b")], id="all new"),
        pytest.param([(1, "a")], [(1, "a"), (2, "b")], [(2, "b")], id="overlap"),
        pytest.param([(1, "a")], [(0.1, "a"), (9, "b")], [(9, "b")], id="late"),
        pytest.param([(1, "a")], [(1.9, "a"), (9, "b")], [(9, "b")], id="early"),
        pytest.param(
            [(1, "a"), (5, "b")],
            [(2.5, "b"), (3, "a")],
            [(2.5, "b"), (3, "a")],
            id="too far apart",
        ),
        pytest.param(
            [(1, "a")],
            [(0.8, "a"), (1.2, "b"), (1.4, "a")],
            [(1.2, "b"), (1.4, "a")],
            id="one for one",
        ),
        pytest.param(
            [(0, "a"), (0.5, "b"), (1, "a"), (1.5, "b")],
            [(1, "a"), (1.5, "b"), (2, "a"), (2.5, "b")],
            [(2, "a"), (2.5, "b")],
            id="the nearest",
        ),
        pytest.param(
            [(1, "a")], [(5, "a"), (9, "b"), (10, "b")], [(9, "b")], id="same"
        ),
        pytest.param([(1, "20")], [(5, "20.0")], [(5, "20.0")], id="other digits"),
        pytest.param([(1, "20")], [(1.1, "20.0")], [], id="other digits at once"),
        pytest.param([(1, "0.1234567")], [(1.5, "0.12345674")], [], id="float"),
        pytest.param([(1, "x")], [(1.0002, "y")], [], id="that very time"),
        pytest.param([(1, "nan")], [(1.5, "x")], [(1.5, "x")], id="no numbers"),
    ],
)
def test_merge(known: Pairs, past: Pairs, new: Pairs) -> None:
    """What is there already, or says nothing new, is not written."""
    heard = [at for at, _ in past]
    assert pairs(merge(rows(*known), rows(*past), heard)) == new
    # And not a second time.
    there = sorted([*rows(*known), *rows(*new)], key=lambda row: row.at)
    assert merge(there, rows(*past), heard) == []


def test_units() -> None:
    """A number is not the same in another unit."""
    past = [
        Row(1, "5", {"unit_of_measurement": "°C"}),
        Row(5, "5", {"unit_of_measurement": "°F"}),
        Row(9, "5", {"unit_of_measurement": "°F", "icon": "mdi:fan"}),
    ]
    known = [Row(1, "5", {"unit_of_measurement": "°C", "friendly_name": "x"})]
    assert merge(known, past, [1, 5, 9]) == [past[1]]


def test_same_time() -> None:
    """A reading at the very time of another state comes after it."""
    known = rows((1, "a"), (2, "unavailable"))
    found = merge(known, rows((1.5, "b"), (1.5, "c")), [1.5])
    assert pairs(found) == [(1.5, "b"), (1.501, "c")]


@pytest.mark.parametrize(
    ("known", "past", "heard", "new"),
    [
        pytest.param(
            [(1, "a"), (30, "unavailable")],
            [],
            [5, 35, 40],
            [(35, "a")],
            id="had not changed",
        ),
        pytest.param(
            [(1, "a"), (30, "unavailable")], [], [5, 10], [], id="not heard again"
        ),
        pytest.param(
            [(1, "a"), (30, "unavailable"), (34, "b")],
            [],
            [35, 40],
            [],
            id="came live",
        ),
        pytest.param(
            [(1, "a"), (30, "unavailable")],
            [(35, "b")],
            [35, 40],
            [(35, "b")],
            id="was sent",
        ),
        pytest.param(
            [(1, "a"), (30, "unavailable")],
            [(10, "b"), (40, "c")],
            [10, 35, 40],
            [(10, "b"), (35, "b"), (40, "c")],
            id="changed before",
        ),
        pytest.param(
            [(1, "a"), (30, "unavailable"), (100, "unavailable")],
            [(50, "b")],
            [40, 50, 110],
            [(40, "a"), (50, "b"), (110, "b")],
            id="twice",
        ),
        pytest.param(
            [(1, "unknown"), (30, "unavailable")],
            [],
            [35],
            [(35, "unknown")],
            id="unknown",
        ),
        pytest.param([(30, "unavailable")], [], [35], [], id="never known"),
        pytest.param(
            [(30, "unavailable")],
            [(30.5, "b")],
            [30.5, 35],
            [(30.5, "b")],
            id="at once",
        ),
    ],
)
def test_unavailable(known: Pairs, past: Pairs, heard: list[float], new: Pairs) -> None:
    """A board that was there has kept what it had said, in all of its channels."""
    assert pairs(merge(rows(*known), rows(*past), heard)) == new
    there = sorted([*rows(*known), *rows(*new)], key=lambda row: row.at)
    assert merge(there, rows(*past), heard) == []


def test_unavailable_since_long() -> None:
    """The last state may be from before what is looked at."""
    before = Row(-500, "a", {"x": 1})
    found = merge(rows((0, "unavailable")), [], [35], before)
    assert found == [Row(35, "a", {"x": 1})]
