"""Stands in for what the kernel knows of USB: Home Assistant sees boards that are none.

Their ports are real, and so is everything that Home Assistant makes of them.
"""

from typing import Any

from homeassistant.components.usb import USBDevice, async_register_serial_port_scanner
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Plug in what the configuration says."""
    plugged: list[dict[str, Any]] = config["plugged_in"]
    boards = [USBDevice(**board) for board in plugged]
    async_register_serial_port_scanner(hass, lambda _: boards)
    return True
