"""One board's live state: its channels, and whether it can be relied upon."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .calibration import Calibration
from .channels import Channel, fit, settle
from .connection import Connection, ProblemReporter
from .const import CONF_INTERVAL, CONF_LINK, CONF_WATCH, LINK_SERIAL, WATCH_SURE
from .device import about
from .dialogue import Dialogue, News
from .happenings import Happening, async_tell
from .health import Health
from .link import LinkRecord
from .lobby import Lobby
from .pacing import Allowance
from .presence import Left, Presence
from .protocol import MAX_TEXT, Problem, ProtocolError, Value, parse
from .publishing import REFRESH_INTERVAL, Publishing
from .refusals import async_update_refusals
from .remembered import async_remove_entities, async_save_channels, channels_of

if TYPE_CHECKING:
    from .entity import ChannelEntity
    from .history.backfill import Past
    from .live import Feed

_LOGGER = logging.getLogger(__name__)

BENCH_TIME: Final = timedelta(hours=1)
"""For so long after a board was added, none of its sensors has proven that it works."""

COMPLAINT_INTERVAL: Final = 1.0
"""What a board complains of is shown at most so often, in seconds; else with the next
news of its status."""

type BoardConfigEntry = ConfigEntry[Board]
type ChannelsListener = Callable[[list[Channel]], None]
type EventListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one Board leaves to the next when its entry is set up again."""

    values: dict[str, Value]
    raw: dict[str, tuple[Calibration, Value]]
    """What came last of those that are corrected, and how they are."""
    last_seen: datetime | None
    heard: bool
    presence: Left
    reporter: ProblemReporter
    link: LinkRecord
    allowance: Allowance
    news: News
    health: Health


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
        self.connection: Connection | None = None
        self.last_seen: datetime | None = None
        self.heard = False
        """Whether it was there since Home Assistant started."""
        self.reporter = ProblemReporter()
        self.link = LinkRecord()
        self.allowance = Allowance()
        self.dialogue = Dialogue(self)
        self.presence = Presence(self)
        is_new = dt_util.utcnow() - entry.created_at < BENCH_TIME
        self.health = Health(
            entry.options.get(CONF_WATCH, WATCH_SURE), () if is_new else self.channels
        )
        self.publishing = Publishing(self)
        for channel in self.channels.values():
            self.publishing.adopt(channel)
        self.past: Past | None = None
        """Where readings go that the board has kept, if they can go anywhere."""
        self.live: Feed | None = None
        """Where numbers go as they come, while somebody watches them."""
        self.entities: dict[str, ChannelEntity] = {}
        """The entities that are there, by the keys of their channels."""
        self._seen_due = 0.0
        self._complaint_due = 0.0
        self._channels_listeners: list[ChannelsListener] = []
        self._status_listeners: list[CALLBACK_TYPE] = []
        self._event_listeners: dict[str, list[EventListener]] = {}

    # What entities ask and want to be told.

    @property
    def connected(self) -> bool:
        """Return whether there is a connection right now."""
        return self.connection is not None

    @property
    def available(self) -> bool:
        """Return whether the board can be relied upon."""
        return self.presence.available

    @property
    def last_frame(self) -> float | None:
        """Return when the board has last sent something, as a monotonic time."""
        return self.presence.last_frame

    @callback
    def async_on_channels(self, listener: ChannelsListener) -> CALLBACK_TYPE:
        """Call a listener with all channels, and again with each new one."""
        listener(list(self.channels.values()))
        return _added(self._channels_listeners, listener)

    @callback
    def async_on_status(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when connection, presence, last seen or the counts change."""
        return _added(self._status_listeners, listener)

    @callback
    def async_on_event(self, key: str, listener: EventListener) -> CALLBACK_TYPE:
        """Call a listener with each event of a channel."""
        return _added(self._event_listeners.setdefault(key, []), listener)

    @callback
    def add_entity(self, entity: ChannelEntity) -> CALLBACK_TYPE:
        """Know the entity of a channel; return what ends that."""
        key = entity.channel.key
        self.entities[key] = entity
        if self.live is not None:
            self.live.refresh()

        def _remove() -> None:
            if self.entities.get(key) is entity:
                del self.entities[key]

        return _remove

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
        self.presence.last_frame = time.monotonic() - ago
        self.last_seen = seen
        self.presence.update(heard=True)
        self.tell_status()

    @callback
    def remember(self, seen: datetime) -> None:
        """Take note of when it was last there before Home Assistant started."""
        if not self.heard:
            self.last_seen = max(seen, self.last_seen or seen)
            self.tell_status()

    @callback
    def recall_past(self, readings: Iterable[tuple[float, dict[str, Value]]]) -> None:
        """Take over what a board has kept, by age, where that is the newest there is.

        Nothing of it shows before the board's first reading.
        """
        if self.available:
            return
        now = time.monotonic()
        for age, values in readings:
            if self.presence.was_away(now - age):
                self.presence.unheard.difference_update(values)
                for key, value in values.items():
                    channel = self.channels[key]
                    channel.raw = value
                    channel.value = channel.calibrated(value)

    # The connection.

    @callback
    def connect(self, connection: Connection) -> None:
        """Take a connection; its frames come to `receive` from now on."""
        if self.connection is not None:
            self.link.dropped()
        self.connection = connection
        is_new = connection.link is None
        self.presence.connected(is_new=is_new)
        if is_new:
            # New, and not one that is only handed on while its entry is set up anew.
            self.health.connected()
            if self._had_to_come_back():
                self.link.reconnects.note(time.time())
            if connection.session is not None:
                for at, direction, kind in connection.session.messages:
                    self.link.handshake(at, direction, kind)
            connection.link = self.link
            self.link.connected(connection.source)
            async_tell(self.hass, self.entry.entry_id, Happening.CONNECTED)
        self.link.on_complaint = self.complain
        connection.silence = self.presence.silence
        connection.receive = self.receive
        connection.receive_problem = self.receive_problem
        self._seen()
        self.presence.update()
        self.tell_status()
        self.dialogue.connect(connection)

    def _had_to_come_back(self) -> bool:
        """Return whether a new connection is one that the board had to make again.

        One that sleeps is meant to. A port can be opened without a board behind it.
        """
        if self.about.sleeps or not self.link.connects:
            return False
        return self.link.was_heard or self.entry.data[CONF_LINK] != LINK_SERIAL

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
        self.publishing.flush()
        self.connection = None
        self.link.dropped()
        self.dialogue.disconnect()
        self._seen(time.monotonic() - self.presence.dropped())
        self.presence.update()
        self.tell_status()

    def snapshot(self) -> Snapshot:
        """Return what a new Board for the same entry goes on from."""
        self.publishing.flush()
        return Snapshot(
            values={key: channel.value for key, channel in self.channels.items()},
            raw={
                key: (channel.calibration, channel.raw)
                for key, channel in self.channels.items()
                if channel.calibration is not None
            },
            last_seen=self.last_seen,
            heard=self.heard,
            presence=self.presence.left(),
            reporter=self.reporter,
            link=self.link,
            allowance=self.allowance,
            news=self.dialogue.news,
            health=self.health,
        )

    @callback
    def restore(self, snapshot: Snapshot) -> None:
        """Go on from where the entry's previous Board ended."""
        for key, value in snapshot.values.items():
            if (channel := self.channels.get(key)) is None:
                continue
            calibration, channel.raw = snapshot.raw.get(key, (None, value))
            if calibration != channel.calibration:
                value = channel.calibrated(channel.raw)
            _take_value(channel, value)
        self.last_seen = snapshot.last_seen
        self.heard = snapshot.heard
        self.reporter = snapshot.reporter
        self.link = snapshot.link
        self.allowance = snapshot.allowance
        self.health.resume(snapshot.health)
        self.health.forget(snapshot.values.keys() - self.channels.keys())
        self.dialogue.resume(snapshot.news)
        self.presence.resume(snapshot.presence)

    @callback
    def close(self) -> None:
        """Let go of the connection, which stays open, and of all timers."""
        self.connection = None
        self.presence.close()
        self.publishing.stop()
        self.dialogue.close()

    # The way of a reading. This runs for every frame: what can be settled once,
    # when a channel is new, is settled there.

    @callback
    def receive(self, data: bytes) -> None:
        """Take one frame."""
        presence = self.presence
        now = presence.last_frame = time.monotonic()
        self.link.received(now, data)
        if now >= self._seen_due:
            self._seen()
            self.tell_status()
        try:
            values, problems = parse(data)
        except ProtocolError as err:
            if not presence.available:
                presence.come_back()
            self.receive_problem(err.problem)
            return
        if "type" in values:
            if not presence.available:
                presence.introduce(values["type"])
            self.dialogue.receive(values)
            return
        if presence.unheard:
            presence.hear(values)
        channels = self.channels
        known = len(channels)
        for key, value in values.items():
            if (channel := channels.get(key)) is None or (
                type(value) not in channel.accepts
            ):
                settled = settle(channels, key, value)
                if isinstance(settled, Problem):
                    problems.append(settled)
                    continue
                if value is None:
                    self.health.null(channels, key, now)
                if channel is None:
                    if (channel := channels.get(key)) is None:
                        continue
                    self.publishing.adopt(channel)
                value = settled
                if not channel.accepts:
                    self.publishing.take(channel, value, now)
                    continue
            if value != channel.value:
                if now < channel.open:
                    self.publishing.take(channel, value, now)
                    continue
                # As `Publishing` does it, but without a call, which would cost more.
                early = now - channel.slack
                if early < channel.open:  # noqa: PLR1730
                    early = channel.open
                channel.open = early + channel.pause
                channel.value = value
            elif now < channel.due:
                continue
            channel.due = now + REFRESH_INTERVAL
            channel.write()
        if self.live is not None:
            self.live.take(values, now)
        if not presence.available:
            # Only now: nothing of before shows for a moment.
            presence.come_back()
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
        self.publishing.drop(channel)
        self.presence.unheard.discard(channel.key)
        channel.value = value
        channel.due = time.monotonic() + REFRESH_INTERVAL
        channel.write()
        if self.live is not None:
            self.live.take({channel.key: value}, time.monotonic())

    @callback
    def happened(self, channel: Channel, event: str) -> None:
        """Take note of what happened at a channel."""
        self.publishing.take_event(channel, event)

    @callback
    def publish_event(self, channel: Channel, event: str) -> None:
        """Tell the entity of a channel what happened there."""
        for listener in self._event_listeners.get(channel.key, ()):
            listener(event)

    @callback
    def look_again(self) -> None:
        """Decide on availability by what is known now, and tell entities of it."""
        self.presence.update()
        self.tell_status()

    @callback
    def write_all(self) -> None:
        """Have all entities of channels say how it is."""
        due = time.monotonic() + REFRESH_INTERVAL
        for channel in self.channels.values():
            channel.due = due
            channel.write()

    @callback
    def replace_channels(self, channels: dict[str, Channel]) -> list[Problem]:
        """Have these channels and no others; return what Home Assistant refuses."""
        self.publishing.flush()
        before, self.channels = self.channels, channels
        gone = before.keys() - channels.keys()
        new = [channel for key, channel in channels.items() if key not in before]
        changed = {
            key
            for key in before.keys() & channels.keys()
            if before[key] is not channels[key]
        }
        for channel in (*new, *(channels[key] for key in changed)):
            self.publishing.adopt(channel)
        self.health.forget(gone)
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
            self.presence.last_frame = heard
            self.presence.update(heard=True)
        known = len(self.channels)
        for channel in channels:
            if (new := self.channels.get(channel.key)) is None:
                new = Channel(channel.key, channel.type)
                self.channels[channel.key] = new
                self.publishing.adopt(new)
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

    @callback
    def refuse(self, problem: Problem, **members: Any) -> None:
        """Count a problem, and tell the board of it at once, since it waits for that.

        `members` say what of the board's is refused, as far as they are known.
        """
        self.reporter.count += 1
        told = {key: value for key, value in members.items() if value is not None}
        self.dialogue.send({**problem.as_message(), **told})
        self._tell_of(problem)

    @property
    def last_problem(self) -> str | None:
        """Return what was wrong lately, in a sentence that a state can hold."""
        latest = self.reporter.latest
        return latest if latest is None else latest[:MAX_TEXT]

    @callback
    def complain(self, text: str) -> None:
        """Take note of what the library on the board says is wrong there."""
        if text[:MAX_TEXT] != self.reporter.latest:
            self.reporter.latest = text[:MAX_TEXT]
            if (now := time.monotonic()) >= self._complaint_due:
                self._complaint_due = now + COMPLAINT_INTERVAL
                self.tell_status()

    def _tell_of(self, problem: Problem) -> None:
        _LOGGER.debug("%s sent: %s", self.entry.title, problem.message)
        self.tell_status()
        async_tell(
            self.hass,
            self.entry.entry_id,
            Happening.REJECTED,
            code=problem.code,
            key=problem.key or "",
            message=problem.message,
        )

    def _seen(self, ago: float = 0.0) -> None:
        self.last_seen = dt_util.utcnow() - timedelta(seconds=ago)
        self.heard = True
        self._seen_due = time.monotonic() + REFRESH_INTERVAL

    @callback
    def tell_status(self) -> None:
        """Have those say how it is that tell of the board itself."""
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
