"""The command of Home Assistant's WebSocket API with which a client watches a board."""

from typing import TYPE_CHECKING, Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.translation import async_get_exception_message

from .const import DOMAIN
from .device import entry_of
from .live import async_watch
from .permission import may_use

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _subscribe)


@websocket_api.websocket_command(
    {
        vol.Required("type"): "arduino_sensor/subscribe",
        vol.Required("device_id"): str,
    }
)
@callback
def _subscribe(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Send a client a board's numbers until it has enough."""
    message_id: int = msg["id"]
    if (entry := entry_of(hass, msg["device_id"])) is None:
        connection.send_error(
            message_id,
            websocket_api.ERR_NOT_FOUND,
            async_get_exception_message(DOMAIN, "no_such_board"),
            translation_domain=DOMAIN,
            translation_key="no_such_board",
        )
        return
    _check_permission(hass, connection, entry)
    if entry.state is not ConfigEntryState.LOADED:
        placeholders = {"board": entry.title}
        connection.send_error(
            message_id,
            "not_loaded",
            async_get_exception_message(DOMAIN, "board_not_loaded", placeholders),
            translation_domain=DOMAIN,
            translation_key="board_not_loaded",
            translation_placeholders={"board": entry.title},
        )
        return
    connection.send_result(message_id)
    connection.subscriptions[message_id] = async_watch(
        hass, entry.runtime_data, connection, message_id
    )


def _check_permission(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    entry: ConfigEntry,
) -> None:
    """Make sure that the user may read something of the board.

    What is sent is only what the user may read.
    """
    if not may_use(hass, connection.user.permissions, entry.entry_id, POLICY_READ):
        raise Unauthorized
