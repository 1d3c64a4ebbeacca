"""Boards that have been silent for as long as an automation waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time

from homeassistant.config_entries import ConfigEntryState
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

    @callback
    def async_begin(self) -> CALLBACK_TYPE:
        """Begin with the boards that are not there now; return what ends it all."""
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            if not entry.runtime_data.available:
                self._wait(entry)
        stop = async_dispatcher_connect(self._hass, SIGNAL_HAPPENING, self._happened)

        @callback
        def _end() -> None:
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
            if (cancel := self._timers.pop(entry_id, None)) is not None:
                cancel()
        elif happening is Happening.WENT_SILENT:
            entry = self._hass.config_entries.async_get_entry(entry_id)
            if entry is not None:
                self._wait(entry)

    def _wait(self, entry: BoardConfigEntry) -> None:
        last = entry.runtime_data.last_frame
        silent = 0.0 if last is None else time.monotonic() - last
        entry_id = entry.entry_id

        @callback
        def _over(_now: datetime) -> None:
            del self._timers[entry_id]
            # It may have been disabled meanwhile, or deleted.
            found = self._hass.config_entries.async_get_entry(entry_id)
            if found is not None and found.state is ConfigEntryState.LOADED:
                self._tell(entry_id)

        if silent >= self._duration:
            self._tell(entry_id)
        elif entry_id not in self._timers:
            self._timers[entry_id] = async_call_later(
                self._hass,
                self._duration - silent,
                HassJob(_over, cancel_on_shutdown=True),
            )
