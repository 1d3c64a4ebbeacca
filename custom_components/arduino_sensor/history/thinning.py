"""What is written of numbers of the past: what would have been published in time.

A board keeps each of its readings. Had they come when they were taken, some would have
waited for the next one, and some would have changed too little to be shown.
"""

from bisect import bisect_right
from collections.abc import Sequence
import math
from typing import Any, Final, NamedTuple

from homeassistant.const import STATE_UNAVAILABLE

from ..pace import Pace
from .row import Row, unit_of

_LATE: Final = 0.25
"""A timer fires so late at most, in seconds."""


class Policy(NamedTuple):
    """When a number is published; `publishing.Publishing` does it with what is live."""

    pause: float
    """How long after one the next one can be published, in seconds."""
    delay: float
    """How long after that what waits is published, in seconds."""
    has_mean: bool
    """Whether the mean is published of what has come since."""
    deadband: float
    """How much it has to change, in the unit of the states."""


class Source(NamedTuple):
    """What is to be known of an entity that has a past."""

    info: Any
    """What the recorder is told of it besides."""
    policy: Policy | None
    """When its numbers are published, if it is not each time."""


def thin(
    known: Sequence[Row],
    past: Sequence[Row],
    unknown: Sequence[bool],
    policy: Policy,
    until: float,
) -> list[Row]:
    """Return what of the past is to be written beside what is known.

    Both are in order, and `unknown` says of each reading of the past whether it is
    not among what is known. Nothing that is returned is later than `until`.
    """
    paced = _Paced(policy)
    times = [row.at for row in known]
    events = sorted(
        [(row.at, 0, True, row) for row in known]
        + [(row.at, 1, new, row) for row, new in zip(past, unknown, strict=True)],
        key=lambda event: event[:2],
    )
    for at, is_past, is_new, row in events:
        paced.pass_time(at)
        if not is_past:
            paced.know(row)
        elif not is_new:
            paced.skip()
        elif not _is_covered(known, bisect_right(times, at), policy):
            paced.take(row)
    paced.pass_time(math.inf, until)
    return paced.new


def _is_covered(known: Sequence[Row], place: int, policy: Policy) -> bool:
    """Return whether what comes between two states could not be published in time."""
    if not 0 < place < len(known):
        return False
    before, after = known[place - 1], known[place]
    return (
        STATE_UNAVAILABLE not in (before.state, after.state)
        and after.at - before.at <= policy.pause + policy.delay + _LATE
    )


class _Paced:
    """What one sensor has published, and what waits."""

    def __init__(self, policy: Policy) -> None:
        self.new: list[Row] = []
        self._policy = policy
        self._pace = Pace()
        self._pace.has_mean = policy.has_mean
        self._pace.deadband = policy.deadband
        self._shown: Row | None = None
        """What is shown; None if there is nothing."""
        self._latest: Row | None = None
        """The newest that waits."""

    def know(self, row: Row) -> None:
        """Take a state that is there."""
        if row.state == STATE_UNAVAILABLE:
            if self._latest is not None:
                self._publish(self._latest.at)
            self._shown = None
        else:
            self._shown = row
        self.skip()

    def skip(self) -> None:
        """Take a reading that was published, and with it all that has waited."""
        self._pace.clear()
        self._latest = None

    def take(self, row: Row) -> None:
        """Take a reading."""
        self._latest = row
        if self._policy.has_mean:
            self._pace.add(_number(row))
        else:
            self._pace.latest = _number(row)
        if self._shown is None or row.at >= self._shown.at + self._policy.pause:
            self._publish(row.at)
        elif not self._policy.has_mean and not self._differs(self._shown):
            # It is where it was.
            self.skip()

    def pass_time(self, at: float, until: float = math.inf) -> None:
        """Publish what has waited until a time."""
        if self._latest is None or self._shown is None:
            return
        due = self._shown.at + self._policy.pause + self._policy.delay
        if due < at:
            self._publish(max(min(due, until), self._latest.at))

    def _publish(self, at: float) -> None:
        latest, shown = self._latest, self._shown
        assert latest is not None
        if shown is None or self._differs(shown):
            value = self._pace.result
            text = latest.state if value == _number(latest) else str(value)
            self._shown = latest._replace(at=round(at, 3), state=text)
            self.new.append(self._shown)
        self.skip()

    def _differs(self, shown: Row) -> bool:
        latest = self._latest
        if latest is not None and unit_of(latest) != unit_of(shown):
            return True
        return self._pace.differs(self._pace.result, _number(shown))


def _number(row: Row) -> float | None:
    """Return the state as a number, if it is one."""
    try:
        return float(row.state)
    except ValueError:
        return None
