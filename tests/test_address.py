"""The address that a person puts into a sketch, and the sketch."""

from unittest.mock import Mock, patch

import pytest

from custom_components.arduino_sensor.address import Address, async_get_address
from custom_components.arduino_sensor.sketch import async_get_sketch
from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component


def _listen(
    hass: HomeAssistant, hosts: list[str] | None, port: int = 8123, tls: bool = False
) -> None:
    """Have Home Assistant's server listen there, as far as others can tell."""
    hass.http = Mock(server_host=hosts)
    hass.config.api = ApiConfig("192.0.2.1", (hosts or ["0.0.0.0"])[0], port, tls)


@pytest.mark.parametrize(
    ("host", "port", "tls", "url"),
    [
        ("0.0.0.0", 8123, False, "ws://10.10.10.10:8123/api/arduino_sensor/ws/t0ken"),
        ("::", 80, False, "ws://10.10.10.10:80/api/arduino_sensor/ws/t0ken"),
        ("127.0.0.1", 8123, False, "ws://127.0.0.1:8123/api/arduino_sensor/ws/t0ken"),
        ("10.0.0.5", 443, True, "wss://10.0.0.5:443/api/arduino_sensor/ws/t0ken"),
        ("fd00::5", 8123, False, "ws://[fd00::5]:8123/api/arduino_sensor/ws/t0ken"),
        ("house.lan", 8123, True, "wss://house.lan:8123/api/arduino_sensor/ws/t0ken"),
    ],
)
async def test_address(
    hass: HomeAssistant, host: str, port: int, tls: bool, url: str
) -> None:
    """The address is the machine's own, unless the server listens elsewhere only."""
    assert await async_setup_component(hass, "network", {})
    _listen(hass, [host], port, tls)
    assert (await async_get_address(hass, "t0ken")).url == url


@pytest.mark.parametrize(
    ("hosts", "host", "loopback"),
    [
        (None, "10.10.10.10", False),
        (["0.0.0.0", "::"], "10.10.10.10", False),
        (["127.0.0.1", "192.168.1.10"], "192.168.1.10", False),
        (["localhost", "::1", "house.lan", "192.168.1.10"], "house.lan", False),
        (["127.0.0.1", "0.0.0.0"], "10.10.10.10", False),
        (["192.168.1.10", "0.0.0.0"], "192.168.1.10", False),
        (["127.0.0.2", "::1"], "127.0.0.2", True),
        (["localhost"], "localhost", True),
    ],
)
async def test_address_that_boards_can_reach(
    hass: HomeAssistant, hosts: list[str] | None, host: str, loopback: bool
) -> None:
    """Of several that the server listens on, it is one that others can reach."""
    assert await async_setup_component(hass, "network", {})
    _listen(hass, hosts)
    address = await async_get_address(hass, "t0ken")
    assert (address.host, address.is_loopback) == (host, loopback)


async def test_no_network(hass: HomeAssistant) -> None:
    """Without a network there is still what Home Assistant's server found out."""
    _listen(hass, ["0.0.0.0"])
    with patch(
        "homeassistant.components.network.async_get_source_ip",
        side_effect=HomeAssistantError,
    ):
        address = await async_get_address(hass, "t0ken")
    assert address.host == "192.0.2.1"


@pytest.mark.parametrize(
    ("tls", "begin"),
    [
        (False, 'homeAssistant.begin(HA_HOST, HA_PORT, HA_PATH, "");'),
        (True, 'homeAssistant.beginSSL(HA_HOST, HA_PORT, HA_PATH, nullptr, "");'),
    ],
)
async def test_sketch(hass: HomeAssistant, tls: bool, begin: str) -> None:
    """The sketch has the address in it, and nothing that is still to be filled in."""
    address = Address("fd00::5", 8123, "/api/arduino_sensor/ws/t0ken", tls)
    sketch = await async_get_sketch(hass, address)
    assert 'HA_HOST = "fd00::5";' in sketch
    assert "HA_PORT = 8123;" in sketch
    assert 'HA_PATH = "/api/arduino_sensor/ws/t0ken";' in sketch
    assert begin in sketch
    assert "@" not in sketch
    assert "```" not in sketch  # it is shown in such a block
    # The library is named as the Library Manager lists it.
    assert '"WebSockets" by Markus Sattler' in sketch
    # A person reads it in a dialog.
    assert len(sketch.splitlines()) <= 105
    assert max(map(len, sketch.splitlines())) <= 90
