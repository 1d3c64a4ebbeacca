"""Binary sensors: what is on or off on a board, and whether it is connected."""

from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import (
    ExtraStoredData,
    RestoredExtraData,
    RestoreEntity,
)
from homeassistant.util import dt as dt_util

from .board import BoardConfigEntry
from .const import WATCH_OFF
from .description import Kind
from .entity import ChannelEntity, StatusEntity, async_add_channels

PARALLEL_UPDATES = 0

CONNECTION = BinarySensorEntityDescription(
    key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)

SENSOR_PROBLEM = BinarySensorEntityDescription(
    key="sensor_problem",
    translation_key="sensor_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of a board, and those that it sends later."""
    board = entry.runtime_data
    async_add_entities(
        [
            ConnectionSensor(board, CONNECTION),
            SensorProblemSensor(board, SENSOR_PROBLEM),
        ]
    )
    async_add_channels(
        entry, async_add_entities, Kind.BINARY_SENSOR, ChannelBinarySensor
    )


class ChannelBinarySensor(ChannelEntity, BinarySensorEntity):
    """Something that the board says is on or off."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the channel's latest value."""
        value = self.channel.value
        return None if value is None else bool(value)


class ConnectionSensor(StatusEntity, RestoreEntity, BinarySensorEntity):
    """Whether the board has a connection right now.

    It also knows, over a restart of Home Assistant, when the board was last there:
    people want to know since when it is away, and states begin anew then.
    """

    _unrecorded_attributes = frozenset({"available", "last_seen"})

    @override
    async def async_added_to_hass(self) -> None:
        """Go on with what was known before Home Assistant started."""
        if (stored := await self.async_get_last_extra_data()) is not None:
            kept = stored.as_dict().get("seen")
            seen = dt_util.parse_datetime(kept) if isinstance(kept, str) else None
            if seen is not None:
                # The clock may have been wrong then.
                self.board.remember(min(dt_util.as_utc(seen), dt_util.utcnow()))
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Return what is kept while Home Assistant does not run."""
        return RestoredExtraData({"seen": self._seen})

    @property
    @override
    def is_on(self) -> bool:
        """Return whether there is a connection."""
        return self.board.connected

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return whether the board can be relied upon: it may hang, or sleep.

        If it cannot, also when it was last there. Else that would be another state with
        each reading.
        """
        if self.board.available or self.board.last_seen is None:
            return {"available": self.board.available}
        return {"available": False, "last_seen": self._seen}


class SensorProblemSensor(StatusEntity, BinarySensorEntity):
    """Whether something is wrong with the sensors of the board."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether there is; None if nobody looks."""
        health = self.board.health
        return None if health.mode == WATCH_OFF else bool(health.troubles)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return what is wrong with which, by the keys of the channels."""
        troubles = self.board.health.troubles.values()
        return {"channels": {one.key: one.code.value for one in troubles}}
