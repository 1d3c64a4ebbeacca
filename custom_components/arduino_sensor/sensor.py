"""Sensors: the numbers and texts that a board sends, and what is known of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    UNIT_CONVERTERS,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .appearance import appearance
from .board import Board, BoardConfigEntry
from .channels import Channel
from .description import Kind
from .entity import ChannelEntity, StatusEntity, async_add_channels

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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a board, and those that it sends later."""
    async_add_entities(
        StatusSensor(entry.runtime_data, description) for description in STATUS_SENSORS
    )
    async_add_channels(entry, async_add_entities, Kind.SENSOR, _sensor)


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
