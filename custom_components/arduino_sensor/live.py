"""A board's numbers as they come, for whoever watches: before anything holds them back.

A feed is there while somebody watches a board, and outlives its entry's set-up. It makes
one row of each reading; twenty times a second at most, what has come goes to each watcher.
"""

import asyncio
from collections.abc import Callable, Mapping
import time
from typing import TYPE_CHECKING, Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.sensor import UNIT_CONVERTERS
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from .channels import Channel
from .const import DOMAIN
from .entity import ChannelEntity, registered_name
from .protocol import ChannelType

if TYPE_CHECKING:
    from .board import Board

INTERVAL: Final = 0.05
"""A watcher is sent a message this often at most, in seconds."""

MAX_ROWS: Final = 512
"""How many rows wait for a watcher at most; beyond that, they are thinned."""

MAX_WAITING: Final = 32
"""While so many messages wait to be sent, a watcher gets no more.

Home Assistant closes a connection for which 4096 wait, or 1024 for ten seconds.
"""

ABSENT: Final = False
"""Stands in a row for what was not in the reading: null is an unknown value."""

type Cell = float | int | bool | None
type Row = list[Cell]

_NUMBERS: Final = (float, int)

_FEEDS: HassKey[dict[str, Feed]] = HassKey(f"{DOMAIN}.live")


class Column:
    """A channel in the rows: how its values are shown, and what is said of it."""

    __slots__ = ("_calibrated", "_convert", "about", "entity_id", "key")

    def __init__(self, channel: Channel, entity: ChannelEntity, name: str) -> None:
        """Settle once what each value needs."""
        self.key = channel.key
        self.entity_id = entity.entity_id
        self._calibrated = channel.calibrated
        self._convert = _converter(entity)
        self.about = {
            "key": channel.key,
            "name": name,
            "unit": entity.unit_of_measurement,
            "entity_id": entity.entity_id,
        }

    def read(self, value: object) -> Cell:
        """Return a value as the entity shows it; `ABSENT` for what it refuses."""
        if value is None:
            return None
        # By identity: bool is a subclass of int.
        if type(value) not in _NUMBERS:
            return ABSENT
        number = self._calibrated(value)  # type: ignore[arg-type]
        if self._convert is not None and type(number) in _NUMBERS:
            try:
                return self._convert(number)  # type: ignore[arg-type]
            except ArithmeticError, TypeError:
                # It has no equivalent in that unit.
                return None
        return number  # type: ignore[return-value]


class Watcher:
    """One client that watches a board: what it may see, and what waits for it."""

    def __init__(
        self, connection: ActiveConnection, message_id: int, columns: list[Column]
    ) -> None:
        """Begin with nothing sent."""
        self.connection = connection
        self.message_id = message_id
        self.rows: list[Row] = []
        self._newest: Row | None = None
        self._come = 0
        self._every = 1
        self._dropped = 0
        self._state: str | None = None
        self._channels: list[dict[str, Any]] | None = None
        self._places: list[int] | None = None
        self.look(columns)

    def look(self, columns: list[Column]) -> None:
        """Take over the columns of the rows to come: those that the user may see."""
        # Rows that are still here are of other columns, and too late for them.
        self._dropped += len(self._take_rows())
        may = self.connection.user.permissions.check_entity
        places = [
            place
            for place, column in enumerate(columns, 1)
            if may(column.entity_id, POLICY_READ)
        ]
        self._columns = [columns[place - 1].about for place in places]
        self._places = None if len(places) == len(columns) else [0, *places]

    def add(self, row: Row) -> None:
        """Have a row wait for the next message, if there is room."""
        self._come += 1
        if self._come % self._every:
            self._dropped += self._newest is not None
            self._newest = row
            return
        self._dropped += self._newest is not None
        self._newest = None
        if len(self.rows) >= MAX_ROWS:
            # What is left is as dense everywhere: every second, every fourth, …
            self._dropped += len(self.rows) - len(self.rows[1::2])
            self.rows = self.rows[1::2]
            self._every *= 2
        self.rows.append(row)

    def _take_rows(self) -> list[Row]:
        rows, self.rows = self.rows, []
        if self._newest is not None:
            # It may be the last for a long time.
            rows.append(self._newest)
            self._newest = None
        self._come, self._every = 0, 1
        return rows

    def send(self, start: float, state: str) -> bool:
        """Send what there is to say; return whether it could be sent."""
        if _waiting(self.connection) >= MAX_WAITING:
            return False
        event: dict[str, Any] = {}
        if self._columns != self._channels:
            self._channels = self._columns
            event["start"] = start
            event["channels"] = self._columns
        if state != self._state:
            self._state = event["state"] = state
        if self.rows:
            places = self._places
            rows = self._take_rows()
            event["rows"] = (
                rows
                if places is None
                else [[row[place] for place in places] for row in rows]
            )
        if self._dropped:
            event["dropped"] = self._dropped
            self._dropped = 0
        if event:
            self.connection.send_event(self.message_id, event)
        return True


