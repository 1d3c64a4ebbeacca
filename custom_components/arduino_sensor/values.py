"""What a board is told of Home Assistant: the states of entities that a person chose."""

import asyncio
from collections.abc import Callable
import math
import re
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event

from .board import Board
from .connection import Connection
from .const import CONF_VALUES
from .description import MAX_UNIT
from .protocol import Value

MAX_VALUES: Final = 16
"""How many entities a board can be told of."""

MAX_STATE: Final = 64
"""How much of a text a board is told, in characters."""

INTERVAL: Final = 1.0
"""A board is told of an entity at most this often, in seconds."""

# What float() takes besides, such as 1_000 and nan, is no number to others.
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?", re.IGNORECASE)

# A double holds every whole number up to here.
_EXACT: Final = 2**53


@callback
def async_follow_values(
    hass: HomeAssistant, entry: ConfigEntry, board: Board
) -> CALLBACK_TYPE:
    """Tell a board of the entities in its options; return what ends that."""
    chosen: list[str] = entry.options.get(CONF_VALUES, [])
    followed = {
        entity_id: _Followed(hass, board, entity_id)
        for entity_id in chosen[:MAX_VALUES]
    }

    @callback
    def _ready() -> None:
        for one in followed.values():
            one.begin()

    @callback
    def _changed(event: Event[EventStateChangedData]) -> None:
        followed[event.data["entity_id"]].tell()

    removers: list[Callable[[], None]] = [
        async_track_state_change_event(hass, followed, _changed),
        board.dialogue.async_on_ready(_ready),
    ]

    @callback
    def _remove() -> None:
        for remove in removers:
            remove()
        for one in followed.values():
            one.stop()

    return _remove


class _Followed:
    """One entity that a board is told of."""

    def __init__(self, hass: HomeAssistant, board: Board, entity_id: str) -> None:
        self._hass = hass
        self._board = board
        self._entity_id = entity_id
        self._connection: Connection | None = None
        self._sent: dict[str, Any] | None = None
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @callback
    def begin(self) -> None:
        """Tell a board that takes messages from now on.

        A board without a key can say hello again and again in one connection: that
        is no reason to tell it more often.
        """
        if self._board.connection is not self._connection:
            self._connection = self._board.connection
            self.stop()
            self._due = 0.0
        self._sent = None
        self.tell()

    @callback
    def tell(self) -> None:
        """Tell what the entity is at, now or as soon as it is time."""
        if self._timer is not None:
            return
        if (remaining := self._due - time.monotonic()) > 0:
            self._timer = self._hass.loop.call_later(remaining, self._tell_now)
        else:
            self._tell_now()

    @callback
    def _tell_now(self) -> None:
        self.stop()
        message = _message(self._entity_id, self._hass.states.get(self._entity_id))
        if message != self._sent:
            self._board.dialogue.send(message)
            self._sent = message
            self._due = time.monotonic() + INTERVAL

    @callback
    def stop(self) -> None:
        """Tell nothing more, for now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _message(entity_id: str, state: State | None) -> dict[str, Any]:
    """Return what a board is told of an entity, which may be gone."""
    message: dict[str, Any] = {"type": "value", "key": entity_id, "value": None}
    if state is not None:
        message["value"] = _value(state.state)
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if isinstance(unit, str) and unit:
            message["unit"] = unit[:MAX_UNIT]
    return message


def _value(state: str) -> Value:
    """Return a state as a board has it."""
    if state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    if _NUMBER.fullmatch(state) and math.isfinite(number := float(state)):
        if number == int(number) and abs(number) <= _EXACT:
            return int(number)
        return number
    return state[:MAX_STATE]
