"""What Home Assistant refuses of a description, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from .protocol import Problem, quoted

MAX_LISTED: Final = 10
"""How many of the right values are named to somebody who has given a wrong one."""

SENTENCES: Final = {
    "refused_device_class": (
        "'device_class' of {channel}, a {kind}, has to be one of {allowed}, but it is "
        "{given}."
    ),
    "refused_unit": (
        "'unit' of {channel} has to be one of {allowed} with the device class "
        "{device_class}, but it is {given}."
    ),
    "refused_no_unit": (
        "'unit' of {channel} has to be one of {allowed} with the device class "
        "{device_class}, but it is missing."
    ),
    "refused_any_unit": (
        "'unit' of {channel} has to be left out with the device class {device_class}, "
        "but it is {given}."
    ),
    "refused_state_class": (
        "'state_class' of {channel} has to be one of {allowed}, but it is {given}."
    ),
    "refused_state_class_here": (
        "'state_class' of {channel} has to be one of {allowed} with the device class "
        "{device_class}, but it is {given}."
    ),
    "refused_state_class_unit": (
        "'state_class' of {channel} is {given}, but that needs the unit {allowed}."
    ),
    "refused_on_text": (
        "'{field}' of {channel} has to be left out: it is for numbers, but this "
        "sensor is a text."
    ),
    "refused_enum": (
        "'options' of {channel} are missing: the device class enum needs them."
    ),
    "refused_time": (
        "'device_class' of {channel} cannot be {given}: boards send no dates and times."
    ),
    "refused_category": (
        "'category' of {channel} has to be diagnostic or left out: nobody can act on "
        "a {kind}."
    ),
    "refused_doorbell": (
        "'options' of {channel} have to include {allowed} with the device class "
        "doorbell."
    ),
}
"""What the board is told; by the same keys, the translations have a repair."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in a description that Home Assistant would not take."""

    key: str
    """The channel's."""
    field: str
    """What of its description has to be changed."""
    translation_key: str
    placeholders: Mapping[str, str]
    """What was given and what would be right, as it stands in a sketch."""
    problem: Problem
    """The same for the board."""


def refuse(key: str, field: str, reason: str, /, **placeholders: str) -> Refused:
    """Return what to say of a channel, with what its sentence needs."""
    placeholders["channel"] = key
    sentence = SENTENCES[reason].format(
        **{
            name: quoted(text) if name in ("channel", "given") else text
            for name, text in placeholders.items()
        }
    )
    return Refused(
        key,
        field,
        reason,
        placeholders,
        Problem("refused_channel", sentence, key, field),
    )


def listed(allowed: Iterable[object], given: str | None) -> str:
    """Return values as a list; if there are many, those that are like a given one."""
    return _listed(frozenset(str(value) for value in allowed), given)


@lru_cache(maxsize=64)
def _listed(allowed: frozenset[str], given: str | None) -> str:
    """Return the list: a board with many channels has the same slip in all of them."""

    def unlike(value: str) -> float:
        return -SequenceMatcher(None, (given or "").lower(), value.lower()).ratio()

    values = sorted(allowed)
    if len(values) > MAX_LISTED:
        values = [*sorted(values, key=unlike)[:MAX_LISTED], "…"]
    return ", ".join(values)
