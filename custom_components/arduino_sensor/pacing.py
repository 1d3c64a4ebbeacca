"""How often a board may do what costs something, such as change what is kept of it."""

import time
from typing import Final

BURST: Final = 10
"""How many changes can come at once: a new sketch says hello, describes, corrects."""

INTERVAL: Final = 10.0
"""How long it takes until there can be one more, in seconds."""


class Allowance:
    """Some changes at once, and then one every so often.

    Each is a write to the disk, and some set an entry up anew: a sketch that gives
    itself another name in every loop must not keep the house from anything else.
    """

    __slots__ = ("_full_at", "_interval", "_reserve")

    def __init__(self, burst: int = BURST, interval: float = INTERVAL) -> None:
        """Begin with all that can come at once."""
        self._interval = interval
        self._reserve = (burst - 1) * interval
        self._full_at = 0.0

    def take(self) -> float:
        """Count a change and return 0, or return how many seconds it has to wait."""
        now = time.monotonic()
        wait = self._full_at - now - self._reserve
        if wait > 0:
            return wait
        self._full_at = max(self._full_at, now) + self._interval
        return 0.0
