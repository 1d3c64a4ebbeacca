"""Events: what happens on a board, without a value that lasts."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.event import EventEntity, EventExtraStoredData
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import BoardConfigEntry
from .description import Kind
from .entity import ChannelEntity, async_add_channels

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.EVENT, ChannelEvent)


@dataclass
class StoredEvent(EventExtraStoredData):
    """The last event, and when the board was last there."""

    seen: str | None


class ChannelEvent(EventEntity, ChannelEntity):
    """Something that happens on the board, in one of several ways."""

    @override
    async def async_added_to_hass(self) -> None:
        """Have what happens written."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.board.async_on_event(self.channel.key, self._happened)
        )

    @callback
    def _happened(self, event: str) -> None:
        self._trigger_event(event)
        self.async_write_ha_state()

    @property
    @override
    def extra_restore_state_data(self) -> StoredEvent:
        """Return what is kept while Home Assistant does not run."""
        event = super().extra_restore_state_data
        return StoredEvent(
            event.last_event_type, event.last_event_attributes, self._seen
        )
