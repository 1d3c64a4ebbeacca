"""Sensors: the numbers and texts that a board sends, and what is known of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import Board, BoardConfigEntry
from .channels import SENSORS, Channel, ChannelType, known_name
from .entity import ChannelEntity, StatusEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class StatusSensorDescription(SensorEntityDescription):
    """A sensor about the board itself."""

    value_fn: Callable[[Board], datetime | int | None]


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
    board = entry.runtime_data
    async_add_entities(
        StatusSensor(board, description) for description in STATUS_SENSORS
    )

    @callback
    def _add(channels: list[Channel]) -> None:
        async_add_entities(
            ChannelSensor(board, channel)
            for channel in channels
            if channel.type is not ChannelType.BOOLEAN
        )

    entry.async_on_unload(board.async_on_channels(_add))


class ChannelSensor(ChannelEntity, SensorEntity):
    """A number or a text that the board sends."""

    def __init__(self, board: Board, channel: Channel) -> None:
        """Describe the sensor; a number of an unknown name can still be graphed."""
        description = None
        if channel.type is ChannelType.NUMBER:
            description = SENSORS.get(known_name(channel.key))
            if description is None:
                self._attr_state_class = SensorStateClass.MEASUREMENT
        super().__init__(board, channel, description)

    @property
    @override
    def native_value(self) -> float | int | str | None:
        """Return the channel's latest value."""
        return self.channel.value


class StatusSensor(StatusEntity, SensorEntity):
    """Something that is known of the board itself."""

    entity_description: StatusSensorDescription

    @property
    @override
    def native_value(self) -> datetime | int | None:
        """Return what is known now."""
        return self.entity_description.value_fn(self.board)
