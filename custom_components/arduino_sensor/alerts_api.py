"""The commands of Home Assistant's WebSocket API for the list of alerts."""

from typing import TYPE_CHECKING, Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback

from .alert import Alert
from .alerts import async_get_alerts
from .permission import may_use_alert

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol


@callback
def async_register_alerts(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, _subscribe)
    websocket_api.async_register_command(hass, _clear)


@websocket_api.websocket_command(
    {vol.Required("type"): "arduino_sensor/alerts/subscribe"}
)
@websocket_api.async_response
async def _subscribe(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Send a client the alerts that its user may see, now and after each change."""
    message_id: int = msg["id"]
    alerts = await async_get_alerts(hass)

    @callback
    def _send() -> None:
        listed = [
            _for_client(alert)
            for alert in alerts.shown
            if may_use_alert(hass, connection.user.permissions, alert, POLICY_READ)
        ]
        connection.send_event(message_id, {"alerts": listed})

    connection.subscriptions[message_id] = alerts.async_listen(_send)
    connection.send_result(message_id)
    _send()


@websocket_api.websocket_command({vol.Required("type"): "arduino_sensor/alerts/clear"})
@websocket_api.async_response
async def _clear(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Clear the list, of the boards that the user may control."""
    alerts = await async_get_alerts(hass)
    permissions = connection.user.permissions
    alerts.async_clear(
        lambda alert: may_use_alert(hass, permissions, alert, POLICY_CONTROL)
    )
    connection.send_result(msg["id"])


def _for_client(alert: Alert) -> dict[str, Any]:
    return {
        name: value
        for name, value in alert.as_dict().items()
        if name not in ("channel_key", "entry_id", "key", "hidden")
    }
