"""A clock for other programs that goes as fast as a test wants it to.

Home Assistant and a board that have waited for each other for twenty minutes are in
the same state whether that took twenty minutes or ten seconds, if only all their clocks
agree. `clock.c` is what they are started with.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import mmap
from pathlib import Path
import struct
import subprocess
import time
from typing import Final

SOURCE: Final = Path(__file__).parent / "clock.c"
COMMAND: Final = (
    *("gcc", "-std=gnu11", "-O2", "-fPIC", "-shared"),
    *("-Wall", "-Wextra", "-Werror", str(SOURCE), "-ldl", "-pthread"),
)

# As `struct Page` in clock.c has it.
_CURRENT: Final = struct.Struct("q")
_BEGIN: Final = struct.Struct("qq")
_PACE: Final = struct.Struct("qqd")
_SIZE: Final = _CURRENT.size + _BEGIN.size + 2 * _PACE.size


class HurriedClock:
    """The clocks of all programs that have its environment."""

    def __init__(self, folder: Path, begin: datetime) -> None:
        """Begin at a time, as fast as any clock."""
        library = folder / "clock.so"
        subprocess.run([*COMMAND, "-o", library], check=True)
        path = folder / "clock.page"
        path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)
        self._begin = begin.timestamp()
        self._now = time.monotonic_ns()
        self._elapsed = 0
        self._place = 0
        self.rate = 1.0
        # What programs take from one clock to reckon with on another is never far off.
        wall = round(self._begin * 1e9)
        _BEGIN.pack_into(self._page, _CURRENT.size, wall, self._now)
        self.go(self.rate)
        # An address sanitizer would insist on being the first library of all.
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(library),
            "HURRIED_CLOCK": str(path),
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }

    def go(self, rate: float) -> None:
        """Let time pass so many times as fast, from now on."""
        now = time.monotonic_ns()
        self._elapsed += int((now - self._now) * self.rate)
        self._now, self.rate = now, rate
        # The programs read the other place until the number says that this one counts.
        self._place ^= 1
        _PACE.pack_into(
            self._page,
            _CURRENT.size + _BEGIN.size + self._place * _PACE.size,
            now,
            self._elapsed,
            rate,
        )
        _CURRENT.pack_into(self._page, 0, self._place)

    def time(self) -> float:
        """Return the time, in seconds since the epoch."""
        elapsed = self._elapsed + (time.monotonic_ns() - self._now) * self.rate
        return self._begin + elapsed / 1e9

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self.time(), UTC)
