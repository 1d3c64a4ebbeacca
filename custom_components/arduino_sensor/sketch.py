"""The sketch that a person pastes into the Arduino IDE."""

from functools import cache
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from .address import Address

_TEMPLATE: Final = Path(__file__).parent / "sketches" / "websocket.ino"

# The last argument asks for no subprotocol: the library would ask for "arduino".
_BEGIN: Final = 'begin(HA_HOST, HA_PORT, HA_PATH, "")'
# No fingerprint: the board takes any certificate, as most at home are self-signed.
_BEGIN_TLS: Final = 'beginSSL(HA_HOST, HA_PORT, HA_PATH, nullptr, "")'


async def async_get_sketch(hass: HomeAssistant, address: Address) -> str:
    """Return a complete sketch for ESP32 and ESP8266 that connects to an address."""
    template = await hass.async_add_executor_job(_read_template)
    for marker, value in (
        ("@HOST@", address.host),
        ("@PORT@", str(address.port)),
        ("@PATH@", address.path),
        ("@BEGIN@", _BEGIN_TLS if address.tls else _BEGIN),
    ):
        template = template.replace(marker, value)
    return template.strip()


@cache
def _read_template() -> str:
    return _TEMPLATE.read_text(encoding="utf-8")
