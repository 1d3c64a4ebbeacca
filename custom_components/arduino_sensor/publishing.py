"""When what a board sends is published: numbers every so often, all else at once.

A number that comes sooner than the one before allows waits for its time, and the newest
one counts. What is on or off, a text or an event does not wait, unless there is a flood
of them.
"""

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any, Final, cast

from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass
from homeassistant.core import HomeAssistant, callback

from .appearance import appearance
from .calibration import calibrations
from .channels import Channel
from .const import (
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    DEFAULT_PUBLISH_INTERVAL,
    PUBLISH_LAST,
    PUBLISH_MEAN,
)
from .description import Kind
from .pace import Pace
from .pacing import Allowance
from .protocol import ChannelType, Problem, Value, quoted

if TYPE_CHECKING:
    from .board import Board
    from .history.extremes import Extremes

REFRESH_INTERVAL: Final = 60.0
"""An unchanged value is written this often."""

PUNCTUAL: Final = 0.95
"""A board whose clock is so fast keeps to an interval as well: an Uno's is not exact."""

MAX_SLACK: Final = 1.0
"""How much sooner a reading may come at most because it travelled faster, in seconds.

It is a quarter of the interval if that is less.
"""

BURST: Final = 50
"""How many changes of what is no number can come at once."""

RATE: Final = 10
"""How many of them can come in a second, for long."""

FLOOD_INTERVAL: Final = 1.0
"""How often at most such a channel is published while there are more, in seconds."""

TELL_INTERVAL: Final = 60.0
"""How often at most a board is told of that, in seconds."""

# Channels that become due so soon after each other are published together.
_TOGETHER: Final = 0.005

# No reading goes the fast way: each is looked at here.
_NONE: Final[frozenset[type]] = frozenset()

_MEANS: Final = frozenset({SensorStateClass.MEASUREMENT, None})
"""What has a mean that says something: no counter, and no angle."""


