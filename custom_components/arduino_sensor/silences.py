"""Boards that have been silent for as long as an automation waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from .board import Board, BoardConfigEntry
from .const import DOMAIN
from .happenings import SETTLE, SIGNAL_HAPPENING, Happening

LOOK_INTERVAL: Final = 5.0
"""How often is looked whether a silent board, which counts as available by its own
settings, has sent something, in seconds: with each reading, that would cost much more."""


def _nothing(entry_id: str) -> None:
    """Tell nobody."""


class Silences:
    """Waits with each board, from the last that it has sent.

    Also with one that still counts as available: a sketch can hang while the connection
    is open. One that sends seldom is given its time, unless it is known to be away.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        duration: timedelta,
        *,
        silent: Callable[[str], None] = _nothing,
        back: Callable[[str], None] = _nothing,
    ) -> None:
        """Wait so long; then tell of the board by the id of its entry, and when it is back."""
        self._hass = hass
        self._duration = duration.total_seconds()
        self._tell_silent = silent
        self._tell_back = back
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._begun: dict[str, float] = {}
        """Since when is waited with those that were never heard."""
        self._silent: dict[str, float | None] = {}
        """Those that are silent still, and when they were last heard."""

    @callback
    def async_begin(self) -> CALLBACK_TYPE:
        """Begin with the boards that there are; return what ends it all."""
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            remaining = self._remaining(entry.entry_id, entry.runtime_data)
            self._look_again(entry, max(remaining, SETTLE))
        hass = self._hass
        stops = (
            async_dispatcher_connect(hass, SIGNAL_HAPPENING, self._happened),
            async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._changed),
        )

        @callback
        def _end() -> None:
            for stop in stops:
                stop()
            for cancel in self._timers.values():
                cancel()
            self._timers.clear()

        return _end

    @callback
    def _happened(
        self, entry_id: str, happening: Happening, data: dict[str, str]
    ) -> None:
        """Look at once at a board of which it is known that it went, or came back."""
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None:
            return
        if happening is Happening.CAME_BACK and entry_id in self._silent:
            self._end_silence(entry_id)
        if happening in (Happening.CAME_BACK, Happening.WENT_SILENT):
            self._look(entry)

    @callback
    def _changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Wait with a board that is set up late, or is new, and may never come."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._stop(entry.entry_id)
            self._begun.pop(entry.entry_id, None)
            self._silent.pop(entry.entry_id, None)
        elif entry.state is ConfigEntryState.LOADED:
            self._look(entry)

    def _look(self, entry: BoardConfigEntry) -> None:
        """See whether it is silent, or is not any more, and look again in time."""
        entry_id, board = entry.entry_id, entry.runtime_data
        last = board.last_frame
        if entry_id in self._silent:
            before = self._silent[entry_id]
            if last is not None and (before is None or last > before):
                self._end_silence(entry_id)
        if entry_id not in self._silent:
            remaining = self._remaining(entry_id, board)
            if remaining > 0:
                self._look_again(entry, remaining)
                return
            self._silent[entry_id] = last
            self._tell_silent(entry_id)
        if board.available:
            self._look_again(entry, LOOK_INTERVAL)

    def _remaining(self, entry_id: str, board: Board) -> float:
        now = time.monotonic()
        last = board.last_frame
        if last is None:
            last = self._begun.setdefault(entry_id, now)
        wait = self._duration
        if board.available:
            wait = max(wait, board.presence.rhythm)
        return last + wait - now

    def _end_silence(self, entry_id: str) -> None:
        del self._silent[entry_id]
        self._tell_back(entry_id)

    def _look_again(self, entry: BoardConfigEntry, delay: float) -> None:
        self._stop(entry.entry_id)

        @callback
        def _due(_now: datetime) -> None:
            del self._timers[entry.entry_id]
            if entry.state is ConfigEntryState.LOADED:
                self._look(entry)
            else:
                # It was disabled meanwhile: it counts anew.
                self._begun.pop(entry.entry_id, None)

        self._timers[entry.entry_id] = async_call_later(
            self._hass, delay, HassJob(_due, cancel_on_shutdown=True)
        )

    def _stop(self, entry_id: str) -> None:
        if (cancel := self._timers.pop(entry_id, None)) is not None:
            cancel()
