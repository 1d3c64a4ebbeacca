"""How often a board may change what Home Assistant keeps of it."""

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

    __slots__ = ("_full_at",)

    def __init__(self) -> None:
        """Begin with all that can come at once."""
        self._full_at = 0.0

    def take(self) -> float:
        """Count a change and return 0, or return how many seconds it has to wait."""
        now = time.monotonic()
        wait = self._full_at - now - (BURST - 1) * INTERVAL
        if wait > 0:
            return wait
        self._full_at = max(self._full_at, now) + INTERVAL
        return 0.0
