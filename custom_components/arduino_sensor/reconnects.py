"""How often a board had to connect again lately."""

from typing import Final

HOUR: Final = 3600
DAY: Final = 24 * HOUR

BUCKET: Final = HOUR // 2
"""Reconnects within so many seconds are forgotten together."""

_BUCKETS: Final = DAY // BUCKET

_MAX_COUNT: Final = 1_000_000


class Reconnects:
    """How many there were in the last 24 hours, to half an hour.

    All times are seconds since 1970: it goes on after a restart of Home Assistant.
    """

    __slots__ = ("_counts", "recalled")

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: dict[int, int] = {}
        """How many there were in a bucket, by its number: at most one day of them."""
        self.recalled = False
        """Whether those are in it that were before Home Assistant started."""

    def note(self, now: float) -> None:
        """Count one."""
        self._forget(now)
        bucket = _bucket(now)
        self._counts[bucket] = self._counts.get(bucket, 0) + 1

    def count(self, now: float) -> int:
        """Return how many there were in the last 24 hours."""
        self._forget(now)
        return sum(self._counts.values())

    def next_change(self, now: float) -> float | None:
        """Return when there will be fewer of them, if there are any."""
        self._forget(now)
        if not self._counts:
            return None
        return float((min(self._counts) + _BUCKETS) * BUCKET)

    def _forget(self, now: float) -> None:
        """Forget what was a day ago; and what is in the future, after a wrong clock."""
        newest = _bucket(now)
        for bucket in [
            one for one in self._counts if not newest - _BUCKETS < one <= newest
        ]:
            del self._counts[bucket]

    # While Home Assistant does not run.

    def as_stored(self) -> list[list[int]]:
        """Return what is kept."""
        return [[bucket, count] for bucket, count in self._counts.items()]

    def recall(self, stored: object, now: float) -> None:
        """Add what was kept, once: what is known already may have been kept, too."""
        if self.recalled:
            return
        self.recalled = True
        if not isinstance(stored, list):
            return
        for item in stored:
            match item:
                case [int(bucket), int(count)] if 0 < count <= _MAX_COUNT:
                    self._counts[bucket] = self._counts.get(bucket, 0) + count
        self._forget(now)


def _bucket(now: float) -> int:
    return int(now // BUCKET)
