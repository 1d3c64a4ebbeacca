"""The message with which a board hands over readings that it has kept."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Final, TypeGuard

from ..protocol import Problem, shown

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a while ago."""

    age: float
    """In seconds, when the message came."""
    values: dict[str, Any]
    """As they were sent."""


def is_batch_id(value: object) -> TypeGuard[str]:
    """Return whether this can be a batch's id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def parse_id(message: Mapping[str, Any]) -> str | Problem:
    """Return the id of a batch, or what is wrong with it."""
    if is_batch_id(found := message.get("batch")):
        return found
    return Problem(
        "invalid_batch",
        "'batch' in backlog has to be 1 to 32 of the characters a-z, A-Z, 0-9, _ and "
        f"-, and different for every batch, but it {_but(found)}.",
        field="batch",
    )


def parse_readings(
    message: Mapping[str, Any], oldest: float
) -> tuple[list[Reading], list[Problem]] | Problem:
    """Return the readings of a batch, oldest first, and what is wrong with others.

    What is older than `oldest`, in seconds, is not taken. A Problem alone means that
    nothing of the message can be used.
    """
    items = message.get("readings")
    if not isinstance(items, list):
        return Problem(
            "invalid_batch",
            f"'readings' in backlog has to be a list of objects, but it {_but(items)}.",
            field="readings",
        )
    readings: list[Reading] = []
    problems: list[Problem] = []
    for item in items:
        if not isinstance(item, dict):
            problems.append(
                Problem(
                    "invalid_reading",
                    "Each of the 'readings' in backlog has to be an object, but one "
                    f"is {shown(item)}.",
                    field="readings",
                )
            )
            continue
        age = item.get("age")
        if not _is_number(age) or not 0 <= age <= oldest:
            problems.append(_wrong_age(age, oldest))
            continue
        values = {key: value for key, value in item.items() if key != "age"}
        readings.append(Reading(float(age), values))
    # Of the same age, the one that is named later is newer.
    readings.sort(key=lambda reading: -reading.age)
    return readings, problems


def _is_number(found: object) -> TypeGuard[float]:
    # bool is a subclass of int, and no age.
    return type(found) in (int, float)


def _but(found: object) -> str:
    return "is missing" if found is None else f"is {shown(found)}"


def _wrong_age(age: object, oldest: float) -> Problem:
    why = (
        f", which is longer than Home Assistant keeps states ({oldest / 86400:.1f} days)"
        if _is_number(age) and age > oldest
        else ""
    )
    return Problem(
        "invalid_age",
        "'age' of a reading in backlog has to be a number of seconds that is not "
        f"negative, but it {_but(age)}{why}.",
        field="age",
    )
