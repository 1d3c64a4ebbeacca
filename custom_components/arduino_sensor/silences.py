"""Boards that have been silent for as long as an automation waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from .board import BoardConfigEntry
from .const import DOMAIN
from .happenings import SIGNAL_HAPPENING, Happening


class Silences:
    """Waits with each board that is not available, from the last that it has sent."""

    def __init__(
        self, hass: HomeAssistant, duration: timedelta, tell: Callable[[str], None]
    ) -> None:
        """Wait so long; then tell of the board, by the id of its entry."""
        self._hass = hass
        self._duration = duration.total_seconds()
        self._tell = tell
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._told: set[str] = set()
        """Those that are silent still."""

    @callback
    def async_begin(self) -> CALLBACK_TYPE:
        """Begin with the boards that are not there now; return what ends it all."""
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            self._look(entry)
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
        if happening is Happening.CAME_BACK:
            self._forget(entry_id)
        elif happening is Happening.WENT_SILENT:
            entry = self._hass.config_entries.async_get_entry(entry_id)
            if entry is not None:
                self._wait(entry)

    @callback
    def _changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Wait with a board that is set up late, or is new, and may never come."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._forget(entry.entry_id)
        elif entry.state is ConfigEntryState.LOADED:
            self._look(entry)

    def _look(self, entry: BoardConfigEntry) -> None:
        if not entry.runtime_data.available:
            self._wait(entry)

    def _forget(self, entry_id: str) -> None:
        self._told.discard(entry_id)
        if (cancel := self._timers.pop(entry_id, None)) is not None:
            cancel()

    def _wait(self, entry: BoardConfigEntry) -> None:
        if entry.entry_id in self._told or entry.entry_id in self._timers:
            return
        last = entry.runtime_data.last_frame
        silent = 0.0 if last is None else time.monotonic() - last
        entry_id = entry.entry_id

        @callback
        def _over(_now: datetime) -> None:
            del self._timers[entry_id]
            # It may have been disabled meanwhile.
            if entry.state is ConfigEntryState.LOADED:
                self._tell_once(entry_id)

        if silent >= self._duration:
            self._tell_once(entry_id)
        else:
            self._timers[entry_id] = async_call_later(
                self._hass,
                self._duration - silent,
                HassJob(_over, cancel_on_shutdown=True),
            )

    def _tell_once(self, entry_id: str) -> None:
        self._told.add(entry_id)
        self._tell(entry_id)
