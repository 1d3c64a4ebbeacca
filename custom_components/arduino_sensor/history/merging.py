"""What of a batch is new, beside what the database has."""

from bisect import bisect_left
from collections.abc import Sequence
import math
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE

from .row import Row, look
from .thinning import Policy, thin

SAME: Final = 1.0
"""So far apart at most, in seconds, are the times of what was sent live and of the same
reading in a batch: it travelled, and the board's clock is another one."""

# Times are whole milliseconds.
_EXACT: Final = 0.0006


def merge(
    known: Sequence[Row],
    past: Sequence[Row],
    heard: Sequence[float],
    before: Row | None = None,
    policy: Policy | None = None,
    until: float = math.inf,
) -> list[Row]:
    """Return the rows that are missing in the database.

    `known` is what it has, from some time before the batch until now, and `past` is
    what the batch says of the entity; `heard` is when the board has taken a reading,
    whatever was in it. All of them are in order. `before` is the last state that the
    entity had before `known`, if that begins with its being unavailable. `policy` is
    there for what is not published each time, and `until` is now.
    """
    unknown = _unknown(known, past)
    if policy is None:
        new = [row for row, is_new in zip(past, unknown, strict=True) if is_new]
    else:
        new = thin(known, past, unknown, policy, until)
    new += _carried(known, past, new, heard, before)
    return _changes(known, new)


def _unknown(known: Sequence[Row], past: Sequence[Row]) -> list[bool]:
    """Return for each reading whether it is not in the database.

    There each row stands for one reading.
    """
    times = [row.at for row in known]
    taken: set[int] = set()
    unknown = [True] * len(past)

    def _look_for(number: int, margin: float) -> None:
        row = past[number]
        begin = bisect_left(times, row.at - margin)
        end = bisect_left(times, row.at + margin + _EXACT)
        twins = [
            (abs(known[place].at - row.at), place)
            for place in range(begin, end)
            if place not in taken and (margin < SAME or _is_same(known[place], row))
        ]
        if twins:
            taken.add(min(twins)[1])
            unknown[number] = False

    # What was written of a batch is there at its very time, whatever it is at.
    for number in range(len(past)):
        _look_for(number, _EXACT)
    for number, is_unknown in enumerate(list(unknown)):
        if is_unknown:
            _look_for(number, SAME)
    return unknown


def _carried(
    known: Sequence[Row],
    past: Sequence[Row],
    new: Sequence[Row],
    heard: Sequence[float],
    before: Row | None,
) -> list[Row]:
    """Return what ends the times in which an entity was taken to be unavailable.

    The board was there, it turns out: what it has not sent again had not changed.
    """
    merged = sorted([*known, *new], key=_when)
    carried: list[Row] = []
    for place, row in enumerate(known):
        if row.state != STATE_UNAVAILABLE:
            continue
        until = known[place + 1].at if place + 1 < len(known) else math.inf
        back = next((at for at in heard if at > row.at), math.inf)
        if back >= until or any(row.at < other.at <= back for other in past):
            continue
        last = next(
            (
                other
                for other in reversed(merged)
                if other.at < row.at and other.state != STATE_UNAVAILABLE
            ),
            before,
        )
        if last is not None:
            carried.append(last._replace(at=back))
    return carried


def _changes(known: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """Return those rows that differ from the one before.

    Home Assistant writes no others.
    """
    changes: list[Row] = []
    last: Row | None = None
    for at, is_new, row in sorted(
        [(row.at, 0, row) for row in known] + [(row.at, 1, row) for row in new],
        key=lambda item: item[:2],
    ):
        if is_new and (last is None or look(last) != look(row)):
            # Each at a time of its own, so that the order stays.
            if last is not None and last.at >= at:
                row = row._replace(at=round(last.at + 0.001, 3))
            changes.append(row)
        elif is_new:
            continue
        last = row
    return changes


def _when(row: Row) -> float:
    return row.at


def _is_same(one: Row, other: Row) -> bool:
    if look(one) == look(other):
        return True
    # A board may keep fewer digits than it has sent, or write 21 for 21.0.
    try:
        return math.isclose(float(one.state), float(other.state), rel_tol=1e-6)
    except ValueError:
        return False
