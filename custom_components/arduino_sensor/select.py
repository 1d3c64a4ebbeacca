"""Selects: one of several options, set on a board."""

from typing import override

from homeassistant.components.select import SelectEntity
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
    """Set up the selects of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.SELECT, ChannelSelect)


class ChannelSelect(ChannelEntity, SelectEntity):
    """One of several options."""

    @property
    @override
    def current_option(self) -> str | None:
        """Return the channel's latest value, if it is one of the options."""
        value = self.channel.value
        return value if isinstance(value, str) and value in self.options else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Have the board set an option."""
        await self.board.dialogue.async_set(self.channel, option)
