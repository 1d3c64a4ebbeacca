"""Switches: what a board turns on and off."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
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
    """Set up the switches of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.SWITCH, ChannelSwitch)


class ChannelSwitch(ChannelEntity, SwitchEntity):
    """Something that the board turns on and off."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the channel's latest value."""
        value = self.channel.value
        return None if value is None else bool(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the board turn it on."""
        await self.board.dialogue.async_set(self.channel, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the board turn it off."""
        await self.board.dialogue.async_set(self.channel, False)
