"""Numbers that are set on a board, and how often it reports."""

from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import BoardConfigEntry
from .description import Kind
from .entity import ChannelEntity, StatusEntity, async_add_channels

# A board's commands wait for each other, whatever entity they come from.
PARALLEL_UPDATES = 0

INTERVAL = NumberEntityDescription(
    key="interval",
    translation_key="interval",
    device_class=NumberDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    native_min_value=1,
    native_max_value=3600,
    native_step=1,
    mode=NumberMode.BOX,
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of a board, and those that it describes later."""
    board = entry.runtime_data
    async_add_channels(entry, async_add_entities, Kind.NUMBER, ChannelNumber)
    offered = False

    @callback
    def _offer_interval() -> None:
        """Offer the interval once the board has said that it has one."""
        nonlocal offered
        if not offered and board.about.interval is not None:
            offered = True
            async_add_entities([IntervalNumber(board, INTERVAL)])

    entry.async_on_unload(board.async_on_status(_offer_interval))
    _offer_interval()


class ChannelNumber(ChannelEntity, NumberEntity):
    """A number within a range."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return the channel's latest value, if it is within the range."""
        value = self.channel.value
        if isinstance(value, int | float) and (
            self.native_min_value <= value <= self.native_max_value
        ):
            return value
        return None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Have the board set a number."""
        await self.board.dialogue.async_set(self.channel, _plain(value))


class IntervalNumber(StatusEntity, NumberEntity):
    """How often the board reports: also while it is away, for when it is back."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return the interval in seconds."""
        return self.board.interval

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Have the board report this often."""
        self.board.dialogue.async_set_interval(_plain(value))


def _plain(value: float) -> float:
    """Return a number as people write it: 21, where Home Assistant has 21.0."""
    return int(value) if value == int(value) else value