class Feed:
    """What is sent to those who watch one board."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, ended: CALLBACK_TYPE
    ) -> None:
        """Begin with nobody who watches; `ended` is called when that is so again."""
        self._hass = hass
        self._entry_id = entry_id
        self._ended = ended
        self._board: Board | None = None
        self._columns: list[Column] = []
        self._outdated = False
        self._watchers: dict[tuple[ActiveConnection, int], Watcher] = {}
        self._began = time.monotonic()
        self._start = time.time()
        self._timer: asyncio.TimerHandle | None = None
        self._stop_listening: CALLBACK_TYPE = hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated
        )

    # Who watches.

    @callback
    def watch(self, connection: ActiveConnection, message_id: int) -> CALLBACK_TYPE:
        """Send to one more client; return what ends that."""
        watching = (connection, message_id)
        self._watchers[watching] = Watcher(connection, message_id, self._columns)
        self._soon()

        @callback
        def _unwatch() -> None:
            if self._watchers.pop(watching, None) is not None and not self._watchers:
                self._stop()

        return _unwatch

    def _stop(self) -> None:
        self.detach()
        self._stop_listening()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._ended()

    @callback
    def end(self) -> None:
        """Say that the board is gone for good, and stop."""
        for watcher in self._watchers.values():
            watcher.send(self._start, "removed")
        self._watchers.clear()
        self._stop()

    # The board.

    @callback
    def attach(self, board: Board) -> None:
        """Take a board whose entities are there."""
        self._board = board
        board.live = self
        self._look()
        self._soon()

    @callback
    def detach(self) -> None:
        """Go on without a board, until the entry is set up again."""
        if self._board is not None:
            self._board.live = None
            self._board = None
        self._soon()

    @callback
    def take(self, values: Mapping[str, Any], now: float) -> None:
        """Take the values of a reading."""
        row: Row = [round((now - self._began) * 1000)]
        there = False
        for column in self._columns:
            value = values.get(column.key, ABSENT)
            if value is not ABSENT and (value := column.read(value)) is not ABSENT:
                there = True
            row.append(value)
        if there:
            for watcher in self._watchers.values():
                watcher.add(row)
            self._soon()

    @callback
    def availability_changed(self) -> None:
        """Say soon whether the board is there."""
        self._soon()

    @callback
    def refresh(self) -> None:
        """Look soon at what channels there are."""
        self._outdated = True
        self._soon()

    @callback
    def _registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        found = er.async_get(self._hass).async_get(event.data["entity_id"])
        if found is None or found.config_entry_id == self._entry_id:
            self.refresh()

    def _look(self) -> None:
        """Find out what channels there are: those of entities that are enabled."""
        board = self._board
        if board is None:
            # What its channels were stays true until it is back.
            return
        self._outdated = False
        registry = er.async_get(self._hass)
        columns = []
        for channel in board.channels.values():
            if channel.type is not ChannelType.NUMBER or not (
                entity := board.entities.get(channel.key)
            ):
                continue
            found = registry.async_get(entity.entity_id)
            if found is not None:
                name = registered_name(found) or channel.key
                columns.append(Column(channel, entity, name))
        before, self._columns = self._columns, columns
        if [column.about for column in before] != [column.about for column in columns]:
            for watcher in self._watchers.values():
                # First the rows that are as the channels were.
                watcher.send(self._start, self._state)
                watcher.look(columns)

    # To the watchers.

    @property
    def _state(self) -> str:
        if self._board is None:
            return "not_loaded"
        return "available" if self._board.available else "away"

    def _soon(self) -> None:
        if self._timer is None and self._watchers:
            self._timer = self._hass.loop.call_later(INTERVAL, self._send)

    @callback
    def _send(self) -> None:
        self._timer = None
        if self._outdated:
            self._look()
        state = self._state
        all_sent = True
        for watcher in self._watchers.values():
            all_sent &= watcher.send(self._start, state)
        if not all_sent:
            self._soon()


@callback
def async_get_feed(hass: HomeAssistant, entry_id: str) -> Feed | None:
    """Return the feed of a board that somebody watches."""
    return hass.data.setdefault(_FEEDS, {}).get(entry_id)


@callback
def async_watch(
    hass: HomeAssistant, board: Board, connection: ActiveConnection, message_id: int
) -> CALLBACK_TYPE:
    """Send a board's numbers to a client; return what ends that."""
    feeds = hass.data.setdefault(_FEEDS, {})
    entry_id = board.entry.entry_id
    if (feed := feeds.get(entry_id)) is None:
        feed = feeds[entry_id] = Feed(hass, entry_id, lambda: _drop(feeds, entry_id))
        feed.attach(board)
    return feed.watch(connection, message_id)


def _drop(feeds: dict[str, Feed], entry_id: str) -> None:
    del feeds[entry_id]


def _converter(entity: ChannelEntity) -> Callable[[float], float] | None:
    """Return what makes a value of the unit that a person has chosen."""
    given = getattr(entity, "native_unit_of_measurement", None)
    shown = entity.unit_of_measurement
    if given == shown:
        return None
    converter = UNIT_CONVERTERS.get(entity.device_class)
    return None if converter is None else converter.converter_factory(given, shown)


def _waiting(connection: ActiveConnection) -> int:
    """Return how many messages to a client have not been sent yet.

    Home Assistant does not say so to others. Where it keeps them elsewhere, none seem to
    wait, and it closes the connection of a client that is too slow, as it always does.
    """
    handler = getattr(connection.send_message, "__self__", None)
    return len(getattr(handler, "_message_queue", None) or ())
