"""What the reading path is measured against: the same readings, taken otherwise.

*floor* is the least that Home Assistant lets one do: parse a frame and set five
states. *plain* is how an integration is usually written: five entities that listen
to a dispatcher signal.
"""

from typing import Any, override

from aiohttp import WSMsgType, web
import orjson

from homeassistant.components.http import HomeAssistantView
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

DOMAIN = "arduino_benchmark"
SIGNAL = f"{DOMAIN}_reading"

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "sensor.floor_temp": {
        "state_class": SensorStateClass.MEASUREMENT,
        "unit_of_measurement": "°C",
        "device_class": SensorDeviceClass.TEMPERATURE,
        "friendly_name": "Floor Temperature",
    },
    "sensor.floor_distance": {
        "state_class": SensorStateClass.MEASUREMENT,
        "unit_of_measurement": "cm",
        "device_class": SensorDeviceClass.DISTANCE,
        "friendly_name": "Floor Distance",
    },
    "binary_sensor.floor_red": {"friendly_name": "Floor Red"},
    "binary_sensor.floor_green": {"friendly_name": "Floor Green"},
    "binary_sensor.floor_blue": {"friendly_name": "Floor Blue"},
}


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up both ways."""
    hass.http.register_view(FloorView)
    hass.http.register_view(PlainView)
    for platform in ("binary_sensor", "sensor"):
        hass.async_create_task(async_load_platform(hass, platform, DOMAIN, {}, config))
    return True


class ReadingView(HomeAssistantView):
    """Take readings over a WebSocket."""

    requires_auth = False

    async def get(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(
            heartbeat=600, max_msg_size=4096, compress=False, decode_text=False
        )
        await socket.prepare(request)
        hass = request.app["hass"]
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.take(hass, orjson.loads(message.data))
        return socket

    def take(self, hass: HomeAssistant, reading: dict[str, Any]) -> None:
        """Do something with a reading."""
        raise NotImplementedError


class FloorView(ReadingView):
    """Set the states, with nothing in between."""

    url = "/api/arduino_benchmark/floor"
    name = "api:arduino_benchmark:floor"

    @override
    def take(self, hass: HomeAssistant, reading: dict[str, Any]) -> None:
        for entity_id, attributes in ATTRIBUTES.items():
            value = reading[entity_id.rpartition("_")[2]]
            if value is True:
                value = "on"
            elif value is False:
                value = "off"
            hass.states.async_set(entity_id, str(value), attributes)


class PlainView(ReadingView):
    """Send a signal that five entities listen to."""

    url = "/api/arduino_benchmark/plain"
    name = "api:arduino_benchmark:plain"

    @override
    def take(self, hass: HomeAssistant, reading: dict[str, Any]) -> None:
        async_dispatcher_send(hass, SIGNAL, reading)