class Publishing:
    """When one board's values are published, and those that wait for it.

    For most readings `Board.receive` does it all: it only asks whether a channel is
    open again. What it gives to `take` is what comes too soon, and the channels about
    which there is more to say.
    """

    def __init__(self, board: Board) -> None:
        """Begin with nothing that waits."""
        options = board.entry.options
        self._board = board
        self.interval: float = options.get(
            CONF_PUBLISH_INTERVAL, DEFAULT_PUBLISH_INTERVAL
        )
        self.mode: str = options.get(CONF_PUBLISH, PUBLISH_LAST)
        self._calibrations = calibrations(board.entry)
        self._extremes = _get_extremes(board.hass)
        self._allowance = Allowance(BURST, 1 / RATE)
        self._waiting: dict[str, Channel] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf
        self._tell_due = 0.0
        self.held_back = 0
        """How many values and events nobody has seen because there was a flood."""

    @callback
    def adopt(self, channel: Channel) -> None:
        """Settle how a channel is published, before its first value."""
        said = channel.description
        pace = channel.pace = Pace()
        if channel.type is not ChannelType.NUMBER:
            # Every change is counted.
            channel.open = math.inf
            return
        least = 0.0 if said is None or said.min_interval is None else said.min_interval
        interval = max(self.interval, least)
        channel.pause = interval * PUNCTUAL
        channel.slack = min(interval / 4, MAX_SLACK)
        pace.delay = interval - channel.pause + channel.slack
        if said is not None and said.deadband is not None:
            pace.deadband = said.deadband
        pace.noise = self._board.health.noise(channel)
        if channel.kind is Kind.SENSOR:
            channel.calibration = self._calibrations.get(channel.key)
            look = cast(SensorEntityDescription, appearance(channel))
            pace.has_mean = self.mode == PUBLISH_MEAN and look.state_class in _MEANS
            if self._extremes is not None:
                pace.received = self._extremes.received(
                    self._board.entry.entry_id, channel.key, look
                )
        self._open(channel)

    def _open(self, channel: Channel) -> None:
        """Let readings go the fast way again, if there is one for the channel."""
        pace = channel.pace
        if (
            channel.calibration is not None
            or pace.has_mean
            or pace.deadband
            or pace.noise is not None
        ):
            channel.accepts = _NONE
        else:
            channel.accepts = channel.usually_accepts

    # From the board.

    @callback
    def take(self, channel: Channel, value: Value, now: float) -> None:
        """Take a value that the channel can have, for which there is no fast way."""
        if channel.type is not ChannelType.NUMBER:
            self._take_other(channel, value, now)
            return
        pace = channel.pace
        if pace.noise is not None:
            pace.noise.note(value, now)
        if channel.calibration is not None:
            channel.raw = value
            value = channel.calibration.apply(value)
        if pace.has_mean:
            pace.add(value)
        else:
            pace.latest = value
        waits = channel.key in self._waiting
        if not self._board.available or now >= (pace.at if waits else channel.open):
            self._settle(channel, now)
        elif pace.has_mean or pace.differs(value, channel.value):
            if not waits:
                self._wait(channel, channel.open + pace.delay)
        elif waits:
            # It is back where it was.
            self._settle(channel, now)
        else:
            self._refresh(channel, now)
        if pace.received is not None and value is not None and value != channel.value:
            pace.received.note(value, now)

    def _take_other(self, channel: Channel, value: Value, now: float) -> None:
        if channel.key in self._waiting:
            if value != channel.pace.latest:
                channel.pace.latest = value
                self.held_back += 1
        elif (
            value == channel.value
            or not self._board.available
            or self._allowance.take() == 0
        ):
            self._show(channel, value, now)
        else:
            self._flood(channel, value, now)

    @callback
    def take_event(self, channel: Channel, event: str) -> None:
        """Take an event."""
        if channel.key in self._waiting:
            channel.pace.latest = event
            self.held_back += 1
        elif self._allowance.take() == 0:
            self._board.publish_event(channel, event)
        else:
            self._flood(channel, event, time.monotonic())

    def _flood(self, channel: Channel, value: Value, now: float) -> None:
        """Have something wait that should not: the latest of a while is shown."""
        channel.pace.latest = value
        self._wait(channel, now + FLOOD_INTERVAL)
        if now < self._tell_due:
            return
        problem = Problem(
            "too_fast",
            f"{quoted(channel.key)} and others change more than {RATE} times a second. "
            "Until that is over, only the latest of each second is shown of what is "
            "on or off, of texts and of events.",
            channel.key,
        )
        # Nothing of it was wrong, so it is not counted as rejected.
        if self._board.reporter.tell(self._board.connection, problem):
            self._tell_due = now + TELL_INTERVAL

    # What waits.

    def _wait(self, channel: Channel, at: float) -> None:
        channel.pace.at = at
        channel.accepts = _NONE
        self._waiting[channel.key] = channel
        if at < self._timer_at:
            self._set_timer(at)

    def _set_timer(self, at: float) -> None:
        self.stop()
        self._timer_at = at
        self._timer = self._board.hass.loop.call_later(
            max(at - time.monotonic(), 0), self._publish_due
        )

    @callback
    def _publish_due(self) -> None:
        """Publish what has waited until now."""
        self.stop()
        now = time.monotonic()
        for channel in list(self._waiting.values()):
            if channel.pace.at <= now + _TOGETHER:
                self._settle(channel, now)
        if self._waiting:
            self._set_timer(min(one.pace.at for one in self._waiting.values()))

    @callback
    def flush(self) -> None:
        """Publish all that waits, as long as there is somebody to show it."""
        self.stop()
        now = time.monotonic()
        for channel in list(self._waiting.values()):
            self._settle(channel, now)

    @callback
    def drop(self, channel: Channel) -> None:
        """Forget what waits of a channel, since something newer is known."""
        channel.pace.clear()
        if self._waiting.pop(channel.key, None) is not None:
            self._open(channel)

    @callback
    def stop(self) -> None:
        """Publish nothing by time."""
        self._timer_at = math.inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # To Home Assistant.

    def _settle(self, channel: Channel, now: float) -> None:
        """Publish what has come of a channel, if it is news."""
        pace = channel.pace
        value = pace.result
        self.drop(channel)
        if channel.type is ChannelType.NOTHING:
            self._board.publish_event(channel, str(value))
        elif pace.differs(value, channel.value):
            self._show(channel, value, now)
        else:
            self._refresh(channel, now)

    def _show(self, channel: Channel, value: Value, now: float) -> None:
        channel.value = value
        channel.due = now + REFRESH_INTERVAL
        if channel.type is ChannelType.NUMBER:
            channel.open = max(channel.open, now - channel.slack) + channel.pause
        channel.write()

    def _refresh(self, channel: Channel, now: float) -> None:
        if now >= channel.due:
            channel.due = now + REFRESH_INTERVAL
            channel.write()

    def as_dict(self) -> dict[str, Any]:
        """Return how it goes, for a bug report."""
        return {
            "interval": self.interval,
            "mode": self.mode,
            "waiting": sorted(self._waiting),
            "held_back": self.held_back,
        }


def _get_extremes(hass: HomeAssistant) -> Extremes | None:
    """Return what takes what is not published; None if the recorder is not as it was."""
    if "recorder" not in hass.config.components:
        return None
    try:
        # Here and not above: without it there are boards all the same.
        from .history.extremes import async_get_extremes  # noqa: PLC0415
    except ImportError:
        return None
    return async_get_extremes(hass)
