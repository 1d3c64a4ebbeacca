"""What a person can attach to a bug report, without their secrets in it."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_TYPE
from homeassistant.core import HomeAssistant

from .board import BoardConfigEntry
from .const import CONF_SOURCE

TO_REDACT = {CONF_TOKEN, CONF_SOURCE}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BoardConfigEntry
) -> dict[str, Any]:
    """Return what is known of a board."""
    stored = {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "options": dict(entry.options),
    }
    if entry.state is not ConfigEntryState.LOADED:
        return stored
    board = entry.runtime_data
    return {
        **stored,
        "available": board.available,
        "connected": board.connected,
        "last_seen": board.last_seen.isoformat() if board.last_seen else None,
        "rejected": board.reporter.count,
        "channels": {
            channel.key: {CONF_TYPE: channel.type.value, "value": channel.value}
            for channel in board.channels.values()
        },
    }
