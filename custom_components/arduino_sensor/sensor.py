"""Sensors: the numbers and texts that a board sends, and what is known of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
import time
from typing import Final, override

from homeassistant.components.sensor import (
    UNIT_CONVERTERS,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.restore_state import (
    ExtraStoredData,
    RestoredExtraData,
    RestoreEntity,
)
from homeassistant.util import dt as dt_util

from .appearance import appearance
from .board import Board, BoardConfigEntry
from .channels import Channel
from .const import DOMAIN
from .description import Kind
from .entity import ChannelEntity, StatusEntity, async_add_channels
from .hello import RESETS

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class StatusSensorDescription(SensorEntityDescription):
    """A sensor about the board itself."""

    value_fn: Callable[[Board], datetime | int | str | None]


STATUS_SENSORS = (
    StatusSensorDescription(
        key="last_seen",
        translation_key="last_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda board: board.last_seen,
    ),
    StatusSensorDescription(
        key="last_problem",
        translation_key="last_problem",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda board: board.last_problem,
    ),
    StatusSensorDescription(
        key="rejected",
        translation_key="rejected",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda board: board.reporter.count,
    ),
)

RESET_REASON: Final = StatusSensorDescription(
    key="reset_reason",
    translation_key="reset_reason",
    device_class=SensorDeviceClass.ENUM,
    options=[*RESETS],
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda board: board.about.reset,
)

RECONNECTS: Final = StatusSensorDescription(
    key="reconnects",
    translation_key="reconnects",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda board: board.link.reconnects.count(time.time()),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a board, and those that it sends later."""
    async_add_entities(
        StatusSensor(entry.runtime_data, description) for description in STATUS_SENSORS
    )
    _async_follow_hello(hass, entry, async_add_entities)
    async_add_channels(entry, async_add_entities, Kind.SENSOR, _sensor)


@callback
def _async_follow_hello(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Have the sensors that depend on what the board says of itself.

    Why it has started, once it has ever said that; and how often it had to connect
    again, unless it sleeps: then it does so each time.
    """
    board = entry.runtime_data
    registry = er.async_get(hass)
    there: set[str] = set()

    def _entity_id(description: StatusSensorDescription) -> str | None:
        unique_id = f"{entry.entry_id}_{description.key}"
        return registry.async_get_entity_id("sensor", DOMAIN, unique_id)

    @callback
    def _follow() -> None:
        if RESET_REASON.key not in there and (
            board.about.reset is not None or _entity_id(RESET_REASON) is not None
        ):
            there.add(RESET_REASON.key)
            async_add_entities([StatusSensor(board, RESET_REASON)])
        if not board.about.sleeps and RECONNECTS.key not in there:
            there.add(RECONNECTS.key)
            async_add_entities([ReconnectsSensor(board, RECONNECTS)])
        elif board.about.sleeps:
            there.discard(RECONNECTS.key)
            if (entity_id := _entity_id(RECONNECTS)) is not None:
                registry.async_remove(entity_id)

    entry.async_on_unload(board.async_on_status(_follow))
    _follow()


def _sensor(board: Board, channel: Channel) -> ChannelEntity:
    match appearance(channel).device_class:
        case SensorDeviceClass.ENUM:
            return EnumSensor(board, channel)
        case (
            SensorDeviceClass.ENERGY_DISTANCE
            | SensorDeviceClass.SPEED
            | SensorDeviceClass.WIND_SPEED
        ):
            return BentSensor(board, channel)
        case _:
            return ChannelSensor(board, channel)


class ChannelSensor(ChannelEntity, SensorEntity):
    """A number or a text that the board sends."""

    @property
    @override
    def native_value(self) -> float | int | str | None:
        """Return the channel's latest value."""
        return self.channel.value

    @override
    def scaled(self, difference: float) -> float:
        """Return how much a difference of the channel's values is in the state."""
        given, shown = self.native_unit_of_measurement, self.unit_of_measurement
        converter = UNIT_CONVERTERS.get(self.device_class)
        if given == shown or converter is None:
            return difference
        return difference / converter.get_unit_ratio(given, shown)


class EnumSensor(ChannelSensor):
    """A text that is one of a few."""

    @property
    @override
    def native_value(self) -> float | int | str | None:
        """Return the channel's latest value, if it is one of them."""
        value = self.channel.value
        return value if self.options is not None and value in self.options else None


class BentSensor(ChannelSensor):
    """A number that has no equivalent in some units, where Home Assistant raises.

    Such as 0 kWh/100km in km/kWh, or a wind of 1e300 m/s in Beaufort.
    """

    @property
    @override
    def native_value(self) -> float | int | str | None:
        """Return the channel's latest value, if it can be told in the chosen unit."""
        value = self.channel.value
        if not isinstance(value, int | float):
            return None
        convert = UNIT_CONVERTERS[self.device_class].converter_factory(
            self.native_unit_of_measurement, self.unit_of_measurement
        )
        try:
            convert(value)
        except ArithmeticError, TypeError:
            return None
        return value


class StatusSensor(StatusEntity, SensorEntity):
    """Something that is known of the board itself."""

    entity_description: StatusSensorDescription

    @property
    @override
    def native_value(self) -> datetime | int | str | None:
        """Return what is known now."""
        return self.entity_description.value_fn(self.board)


class ReconnectsSensor(StatusSensor, RestoreEntity):
    """How often the board had to connect again in the last 24 hours.

    It is written when that is another number, also by the time that goes by.
    """

    _shown: int
    _cancel_timer: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Take over what was counted before Home Assistant started."""
        stored = await self.async_get_last_extra_data()
        self.board.link.reconnects.recall(
            None if stored is None else stored.as_dict().get("counts"), time.time()
        )
        self._look_later()
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Return what is kept while Home Assistant does not run."""
        return RestoredExtraData({"counts": self.board.link.reconnects.as_stored()})

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Look no more."""
        self._stop_timer()

    @callback
    @override
    def _status_changed(self) -> None:
        if self.native_value != self._shown:
            self._look_again()

    @callback
    def _look_again(self, _: datetime | None = None) -> None:
        self._look_later()
        self.async_write_ha_state()

    def _look_later(self) -> None:
        """Look again when some of them are a day ago."""
        self._stop_timer()
        now = time.time()
        reconnects = self.board.link.reconnects
        self._shown = reconnects.count(now)
        if (change := reconnects.next_change(now)) is not None:
            self._cancel_timer = async_track_point_in_utc_time(
                self.hass,
                HassJob(self._look_again, cancel_on_shutdown=True),
                dt_util.utc_from_timestamp(change),
            )

    def _stop_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
