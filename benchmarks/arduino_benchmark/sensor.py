"""Two sensors as they are usually written."""

from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
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
    """Add the sensors."""
    async_add_entities(
        [
            PlainSensor("temp", SensorDeviceClass.TEMPERATURE, "°C"),
            PlainSensor("distance", SensorDeviceClass.DISTANCE, "cm"),
        ]
    )


class PlainSensor(PlainEntity, SensorEntity):
    """A number."""

    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_suggested_display_precision = 1

    def __init__(self, key: str, device_class: SensorDeviceClass, unit: str) -> None:
        """Describe the number."""
        super().__init__(key)
        self._attr_device_class = device_class
        self._attr_native_unit_of_measurement = unit

    @override
    def set_value(self, value: Any) -> None:
        self._attr_native_value = value
