"""What of one channel waits to be published."""

import math
from typing import TYPE_CHECKING

from .calibration import even
from .protocol import Value

if TYPE_CHECKING:
    from .history.extremes import Received
    from .noise import Noise


class Pace:
    """How a channel is published, besides the fast way, and what of it waits."""

    __slots__ = (
        "_count",
        "_total",
        "at",
        "deadband",
        "delay",
        "has_mean",
        "latest",
        "noise",
        "received",
    )

    def __init__(self) -> None:
        """Begin with nothing that waits, and nothing special."""
        self.at = 0.0
        """When what waits is published."""
        self.latest: Value = None
        """The newest value since the last one that was published."""
        self.delay = 0.0
        """How long after a channel is open what waits is published."""
        self.deadband = 0.0
        self.has_mean = False
        """Whether the mean is published of what has come since."""
        self.received: Received | None = None
        """Takes the numbers that are not published, for the statistics."""
        self.noise: Noise | None = None
        """Takes all readings as they were sent, if they are never the same for long."""
        self._total = 0.0
        self._count = 0

    def add(self, value: Value) -> None:
        """Take a value."""
        self.latest = value
        if type(value) in (int, float):
            self._total += value  # type: ignore[operator]
            self._count += 1
        else:
            # There was none for a moment: what was before says nothing of now.
            self.clear()

    def clear(self) -> None:
        """Begin anew: what there was is published."""
        self._total = 0.0
        self._count = 0

    @property
    def result(self) -> Value:
        """Return what is to be published of what has come."""
        if not self.has_mean or self._count < 2:
            return self.latest
        mean = self._total / self._count
        return even(mean) if math.isfinite(mean) else self.latest

    def differs(self, value: Value, shown: Value) -> bool:
        """Return whether a value is another than the one that is shown."""
        if not self.deadband or value is None or shown is None:
            return value != shown
        change: float = abs(value - shown)  # type: ignore[operator]
        # 20.2 - 20 is a little less than 0.2.
        return change >= self.deadband * (1 - 1e-9)
