"""The command of Home Assistant's WebSocket API that tells when boards were last heard.

States cannot tell: one that stays the same was written long ago.
"""

import time
from typing import TYPE_CHECKING, Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .permission import may_use

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _last_readings)


@websocket_api.websocket_command({vol.Required("type"): "arduino_sensor/last_readings"})
@callback
def _last_readings(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Tell how many seconds ago each board was heard, by its device.

    Those that were not heard since Home Assistant has started are not in it.
    """
    now = time.monotonic()
    devices = dr.async_get(hass)
    heard: dict[str, float] = {}
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is not ConfigEntryState.LOADED:
            continue
        if (last := entry.runtime_data.last_frame) is None:
            continue
        if may_use(hass, connection.user.permissions, entry.entry_id, POLICY_READ):
            ago = round(max(now - last, 0.0), 1)
            for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
                heard[device.id] = ago
    connection.send_result(msg["id"], heard)
