"""The parts of a board's description, until it is whole."""

from collections.abc import Mapping
from typing import Any

from .channels import MAX_CHANNELS
from .description import Description, parse_description
from .protocol import Problem, quoted, shown


class Collector:
    """Gathers what a board says of its channels in one connection."""

    __slots__ = ("_described", "_whole")

    def __init__(self) -> None:
        """Begin with nothing described."""
        self._described: dict[str, Description] = {}
        self._whole = False

    def take(
        self, values: Mapping[str, Any]
    ) -> tuple[dict[str, Description] | None, list[Problem]]:
        """Take one `channels` message; return what is wrong with its items.

        With the final one, return all that is described, by key; before that, None.
        """
        items = values.get("channels")
        if not isinstance(items, list):
            return None, [_not_a_list(items)]
        if self._whole:
            # Described anew in the same connection.
            self._described, self._whole = {}, False
        problems: list[Problem] = []
        for item in items:
            parsed = parse_description(item)
            if isinstance(parsed, Problem):
                problems.append(parsed)
                continue
            key, description = parsed
            if key not in self._described and len(self._described) >= MAX_CHANNELS:
                problems.append(too_many(key))
                continue
            if key in self._described:
                problems.append(
                    Problem(
                        "duplicate_key",
                        f"{quoted(key)} is described twice: the last one counts.",
                        key,
                    )
                )
            self._described[key] = description
        self._whole = values.get("final") is True
        return (self._described if self._whole else None), problems


def too_many(key: str) -> Problem:
    """Return what to say of a channel that is one too many."""
    return Problem(
        "too_many_channels",
        f"{quoted(key)} is one channel more than the {MAX_CHANNELS} that a board "
        "can have.",
        key,
    )


def _not_a_list(items: object) -> Problem:
    but = "is missing" if items is None else f"is {shown(items)}"
    return Problem(
        "invalid_message",
        f"'channels' in channels has to be a list of objects, but it {but}.",
        field="channels",
    )
