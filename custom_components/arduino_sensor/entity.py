"""What the entities of a board have in common."""

from collections.abc import Callable, Mapping
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import (
    ExtraStoredData,
    RestoredExtraData,
    RestoreEntity,
)
from homeassistant.util import dt as dt_util

from .appearance import appearance
from .board import Board, BoardConfigEntry
from .channels import Channel, fit
from .description import Kind
from .device import device_info
from .protocol import Problem, Value


@callback
def async_add_channels(
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: Kind,
    make: Callable[[Board, Channel], ChannelEntity],
) -> None:
    """Add the entities of a board's channels of one kind, and of those to come."""
    board = entry.runtime_data

    @callback
    def _add(channels: list[Channel]) -> None:
        async_add_entities(
            make(board, channel) for channel in channels if channel.kind is kind
        )

    entry.async_on_unload(board.async_on_channels(_add))


def registered_name(entry: er.RegistryEntry | None) -> str | None:
    """Return what an entity is called on the board's page, without the board's name."""
    return None if entry is None else entry.name or entry.original_name


class BoardEntity(Entity):
    """An entity of a board."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, board: Board) -> None:
        """Put the entity on the board's device."""
        self.board = board
        self._attr_device_info = device_info(board.entry)

    @property
    def _seen(self) -> str | None:
        """Return when the board was last there, as text."""
        seen = self.board.last_seen
        return None if seen is None else seen.isoformat()


class ChannelEntity(BoardEntity, RestoreEntity):
    """An entity that shows one channel."""

    def __init__(self, board: Board, channel: Channel) -> None:
        """Describe the entity as its channel is described, or by the channel's key."""
        super().__init__(board)
        self.channel = channel
        self._attr_unique_id = f"{board.entry.entry_id}-{channel.key}"
        self.entity_description = appearance(channel)
        if isinstance(name := self.entity_description.name, str):
            # The translation key, which stays for the icon, would name it otherwise.
            self._attr_name = name

    @override
    async def async_added_to_hass(self) -> None:
        """Have the channel's news written.

        What came since the entity was made is in the state that is written next.
        """
        await super().async_added_to_hass()
        self.async_on_remove(self.channel.listen(self.async_write_ha_state))
        self.async_on_remove(self.board.add_entity(self))
        if self.board.about.sleeps and not self.board.heard:
            await self._async_recall()

    async def _async_recall(self) -> None:
        """Go on with the value from before Home Assistant started.

        A board that sleeps may not send it again for hours.
        """
        if (stored := await self.async_get_last_extra_data()) is None:
            return
        data = stored.as_dict()
        seen = dt_util.parse_datetime(data.get("seen") or "")
        if seen is None:
            return
        # One that was disabled for a while remembers less than the others.
        seen = max(seen, self.board.last_seen or seen)
        # It may be of another type now.
        value = fit(self.channel, data.get("value"))
        self.board.recall(
            self.channel, None if isinstance(value, Problem) else value, seen
        )
        # A light of three channels listens to its binary sensors.
        self.channel.write()

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Return what is kept while Home Assistant does not run."""
        return RestoredExtraData({"value": self.channel.value, "seen": self._seen})

    @property
    @override
    def available(self) -> bool:
        """Return whether the board can be relied upon, and has sent this since it could.

        Not whether there is a value: a channel may well have none.
        """
        presence = self.board.presence
        return presence.available and (
            not presence.unheard or presence.unheard.isdisjoint(self.shown_keys)
        )

    # What it was at some other time.

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """Return the keys of the channels that the entity shows."""
        return (self.channel.key,)

    @property
    def recorded_info(self) -> Any:
        """Return what the recorder is to know of the entity."""
        return self._state_info

    def scaled(self, difference: float) -> float:
        """Return how much a difference of the channel's values is in the state."""
        return difference

    @callback
    def async_calculate_past(
        self, values: Mapping[str, Value]
    ) -> tuple[str, Mapping[str, Any]] | None:
        """Return state and attributes as they would be with other values.

        None if there are none: a value can have no equivalent in a person's unit.
        Nothing of it is left behind, and nobody hears of it.
        """
        channels = self.board.channels
        kept = {key: channels[key].value for key in values}
        try:
            with self.board.presence.pretended():
                for key, value in values.items():
                    channels[key].value = value
                self._follow()
                calculated = self._async_calculate_state()
        except ArithmeticError, ValueError:
            return None
        finally:
            for key, value in kept.items():
                channels[key].value = value
        return calculated.state, calculated.attributes

    @callback
    def _follow(self) -> None:
        """Take over what the channel is at, for an entity that keeps that itself."""


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
