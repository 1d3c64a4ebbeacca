"""What Home Assistant's system information says of all boards together."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant, callback

from .address import async_get_address
from .board import BoardConfigEntry
from .const import CONF_LINK, DOMAIN, LINK_FIXED
from .domain import async_get_domain


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what returns the information."""
    register.async_register_info(_async_get_info)


async def _async_get_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return counts, the open ports, and the address without anybody's token."""
    entries = hass.config_entries
    loaded: list[BoardConfigEntry] = entries.async_loaded_entries(DOMAIN)
    boards = [entry.runtime_data for entry in loaded]
    # An entry with a port of its own is set up only if that could be opened.
    ports = {
        entry.data[CONF_PORT] for entry in loaded if entry.data[CONF_LINK] == LINK_FIXED
    }
    domain = await async_get_domain(hass)
    address = await async_get_address(hass, "")
    return {
        "boards": len(entries.async_entries(DOMAIN, include_ignore=False)),
        "connected": sum(board.connected for board in boards),
        "available": sum(board.available for board in boards),
        "waiting": len(domain.endpoint.waiting),
        "ports": ", ".join(str(port) for port in sorted(ports)),
        "address": address.url.rstrip("/"),
        "history": domain.backfill.mode.value,
    }
