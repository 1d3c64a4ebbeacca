"""How long a sensor that always moves a little has not moved."""

from .protocol import Value


class Noise:
    """How often in a row a channel has had the same value."""

    __slots__ = ("count", "has_moved", "limit", "since", "value")

    def __init__(self, limit: int) -> None:
        """Begin to count."""
        self.limit = limit
        self.has_moved = False
        self.value: Value = None
        self.count = 0
        self.since = 0.0

    def note(self, value: Value, now: float) -> None:
        """Take a reading, as it was sent."""
        if value is None:
            # Nothing is not the same as something.
            self.count = 0
        elif self.count and value == self.value:
            self.count += 1
        else:
            self.has_moved = self.has_moved or self.count > 0
            self.count = 1
            self.since = now
        self.value = value

    def resume(self, other: Noise) -> None:
        """Go on from where another has ended."""
        self.value, self.count, self.since = other.value, other.count, other.since
        self.has_moved = other.has_moved
