"""What a message with a batch is taken for."""

from typing import Any

import pytest

from custom_components.arduino_sensor.history.batch import (
    Reading,
    parse_id,
    parse_readings,
)
from custom_components.arduino_sensor.protocol import OUT_OF_RANGE, Problem

OLDEST = 10 * 86400.0


@pytest.mark.parametrize(
    "batch", ["0badc0de-1", "a", "A-Z_09", "0badc0de-4294967295", "x" * 32]
)
def test_ids(batch: str) -> None:
    """An id is short and plain."""
    assert parse_id({"batch": batch}) == batch


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({}, "is missing"),
        ({"batch": None}, "is missing"),
        ({"batch": 5}, "is 5"),
        ({"batch": True}, "is true"),
        ({"batch": ""}, "is the text ''"),
        ({"batch": "x" * 33}, "is the text 'xxxxxxxxxxxxxxxxxxxxxxx…'"),
        ({"batch": "a b"}, "is the text 'a b'"),
        ({"batch": "ä"}, "is the text 'ä'"),
        ({"batch": "a\n"}, "is the text 'a?'"),
        ({"batch": ["a"]}, "is a list […]"),
        ({"batch": {"a": 1}}, "is an object {…}"),
    ],
)
def test_wrong_ids(message: dict[str, Any], said: str) -> None:
    """Everything else is refused by name."""
    problem = parse_id(message)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field) == ("invalid_batch", "batch")
    assert problem.message.endswith(f"but it {said}.")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({}, "is missing"),
        ({"readings": None}, "is missing"),
        ({"readings": {"age": 1}}, "is an object {…}"),
        ({"readings": "[]"}, "is the text '[]'"),
        ({"readings": 1}, "is 1"),
    ],
)
def test_no_readings(message: dict[str, Any], said: str) -> None:
    """Without a list of readings there is nothing to take."""
    problem = parse_readings(message, OLDEST)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field) == ("invalid_batch", "readings")
    assert problem.message.endswith(f"but it {said}.")


@pytest.mark.parametrize(
    ("item", "code", "field", "said"),
    [
        (1, "invalid_reading", "readings", "but one is 1."),
        ("x", "invalid_reading", "readings", "but one is the text 'x'."),
        (None, "invalid_reading", "readings", "but one is null."),
        ([], "invalid_reading", "readings", "but one is a list […]."),
        ({}, "invalid_age", "age", "it is missing."),
        ({"temp": 1}, "invalid_age", "age", "it is missing."),
        ({"age": None}, "invalid_age", "age", "it is missing."),
        ({"age": "5"}, "invalid_age", "age", "it is the text '5'."),
        ({"age": True}, "invalid_age", "age", "it is true."),
        ({"age": [5]}, "invalid_age", "age", "it is a list […]."),
        ({"age": {}}, "invalid_age", "age", "it is an object {…}."),
        ({"age": -0.1}, "invalid_age", "age", "it is -0.1."),
        ({"age": -5}, "invalid_age", "age", "it is -5."),
        ({"age": OUT_OF_RANGE}, "invalid_age", "age", "it is a number that is too"),
        ({"age": 1e300}, "invalid_age", "age", "longer than Home Assistant keeps"),
        ({"age": OLDEST + 1}, "invalid_age", "age", "keeps states (10.0 days)."),
    ],
)
def test_wrong_readings(item: Any, code: str, field: str, said: str) -> None:
    """One that is wrong is refused by name, and the others are taken."""
    parsed = parse_readings(
        {"readings": [{"age": 2, "temp": 1}, item, {"age": 1.5, "temp": 2}]}, OLDEST
    )
    assert not isinstance(parsed, Problem)
    readings, (problem,) = parsed
    assert readings == [Reading(2.0, {"temp": 1}), Reading(1.5, {"temp": 2})]
    assert (problem.code, problem.field) == (code, field)
    assert said in problem.message


def test_order() -> None:
    """The oldest comes first, however they were sent."""
    parsed = parse_readings(
        {
            "readings": [
                {"age": 1, "a": 1},
                {"age": 0},
                {"age": 5, "a": 2},
                {"age": 1, "a": 3},
            ]
        },
        OLDEST,
    )
    assert parsed == (
        [
            Reading(5.0, {"a": 2}),
            Reading(1.0, {"a": 1}),
            Reading(1.0, {"a": 3}),
            Reading(0.0, {}),
        ],
        [],
    )
    assert parse_readings({"readings": []}, OLDEST) == ([], [])
