"""Texts that are set on a board."""

from typing import override

from homeassistant.components.text import TextEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import BoardConfigEntry
from .description import Kind
from .entity import ChannelEntity, async_add_channels

# A board's commands wait for each other, whatever entity they come from.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the texts of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.TEXT, ChannelText)


class ChannelText(ChannelEntity, TextEntity):
    """A text within limits of length."""

    @property
    @override
    def native_value(self) -> str | None:
        """Return the channel's latest value, if its length is within the limits."""
        value = self.channel.value
        if isinstance(value, str) and self.native_min <= len(value) <= self.native_max:
            return value
        return None

    @override
    async def async_set_value(self, value: str) -> None:
        """Have the board set a text."""
        await self.board.dialogue.async_set(self.channel, value)
