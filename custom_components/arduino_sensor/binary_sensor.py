"""Binary sensors: what is on or off on a board, and whether it is connected."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import Board, BoardConfigEntry
from .channels import BINARY_SENSORS, Channel, ChannelType, known_name
from .entity import ChannelEntity, StatusEntity

PARALLEL_UPDATES = 0

CONNECTION = BinarySensorEntityDescription(
    key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of a board, and those that it sends later."""
    board = entry.runtime_data
    async_add_entities([ConnectionSensor(board, CONNECTION)])

    @callback
    def _add(channels: list[Channel]) -> None:
        async_add_entities(
            ChannelBinarySensor(board, channel)
            for channel in channels
            if channel.type is ChannelType.BOOLEAN
        )

    entry.async_on_unload(board.async_on_channels(_add))


class ChannelBinarySensor(ChannelEntity, BinarySensorEntity):
    """Something that the board says is on or off."""

    def __init__(self, board: Board, channel: Channel) -> None:
        """Describe the binary sensor."""
        super().__init__(board, channel, BINARY_SENSORS.get(known_name(channel.key)))

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the channel's latest value."""
        value = self.channel.value
        return None if value is None else bool(value)


class ConnectionSensor(StatusEntity, BinarySensorEntity):
    """Whether the board has a connection right now."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether there is a connection."""
        return self.board.connected
