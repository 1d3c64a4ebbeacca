"""Whether a board can be relied upon, and which of its channels."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import logging
import math
import time
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback

from .const import CONF_GRACE, CONF_SILENCE, DEFAULT_GRACE, DEFAULT_SILENCE
from .happenings import Happening, async_tell
from .protocol import ChannelType

if TYPE_CHECKING:
    from .board import Board

_LOGGER = logging.getLogger(__name__)

PATIENCE: Final = 10.0
"""How long a board that is back may introduce itself before it sends a reading, and how
long each channel has for its first value; what was not sent by then had not changed."""

INTRODUCTIONS: Final = frozenset({"hello", "channels", "backlog"})
"""Messages that come before a board's first reading, and do not say what is now."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the presence of one Board leaves to that of the next."""

    last_frame: float | None
    dropped_at: float
    available: bool
    waiting: bool
    """Whether it is back, and is given time to introduce itself."""
    unheard: set[str]
    missed: bool
    """Whether it was logged that the board is not available."""


class Presence:
    """Decides on availability, from when a board was heard and whether it is connected.

    All times within are `time.monotonic()`.
    """

    def __init__(self, board: Board) -> None:
        """Begin with a board that was never heard."""
        options = board.entry.options
        self.silence: int = options.get(CONF_SILENCE, DEFAULT_SILENCE)
        self.available = False
        self.last_frame: float | None = None
        """When the board has last sent something."""
        self.unheard: set[str] = set()
        """Channels of which nothing came yet since the board was away: their values are
        of before that, and are not shown for a while."""
        self._board = board
        self._grace: int = options.get(CONF_GRACE, DEFAULT_GRACE)
        self._live_until = -math.inf
        self._connected_at = 0.0
        self._dropped_at = 0.0
        self._check: asyncio.TimerHandle | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._hearing: asyncio.TimerHandle | None = None
        self._announced = False

    # When its entry is set up anew.

    def left(self) -> Left:
        """Return what the next one goes on from."""
        return Left(
            last_frame=self.last_frame,
            # Until the next Board is given the connection, this is as if it dropped.
            dropped_at=(
                time.monotonic() if self._board.connected else self._dropped_at
            ),
            available=self.available,
            waiting=self._waiting is not None,
            unheard=self.unheard,
            missed=self._announced and not self.available,
        )

    @callback
    def resume(self, left: Left) -> None:
        """Go on from where the previous one has ended."""
        self.last_frame = left.last_frame
        self.unheard = left.unheard
        self._dropped_at = left.dropped_at
        self._announced = left.missed
        if left.available:
            self._start_hearing()
        self.update(heard=left.available, resumed=True)
        if left.waiting:
            self._be_patient()

    @callback
    def close(self) -> None:
        """Do nothing more by time."""
        self._stop_waiting()
        self._stop_hearing()
        self._stop_check()

    # The connection.

    @callback
    def connected(self, *, is_new: bool) -> None:
        """Take note of a connection; it is not new if it was only handed on."""
        if self.last_frame is not None:
            self._live_until = self.last_frame
        if is_new and not self.available:
            self._stop_hearing()
            self.unheard = {
                key
                for key, channel in self._board.channels.items()
                if channel.value is not None
            }
        elif self.available:
            self._start_hearing()
        self._connected_at = time.monotonic()

    @callback
    def dropped(self) -> float:
        """Take note that the connection has ended; return when the board was there."""
        self._stop_waiting()
        self._dropped_at = time.monotonic()
        # A board that lost its power is missed long after it was last seen.
        return max(self.last_frame or 0.0, self._connected_at)

    def was_away(self, at: float) -> bool:
        """Return whether nothing came at a time, nor since, before this connection."""
        return at > self._live_until

    # What it says.

    @callback
    def introduce(self, kind: object) -> None:
        """Have a board that is back say first who it is, and what it has missed.

        What its channels were at before shows nothing of now.
        """
        board = self._board
        has_past = board.past is not None and board.past.is_possible
        if kind not in INTRODUCTIONS or not (
            has_past or any(one.value is not None for one in board.channels.values())
        ):
            self.come_back()
            return
        self._be_patient()

    @callback
    def hear(self, keys: Iterable[str]) -> None:
        """Take note that channels get a value, which is shown also if it is the old."""
        heard = self.unheard.intersection(keys)
        for key in heard & self._board.channels.keys():
            channel = self._board.channels[key]
            channel.due = 0.0
            if channel.type is ChannelType.NUMBER:
                # However short a while ago it was shown, before the board was away.
                channel.open = 0.0
        self.unheard -= heard
        self._start_hearing()

    @callback
    def come_back(self) -> None:
        """Count the board as available, since it has said something of now."""
        self._stop_waiting()
        self._start_hearing()
        self.update(heard=True)

    # What waits.

    def _be_patient(self) -> None:
        self._stop_waiting()
        self._waiting = self._board.hass.loop.call_later(PATIENCE, self._waited)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _waited(self) -> None:
        """Do without a reading: nothing has changed while the board was away."""
        self.unheard.clear()
        self.come_back()

    def _start_hearing(self) -> None:
        if self.unheard and self._hearing is None:
            self._hearing = self._board.hass.loop.call_later(
                PATIENCE, self._show_unheard
            )

    def _stop_hearing(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    @callback
    def _show_unheard(self) -> None:
        self._hearing = None
        if not self._board.connected and not self._board.about.sleeps:
            # Not before it is back once more.
            return
        self.unheard.clear()
        self._board.write_all()

    # The decision.

    @property
    def rhythm(self) -> float:
        """Return how long it is no wonder that the board sends nothing, in seconds."""
        board = self._board
        rhythm = float(self.silence) if board.about.sleeps else 0.0
        if (wanted := board.interval) is not None and board.about.interval is not None:
            rhythm = max(rhythm, 1.5 * max(wanted, board.about.interval))
        return rhythm

    def was_heard_within(self, seconds: float) -> bool:
        """Return whether the board was heard lately, or need not have been yet."""
        last = self.last_frame
        return last is not None and (
            time.monotonic() - last < max(seconds, self.rhythm)
        )

    def _deadline(self) -> float:
        """Return until when the board counts as available."""
        if self.last_frame is None:
            return 0.0
        board = self._board
        deadline = self.last_frame + max(self.silence, self.rhythm)
        if not board.connected and not board.about.sleeps:
            deadline = min(deadline, self._dropped_at + self._grace)
        return deadline

    @callback
    def update(self, *, heard: bool = False, resumed: bool = False) -> None:
        """Decide on availability, and when to look again.

        Only a board that was heard becomes available: a connection alone tells nothing.
        `resumed` says that it was already, before its entry was set up again.
        """
        self._stop_check()
        deadline = self._deadline() if self.available or heard else 0.0
        remaining = deadline - time.monotonic()
        available = remaining > 0
        if available:
            self._check = self._board.hass.loop.call_later(remaining, self.update)
        if available != self.available:
            self._change(available, resumed=resumed)

    def _stop_check(self) -> None:
        if self._check is not None:
            self._check.cancel()
            self._check = None

    def _change(self, available: bool, *, resumed: bool) -> None:
        board = self._board
        if not available:
            board.publishing.flush()
        self.available = available
        if board.live is not None:
            board.live.availability_changed()
        if available and self._announced:
            _LOGGER.info("%s is available again", board.entry.title)
        elif not available:
            _LOGGER.info("%s is not available", board.entry.title)
        if not (available and resumed):
            async_tell(
                board.hass,
                board.entry.entry_id,
                Happening.CAME_BACK if available else Happening.WENT_SILENT,
            )
        self._announced = True
        board.write_all()
        board.tell_status()

    @contextmanager
    def pretended(self) -> Iterator[None]:
        """Have the board be there, in all of its channels, for a moment."""
        available, unheard = self.available, self.unheard
        self.available, self.unheard = True, set()
        try:
            yield
        finally:
            self.available, self.unheard = available, unheard
