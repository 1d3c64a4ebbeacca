"""The least and the greatest of what was received and not published.

Statistics are made from states, so what never was one is not in them. Here it is kept
for each five minutes, until Home Assistant has made its row.
"""

import logging
import math
import time
from typing import Any, Final, NamedTuple

from homeassistant.components.recorder import (
    EVENT_RECORDER_5MIN_STATISTICS_GENERATED,
    get_instance,
    is_entity_recorded,
)
from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .periods import FIVE_MINUTES, period_of

_LOGGER = logging.getLogger(__name__)

MAX_PERIODS: Final = 144
"""How many periods are remembered of a channel.

A board that hands over hours later what it has kept has statistics made again.
"""


_VERSION: Final = 1

_UNIT: Final = "unit"
_PERIODS: Final = "periods"


class Widening(NamedTuple):
    """What a sensor was at besides, within five minutes."""

    entity_id: str
    unit: str | None
    start: int
    least: float
    most: float


class Received:
    """What one channel has received and not published."""

    __slots__ = ("_ends", "_least", "_most", "_periods", "_start", "pending", "unit")

    def __init__(self, unit: str | None) -> None:
        """Begin with nothing."""
        self.unit = unit
        self.pending: set[int] = set()
        """The periods whose rows do not have it yet, by their start."""
        self._periods: dict[int, tuple[float, float]] = {}
        self._start = 0
        self._ends = -math.inf
        self._least = self._most = 0.0

    def note(self, value: Any, now: float) -> None:
        """Take a number. `now` is of `time.monotonic()`."""
        if now >= self._ends:
            self._begin(value, now)
        if value < self._least:
            self._least = value
        elif value > self._most:
            self._most = value

    def note_past(self, at: float, value: Any) -> None:
        """Take a number of a time, in seconds since the epoch, that is not now."""
        if type(value) not in (int, float):
            return
        self._keep()
        start = period_of(at)
        least, most = self._periods.pop(start, (value, value))
        self._periods[start] = min(least, value), max(most, value)
        if start == self._start:
            self._least, self._most = self._periods[start]
        self.pending.add(start)
        self._keep()

    def _begin(self, value: float, now: float) -> None:
        self._keep()
        wall = time.time()
        self._start = period_of(wall)
        self._ends = now + self._start + FIVE_MINUTES - wall
        # Again, if the clock was set back.
        self._least, self._most = self._periods.get(self._start, (value, value))
        self.pending.add(self._start)

    def _keep(self) -> None:
        if self._ends != -math.inf:
            # At the end: what was noted long ago gives way first.
            self._periods.pop(self._start, None)
            self._periods[self._start] = self._least, self._most
        while len(self._periods) > MAX_PERIODS:
            start = next(iter(self._periods))
            del self._periods[start]
            self.pending.discard(start)

    def as_stored(self) -> dict[str, Any]:
        """Return what is kept while Home Assistant does not run: what is pending."""
        self._keep()
        return {
            _UNIT: self.unit,
            _PERIODS: [
                [start, *pair]
                for start, pair in self._periods.items()
                if start in self.pending
            ],
        }

    def take_stored(self, stored: dict[str, Any]) -> None:
        """Go on with what was kept, unless it is of another unit."""
        if stored[_UNIT] != self.unit:
            return
        for start, least, most in stored[_PERIODS][-MAX_PERIODS:]:
            self._periods[start] = least, most
            self.pending.add(start)

    def over(self, until: float) -> dict[int, tuple[float, float]]:
        """Return what there is of the periods that are over, by their start."""
        self._keep()
        return {
            start: pair
            for start, pair in self._periods.items()
            if start + FIVE_MINUTES <= until
        }


class Extremes:
    """What all channels have received and not published."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Wait for Home Assistant to make statistics."""
        self._hass = hass
        self._channels: dict[tuple[str, str], Received] = {}
        self._is_possible = True
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.extremes", private=True, atomic_writes=True
        )
        self._stored: dict[str, Any] = {}
        hass.bus.async_listen(
            EVENT_RECORDER_5MIN_STATISTICS_GENERATED, self._async_generated
        )
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_save)

    async def async_load(self) -> None:
        """Load what was kept when Home Assistant was last stopped."""
        self._stored = await self._store.async_load() or {}

    async def _async_save(self, _event: Event[Any]) -> None:
        """Keep what rows lack that Home Assistant makes when it starts again."""
        await self._store.async_save(
            {
                f"{entry_id}-{key}": received.as_stored()
                for (entry_id, key), received in self._channels.items()
                if received.pending
            }
        )

    @callback
    def received(
        self, entry_id: str, key: str, look: SensorEntityDescription
    ) -> Received | None:
        """Return what takes the numbers of a channel, if statistics have a use for it.

        It outlives the set-up of the board's entry.
        """
        if look.state_class is not SensorStateClass.MEASUREMENT:
            self._channels.pop((entry_id, key), None)
            return None
        unit = look.native_unit_of_measurement
        found = self._channels.get((entry_id, key))
        if found is None or found.unit != unit:
            found = self._channels[entry_id, key] = Received(unit)
            if (stored := self._stored.pop(f"{entry_id}-{key}", None)) is not None:
                found.take_stored(stored)
        return found

    @callback
    def _async_generated(self, _event: Event[Any]) -> None:
        """Home Assistant has made rows, which lack what is pending."""
        for entry_id, key in list(self._channels):
            if self._hass.config_entries.async_get_entry(entry_id) is None:
                del self._channels[entry_id, key]
        self._widen(-math.inf, pending=True)

    @callback
    def async_widen_again(self, since: float) -> None:
        """See to statistics that were made again, from a time on.

        This is for whoever has written states of the past.
        """
        self._widen(since - FIVE_MINUTES, pending=False)

    def _widen(self, after: float, *, pending: bool) -> None:
        """Have the rows of periods that begin after a time take in what they lack."""
        if not self._is_possible:
            return
        try:
            # Here and not above: it would not load where there are no such tasks.
            from .widening import WidenTask  # noqa: PLC0415
        except ImportError as err:
            self._is_possible = False
            _LOGGER.warning(
                "This release of Home Assistant does not let statistics have the "
                "extremes of what is not published (%s)",
                err,
            )
            return
        instance = get_instance(self._hass)
        registry = er.async_get(self._hass)
        found: list[tuple[Received, Widening]] = []
        for (entry_id, key), received in self._channels.items():
            entity_id = registry.async_get_entity_id(
                SENSOR, DOMAIN, f"{entry_id}-{key}"
            )
            if entity_id is None or not is_entity_recorded(self._hass, entity_id):
                received.pending.clear()
                continue
            found += (
                (received, Widening(entity_id, received.unit, start, *pair))
                for start, pair in received.over(time.time()).items()
                if start > after and (start in received.pending or not pending)
            )
        if not found:
            return

        @callback
        def _done(starts: set[int]) -> None:
            for received, widening in found:
                if widening.start in starts:
                    received.pending.discard(widening.start)

        instance.queue_task(WidenTask([widening for _, widening in found], _done))


@callback
def async_get_extremes(hass: HomeAssistant) -> Extremes | None:
    """Return what takes what is not published, if there is a recorder."""
    return _async_get(hass) if "recorder" in hass.config.components else None


@singleton(HassKey[Extremes](f"{DOMAIN}_extremes"))
def _async_get(hass: HomeAssistant) -> Extremes:
    return Extremes(hass)
