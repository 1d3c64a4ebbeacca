"""What the entities of a board have in common."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .board import Board
from .channels import Channel
from .const import DOMAIN


class BoardEntity(Entity):
    """An entity of a board."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, board: Board) -> None:
        """Put the entity on the board's device."""
        self.board = board
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, board.entry.entry_id)},
            name=board.entry.title,
        )


class ChannelEntity(BoardEntity):
    """An entity that shows one channel."""

    def __init__(
        self, board: Board, channel: Channel, description: EntityDescription | None
    ) -> None:
        """Describe the entity by the channel's name in the tables, or by its key."""
        super().__init__(board)
        self.channel = channel
        self._attr_unique_id = f"{board.entry.entry_id}-{channel.key}"
        if description is not None:
            self.entity_description = description
        else:
            words = channel.key.replace("_", " ")
            self._attr_name = words[:1].upper() + words[1:]

    @override
    async def async_added_to_hass(self) -> None:
        """Have the channel's news written.

        What came since the entity was made is in the state that is written next.
        """
        self.channel.write = self.async_write_ha_state
        self.async_on_remove(self.channel.release)

    @property
    @override
    def available(self) -> bool:
        """Return whether the board can be relied upon."""
        return self.board.available


class StatusEntity(BoardEntity):
    """An entity about the board itself: it says so when the board is away."""

    def __init__(self, board: Board, description: EntityDescription) -> None:
        """Keep apart from channels: an underscore where they have a hyphen."""
        super().__init__(board)
        self.entity_description = description
        self._attr_unique_id = f"{board.entry.entry_id}_{description.key}"

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the board."""
        self.async_on_remove(self.board.async_on_status(self._status_changed))

    @callback
    def _status_changed(self) -> None:
        self.async_write_ha_state()
