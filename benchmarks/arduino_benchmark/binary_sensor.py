"""Three binary sensors as they are usually written."""

from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from .entity import PlainEntity


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the binary sensors."""
    async_add_entities(PlainBinarySensor(key) for key in ("red", "green", "blue"))


class PlainBinarySensor(PlainEntity, BinarySensorEntity):
    """Something on or off."""

    @override
    def set_value(self, value: Any) -> None:
        self._attr_is_on = value
