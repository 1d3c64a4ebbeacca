"""Buttons: what a board does when it is told to."""

from typing import override

from homeassistant.components.button import ButtonEntity
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
    """Set up the buttons of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.BUTTON, ChannelButton)


class ChannelButton(ChannelEntity, ButtonEntity):
    """Something that the board can be told to do."""

    @override
    async def async_press(self) -> None:
        """Have the board do it."""
        await self.board.dialogue.async_press(self.channel)
