"""Five-minute and hourly statistics from states, as Home Assistant works them out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
import math
from typing import Final, NamedTuple

FIVE_MINUTES: Final = 300
HOUR: Final = 3600


class Kind(Enum):
    """What statistics a sensor has."""

    MEAN = "mean"
    ANGLE = "angle"
    TOTAL = "total"
    TOTAL_INCREASING = "total_increasing"

    @property
    def has_sum(self) -> bool:
        """Return whether it is counted, not averaged."""
        return self in (Kind.TOTAL, Kind.TOTAL_INCREASING)


class Point(NamedTuple):
    """A state, from its time on; None if it was no number then."""

    at: float
    value: float | None


class Period(NamedTuple):
    """A row of statistics, without its start."""

    mean: float | None = None
    mean_weight: float | None = None
    min: float | None = None
    max: float | None = None
    state: float | None = None
    sum: float | None = None


type Periods = dict[int, Period]
"""Rows by their start, in seconds since the epoch."""


def period_of(at: float, size: int = FIVE_MINUTES) -> int:
    """Return the start of the period that a time is in."""
    return int(at // size) * size


def replace_periods(
    kind: Kind,
    points: Sequence[Point],
    first: float,
    last: float,
    runs: Collection[int],
    kept: Mapping[int, Period],
    before: Period | None,
) -> Periods:
    """Return the five-minute rows from `first` on, as they should be.

    `points` are all states, from the last one before the period of `first` on. Between
    `first` and `last` there are new ones among them. `kept` is what the database has
    from then on, and `before` is its last row of before. Only the periods in `runs` are
    Home Assistant's past: those that it has still to work out are not in the result.
    """
    after = next(
        (point.at for point in points if point.at > last and _counts(kind, point)),
        math.inf,
    )
    rows: Periods = {}
    total = before
    shift = 0.0
    for start in sorted(runs):
        if start < period_of(first):
            continue
        if start > after:
            # From here on nothing is new but what the sums begin with.
            if (row := kept.get(start)) is not None:
                rows[start] = row if row.sum is None else _shifted(row, shift)
            continue
        row = _compile(kind, points, start, total)
        if row is not None:
            rows[start] = row
            total = row
        if kind.has_sum and (old := kept.get(start)) is not None:
            shift = _sum(total) - _sum(old)
    return rows


def hours(
    kind: Kind, rows: Mapping[int, Period], begin: int, runs: Collection[int]
) -> Periods:
    """Return the hourly rows for the hours, from one on, that are over.

    `rows` are the five-minute ones of those hours.
    """
    found: Periods = {}
    for last in sorted(runs):
        start = period_of(last, HOUR)
        if start < begin or last != start + HOUR - FIVE_MINUTES:
            continue
        parts = [
            rows[at] for at in range(start, start + HOUR, FIVE_MINUTES) if at in rows
        ]
        if parts:
            found[start] = _hour(kind, parts)
    return found


def _counts(kind: Kind, point: Point) -> bool:
    """Return whether what was before a state does not matter behind it.

    A counter that increases is never below zero: Home Assistant passes over that.
    """
    if point.value is None:
        return False
    return kind is not Kind.TOTAL_INCREASING or point.value >= 0


def _shifted(row: Period, shift: float) -> Period:
    return row._replace(sum=_sum(row) + shift) if shift else row


def _sum(row: Period | None) -> float:
    return 0.0 if row is None or row.sum is None else row.sum


def _compile(
    kind: Kind, points: Sequence[Point], start: int, last: Period | None
) -> Period | None:
    """Return the row of a period, or None if there was no number in it."""
    within = list(_within(points, start, start + FIVE_MINUTES))
    if not within:
        return None
    if kind.has_sum:
        values = [value for _, value in within]
        return _count(values, last, increasing=kind is Kind.TOTAL_INCREASING)
    begins = [at for at, _ in within]
    ends = [*begins[1:], start + FIVE_MINUTES]
    parts = [
        (value, end - begin) for (begin, value), end in zip(within, ends, strict=True)
    ]
    if kind is Kind.ANGLE:
        mean, weight = _circular(parts)
        return Period(mean=mean, mean_weight=weight)
    return Period(
        mean=sum(value * time for value, time in parts) / (ends[-1] - begins[0]),
        min=min(value for value, _ in parts),
        max=max(value for value, _ in parts),
    )


def _within(
    points: Sequence[Point], start: int, end: int
) -> Iterator[tuple[float, float]]:
    """Yield the numbers of a period, the one that it begins with included."""
    begin: Point | None = None
    for point in points:
        if point.at >= end:
            break
        if point.at < start:
            begin = point
            continue
        if begin is not None:
            if begin.value is not None:
                yield float(start), begin.value
            begin = None
        if point.value is not None:
            yield point.at, point.value
    if begin is not None and begin.value is not None:
        yield float(start), begin.value


def _circular(parts: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean of angles, and how much they agree, each with its weight."""
    sines = sum(math.sin(math.radians(value)) * weight for value, weight in parts)
    cosines = sum(math.cos(math.radians(value)) * weight for value, weight in parts)
    return (
        math.degrees(math.atan2(sines, cosines)) % 360,
        math.sqrt(sines**2 + cosines**2),
    )


def _count(
    values: Sequence[float], last: Period | None, *, increasing: bool
) -> Period | None:
    """Return what a counter is at, and what it has counted since the first row.

    One that increases has begun anew when it is at less than nine tenths.
    """
    counted = _sum(last)
    newest = zero = None if last is None else last.state
    for value in values:
        if zero is None or newest is None:
            newest = zero = value
            continue
        if increasing:
            if value < 0:
                continue
            if value < 0.9 * newest:
                counted += newest - zero
                zero = 0.0
        newest = value
    if newest is None or zero is None:
        return None
    return Period(state=newest, sum=counted + newest - zero)


def _hour(kind: Kind, parts: Sequence[Period]) -> Period:
    if kind.has_sum:
        return Period(state=parts[-1].state, sum=parts[-1].sum)
    if kind is Kind.ANGLE:
        weighted = [
            (part.mean, part.mean_weight or 0.0)
            for part in parts
            if part.mean is not None
        ]
        mean, weight = _circular(weighted)
        return Period(mean=mean, mean_weight=weight)
    means = [part.mean for part in parts if part.mean is not None]
    least = [part.min for part in parts if part.min is not None]
    most = [part.max for part in parts if part.max is not None]
    return Period(
        mean=sum(means) / len(means) if means else None,
        min=min(least, default=None),
        max=max(most, default=None),
    )
