"""One board's live state: its channels, and whether it can be relied upon."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
import time
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .channels import Channel, fit, settle
from .connection import Connection, ProblemReporter
from .const import (
    CONF_GRACE,
    CONF_INTERVAL,
    CONF_SILENCE,
    DEFAULT_GRACE,
    DEFAULT_SILENCE,
)
from .device import about
from .dialogue import Dialogue, News
from .happenings import Happening, async_tell
from .link import LinkRecord
from .lobby import Lobby
from .pacing import Allowance
from .protocol import Problem, ProtocolError, Value, parse
from .refusals import async_update_refusals
from .remembered import async_remove_entities, async_save_channels, channels_of

_LOGGER = logging.getLogger(__name__)

REFRESH_INTERVAL: Final = 60.0
"""An unchanged value, and the time of the last frame, are written this often."""

type BoardConfigEntry = ConfigEntry[Board]
type ChannelsListener = Callable[[list[Channel]], None]
type EventListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one Board leaves to the next when its entry is set up again."""

    values: dict[str, Value]
    last_frame: float | None
    last_seen: datetime | None
    dropped_at: float
    missed: bool
    """Whether it was logged that the board is not available."""
    reporter: ProblemReporter
    link: LinkRecord
    allowance: Allowance
    news: News


class Board:
    """One microcontroller, as Home Assistant knows it.

    It takes frames from whatever connection it has and tells its entities; it
    knows neither sockets nor platforms. All times within are `time.monotonic()`.
    """

    def __init__(self, hass: HomeAssistant, entry: BoardConfigEntry) -> None:
        """Make the board with the channels that its entry remembers."""
        self.hass = hass
        self.entry = entry
        self.channels = channels_of(entry)
        self.about = about(entry)
        self.refused: list[Problem] = []
        """What Home Assistant refuses of the channels, in words for the board."""
        self.available = False
        self.connection: Connection | None = None
        self.last_seen: datetime | None = None
        self.heard = False
        """Whether it was there since Home Assistant started."""
        self.reporter = ProblemReporter()
        self.link = LinkRecord()
        self.allowance = Allowance()
        self.dialogue = Dialogue(self)
        self._silence: int = entry.options.get(CONF_SILENCE, DEFAULT_SILENCE)
        self._grace: int = entry.options.get(CONF_GRACE, DEFAULT_GRACE)
        self._last_frame: float | None = None
        self._connected_at = 0.0
        self._dropped_at = 0.0
        self._seen_due = 0.0
        self._check: asyncio.TimerHandle | None = None
        self._announced = False
        self._channels_listeners: list[ChannelsListener] = []
        self._status_listeners: list[CALLBACK_TYPE] = []
        self._event_listeners: dict[str, list[EventListener]] = {}

    # What entities ask and want to be told.

    @property
    def connected(self) -> bool:
        """Return whether there is a connection right now."""
        return self.connection is not None

    @callback
    def async_on_channels(self, listener: ChannelsListener) -> CALLBACK_TYPE:
        """Call a listener with all channels, and again with each new one."""
        listener(list(self.channels.values()))
        return _added(self._channels_listeners, listener)

    @callback
    def async_on_status(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when connection, last seen or the counts change."""
        return _added(self._status_listeners, listener)

    @callback
    def async_on_event(self, key: str, listener: EventListener) -> CALLBACK_TYPE:
        """Call a listener with each event of a channel."""
        return _added(self._event_listeners.setdefault(key, []), listener)

    @property
    def interval(self) -> float | None:
        """Return how often the board is to report, in seconds, if that is known."""
        wanted: float | None = self.entry.options.get(CONF_INTERVAL)
        return wanted or self.about.interval

    @callback
    def recall(self, channel: Channel, value: Value, seen: datetime) -> None:
        """Take over what a sleeping board had sent before Home Assistant started."""
        if self.heard:
            return
        channel.value = value
        ago = max((dt_util.utcnow() - seen).total_seconds(), 0.0)
        self._last_frame = time.monotonic() - ago
        self.last_seen = seen
        self.look_again()

    # The connection.

    @callback
    def connect(self, connection: Connection) -> None:
        """Take a connection; its frames come to `receive` from now on."""
        if self.connection is not None:
            self.link.dropped()
        self.connection = connection
        if connection.link is None:
            # New, and not one that is only handed on while its entry is set up anew.
            if connection.session is not None:
                for at, direction, kind in connection.session.messages:
                    self.link.handshake(at, direction, kind)
            connection.link = self.link
            self.link.connected(connection.source)
            async_tell(self.hass, self.entry.entry_id, Happening.CONNECTED)
        connection.silence = self._silence
        connection.receive = self.receive
        connection.receive_problem = self.receive_problem
        self._connected_at = time.monotonic()
        self._seen()
        self._update()
        self._tell_status()
        self.dialogue.connect(connection)

    @callback
    def catch_up(self, lobby: Lobby) -> None:
        """Take what a connection has said while nobody was there to hear it."""
        if lobby.hello is not None:
            self.receive(lobby.hello)
        if lobby.described is not None:
            self.dialogue.describe(lobby.described)
        for frame in lobby.readings:
            self.receive(frame)

    @callback
    def disconnect(self) -> None:
        """Go on without a connection."""
        self.connection = None
        self.link.dropped()
        self.dialogue.disconnect()
        now = self._dropped_at = time.monotonic()
        # A board that lost its power is missed long after it was last seen.
        self._seen(now - max(self._last_frame or 0.0, self._connected_at))
        self._update()
        self._tell_status()

    def snapshot(self) -> Snapshot:
        """Return what a new Board for the same entry goes on from."""
        return Snapshot(
            values={key: channel.value for key, channel in self.channels.items()},
            last_frame=self._last_frame,
            last_seen=self.last_seen,
            # Until the new Board is given the connection, this is as if it dropped.
            dropped_at=time.monotonic() if self.connected else self._dropped_at,
            missed=self._announced and not self.available,
            reporter=self.reporter,
            link=self.link,
            allowance=self.allowance,
            news=self.dialogue.news,
        )

    @callback
    def restore(self, snapshot: Snapshot) -> None:
        """Go on from where the entry's previous Board ended."""
        for key, value in snapshot.values.items():
            if (channel := self.channels.get(key)) is not None:
                _take_value(channel, value)
        self._last_frame = snapshot.last_frame
        self.last_seen = snapshot.last_seen
        self.heard = snapshot.last_seen is not None
        self.reporter = snapshot.reporter
        self.link = snapshot.link
        self.allowance = snapshot.allowance
        self.dialogue.resume(snapshot.news)
        self._dropped_at = snapshot.dropped_at
        self._announced = snapshot.missed
        self._update()

    @callback
    def close(self) -> None:
        """Let go of the connection, which stays open, and of the timer."""
        self.connection = None
        self.dialogue.close()
        if self._check is not None:
            self._check.cancel()
            self._check = None

    # The way of a reading. This runs for every frame: what can be settled once,
    # when a channel is new, is settled there.

    @callback
    def receive(self, data: bytes) -> None:
        """Take one frame."""
        now = self._last_frame = time.monotonic()
        self.link.received(now, data)
        if not self.available:
            self._update()
        if now >= self._seen_due:
            self._seen()
            self._tell_status()
        try:
            values, problems = parse(data)
        except ProtocolError as err:
            self.receive_problem(err.problem)
            return
        if "type" in values:
            self.dialogue.receive(values)
            return
        channels = self.channels
        known = len(channels)
        for key, value in values.items():
            if (channel := channels.get(key)) is None or (
                type(value) not in channel.accepts
            ):
                settled = settle(channels, key, value)
                if settled is None:
                    continue
                if type(settled) is Problem:
                    problems.append(settled)
                    continue
                channel = channels[key]
                value = settled
            if value != channel.value or now >= channel.due:
                channel.value = value
                channel.due = now + REFRESH_INTERVAL
                channel.write()
        if len(channels) > known:
            self._save_channels(list(channels.values())[known:])
        if problems:
            self.report(*problems)

    @callback
    def receive_problem(self, problem: Problem) -> None:
        """Take note of a frame that could not be used."""
        self.report(problem)

    # What the dialogue brings.

    @callback
    def show(self, channel: Channel, value: Value) -> None:
        """Show what a channel is at, by a way that is no reading."""
        channel.value = value
        channel.due = time.monotonic() + REFRESH_INTERVAL
        channel.write()

    @callback
    def happened(self, channel: Channel, event: str) -> None:
        """Tell the entity of a channel what happened there."""
        for listener in self._event_listeners.get(channel.key, ()):
            listener(event)

    @callback
    def look_again(self) -> None:
        """Decide on availability by what is known now, and tell entities of it."""
        self._update()
        self._tell_status()

    @callback
    def replace_channels(self, channels: dict[str, Channel]) -> list[Problem]:
        """Have these channels and no others; return what Home Assistant refuses."""
        before, self.channels = self.channels, channels
        gone = before.keys() - channels.keys()
        new = [channel for key, channel in channels.items() if key not in before]
        changed = {
            key
            for key in before.keys() & channels.keys()
            if before[key] is not channels[key]
        }
        for key in changed:
            _take_value(channels[key], before[key].value)
        async_remove_entities(self.hass, self.entry, gone | changed, channels)
        self._save_channels(new)
        if changed:
            # An entity's kind, unit and class are settled when it is made.
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        return self.check_channels()

    @callback
    def check_channels(self) -> list[Problem]:
        """Find out what Home Assistant refuses of the channels, and return it."""
        refused = async_update_refusals(self.hass, self.entry, self.channels)
        self.refused = [refusal.problem for refusal in refused]
        return self.refused

    @callback
    def learn(self, channels: Iterable[Channel], heard: float | None) -> None:
        """Take over what was received before the board had an entry.

        The values count only if the board is there; `heard` is when the last came.
        """
        if self.connected:
            self._last_frame = heard
            self._update()
        known = len(self.channels)
        for channel in channels:
            new = self.channels.setdefault(
                channel.key, Channel(channel.key, channel.type)
            )
            if self.connected and new.type is channel.type:
                self.show(new, channel.value)
        if len(self.channels) > known:
            self._save_channels(list(self.channels.values())[known:])

    def _save_channels(self, new: list[Channel]) -> None:
        """Remember the channels, so that their entities exist at the next start."""
        for channel in new:
            _LOGGER.debug("%s has a new channel: %s", self.entry.title, channel.key)
        async_save_channels(self.hass, self.entry, self.channels)
        for listener in list(self._channels_listeners):
            listener(new)

    @callback
    def report(self, *problems: Problem) -> None:
        """Count problems, and tell the first to the board and to automations."""
        if self.reporter.report(self.connection, *problems):
            self._tell_of(problems[0])

    @callback
    def report_each(self, *problems: Problem) -> None:
        """Count problems, and tell each to the board: for a message of many parts."""
        if self.reporter.report_each(self.connection, *problems):
            self._tell_of(problems[0])

    def _tell_of(self, problem: Problem) -> None:
        _LOGGER.debug("%s sent: %s", self.entry.title, problem.message)
        self._tell_status()
        async_tell(
            self.hass,
            self.entry.entry_id,
            Happening.REJECTED,
            code=problem.code,
            key=problem.key or "",
            message=problem.message,
        )

    # Availability: this is the one place that decides it.

    def _deadline(self) -> float:
        """Return until when the board counts as available."""
        if self._last_frame is None:
            return 0.0
        silence: float = self._silence
        if (interval := self.interval) is not None and self.about.interval is not None:
            silence = max(silence, 1.5 * max(interval, self.about.interval))
        deadline = self._last_frame + silence
        if self.connection is None and not self.about.sleeps:
            deadline = min(deadline, self._dropped_at + self._grace)
        return deadline

    @callback
    def _update(self) -> None:
        """Decide on availability, and when to look again."""
        if self._check is not None:
            self._check.cancel()
            self._check = None
        deadline = self._deadline()
        remaining = deadline - time.monotonic()
        available = remaining > 0
        if available:
            self._check = self.hass.loop.call_later(remaining, self._update)
        if available == self.available:
            return
        self.available = available
        if available and self._announced:
            _LOGGER.info("%s is available again", self.entry.title)
        elif not available:
            _LOGGER.info("%s is not available", self.entry.title)
            async_tell(self.hass, self.entry.entry_id, Happening.WENT_SILENT)
        self._announced = True
        self._write(self.channels.values())

    def _write(self, channels: Iterable[Channel]) -> None:
        due = time.monotonic() + REFRESH_INTERVAL
        for channel in channels:
            channel.due = due
            channel.write()

    def _seen(self, ago: float = 0.0) -> None:
        self.last_seen = dt_util.utcnow() - timedelta(seconds=ago)
        self.heard = True
        self._seen_due = time.monotonic() + REFRESH_INTERVAL

    def _tell_status(self) -> None:
        for listener in self._status_listeners:
            listener()


def _take_value(channel: Channel, value: Value) -> None:
    """Give a channel a value from before: it may be of another type now."""
    fitting = fit(channel, value)
    if not isinstance(fitting, Problem):
        channel.value = fitting


def _added[T](listeners: list[T], listener: T) -> CALLBACK_TYPE:
    """Add a listener and return what removes it."""
    listeners.append(listener)
    return lambda: listeners.remove(listener)
