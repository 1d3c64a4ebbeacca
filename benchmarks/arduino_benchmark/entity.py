"""An entity as it is usually written."""

from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity

from . import DOMAIN, SIGNAL


class PlainEntity(Entity):
    """Shows one member of each reading."""

    _attr_should_poll = False

    def __init__(self, key: str) -> None:
        """Name the entity after the member."""
        self._key = key
        self._attr_name = f"Plain {key}"
        self._attr_unique_id = f"{DOMAIN}-{key}"

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL, self._take))

    @callback
    def _take(self, reading: dict[str, Any]) -> None:
        self.set_value(reading[self._key])
        self.async_write_ha_state()

    def set_value(self, value: Any) -> None:
        """Keep the value as the platform has it."""
        raise NotImplementedError
