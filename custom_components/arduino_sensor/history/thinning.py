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
    slack: float
    """How much of that a reading can be early, if those before were not."""
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


def reach(policy: Policy | None) -> float:
    """Return how long before a reading what is known matters for it, in seconds."""
    # What is the same reading can be a second apart.
    return 2.0 if policy is None else 2 * (policy.pause + policy.delay) + 2


def thin(
    known: Sequence[Row],
    past: Sequence[Row],
    unknown: Sequence[bool],
    policy: Policy,
    until: float,
) -> list[Row]:
    """Return what of the past is to be written beside what is known.

    Both are in order, and `unknown` says of each reading of the past whether it is
    not among what is known. What waits at the end is not published after `until`.
    """
    paced = _Paced(policy)
    times = [row.at for row in known]
    written = {round(at, 3) for at in times}
    events = sorted(
        [(row.at, 0, True, row) for row in known]
        + [(row.at, 1, new, row) for row, new in zip(past, unknown, strict=True)],
        key=lambda event: event[:2],
    )
    for at, is_past, is_new, row in events:
        paced.pass_time(at)
        if not is_past:
            paced.know(row)
            continue
        is_covered = _is_covered(known, bisect_right(times, at), policy)
        if not is_new and not (
            policy.has_mean and is_covered and round(at, 3) not in written
        ):
            paced.skip()
        elif is_covered:
            # A mean is also by chance what one reading was.
            paced.hold(row)
        else:
            paced.take(row)
    paced.end(until)
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
        self._open = -math.inf
        self._latest: Row | None = None
        """The newest that waits."""
        self._is_held = False
        """Whether that came before what is shown, and perhaps was heard already."""

    def know(self, row: Row) -> None:
        """Take a state that is there."""
        if row.state == STATE_UNAVAILABLE:
            self.end(row.at)
            self._shown = None
            self._open = -math.inf
            return
        self._show(row)
        if self._latest is not None and self._is_held and self._differs(row):
            # It was made from what came before this one, which so was not heard: it
            # got lost, and it is what was last.
            self._hold(self._latest)
        else:
            self.skip()

    def skip(self) -> None:
        """Take a reading that was published, and with it all that has waited."""
        self._pace.clear()
        self._latest = None
        self._is_held = False

    def hold(self, row: Row) -> None:
        """Take a reading that comes between two states as near as they can be."""
        self._add(row)
        self._is_held = True

    def take(self, row: Row) -> None:
        """Take a reading."""
        if self._is_held:
            self.skip()
        # What waits is published at its time, and then it is the newest.
        waits = self._latest is not None
        self._add(row)
        if self._shown is None or row.at >= (self._due if waits else self._open):
            self._publish(row.at)
        elif not self._policy.has_mean and not self._differs(self._shown):
            # It is where it was.
            self.skip()

    def pass_time(self, at: float) -> None:
        """Publish what has waited until a time."""
        if self._latest is not None and self._latest.at <= self._due < at:
            self._publish(self._due)

    def end(self, until: float) -> None:
        """Publish what waits: who knows what comes next."""
        if self._latest is None:
            return
        if self._is_held:
            self._publish(max(min(self._due, until), self._at))
        else:
            self._publish(self._latest.at)

    @property
    def _due(self) -> float:
        return self._open + self._policy.delay

    @property
    def _at(self) -> float:
        return -math.inf if self._shown is None else self._shown.at

    def _add(self, row: Row) -> None:
        self._latest = row
        if self._policy.has_mean:
            self._pace.add(_number(row))
        else:
            self._pace.latest = _number(row)

    def _hold(self, row: Row) -> None:
        self._pace.clear()
        self._add(row)
        self._is_held = True

    def _show(self, row: Row) -> None:
        self._shown = row
        # What was published before its time, because nothing came after it, is no reason
        # to be later from then on.
        early = min(max(self._open, row.at - self._policy.slack), row.at)
        self._open = early + self._policy.pause

    def _publish(self, at: float) -> None:
        latest, shown = self._latest, self._shown
        assert latest is not None
        if shown is None or self._differs(shown):
            value = self._pace.result
            text = latest.state if value == _number(latest) else str(value)
            row = latest._replace(at=round(at, 3), state=text)
            self._show(row)
            self.new.append(row)
        self.skip()

    def _differs(self, shown: Row) -> bool:
        """Return whether what waits is another than a state, however it is made."""
        latest = self._latest
        if latest is not None and unit_of(latest) != unit_of(shown):
            return True
        number = _number(shown)
        if self._is_held and latest is not None and _number(latest) == number:
            return False
        return self._pace.differs(self._pace.result, number)


def _number(row: Row) -> float | None:
    """Return the state as a number, if it is one."""
    try:
        return float(row.state)
    except ValueError:
        return None
