"""What the system information says of all boards together."""

from typing import Any

from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.arduino_sensor.auth import commitment
from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component

from .common import TOKEN, Connect, add, fixed_entry, token_entry, wait_until


@pytest.fixture(autouse=True)
async def system_health(hass: HomeAssistant) -> None:
    """Set up what asks all integrations."""
    assert await async_setup_component(hass, "system_health", {})


async def test_without_a_board(
    hass: HomeAssistant, client: TestClient[Any, Any]
) -> None:
    """There is an answer before there is a board; each line has a name."""
    info = await get_system_health_info(hass, DOMAIN)
    address = info.pop("address")
    assert address.startswith("ws://127.0.0.1:")
    assert address.endswith("/api/arduino_sensor/ws")
    assert info == {
        "boards": 0,
        "connected": 0,
        "available": 0,
        "waiting": 0,
        "ports": "",
        "history": "nothing",
    }
    prefix = f"component.{DOMAIN}.system_health.info."
    translations = await async_get_translations(hass, "en", "system_health", [DOMAIN])
    assert {key.removeprefix(prefix) for key in translations} == {"address", *info}


async def test_boards(
    hass: HomeAssistant, connect_token: Connect, connect_fixed: Connect, port: int
) -> None:
    """Those that are connected, those that report, and those that only have been added."""
    await add(hass, token_entry())
    await add(hass, fixed_entry(port))
    await add(hass, fixed_entry(port, path="/other"))
    token_entry("disabled", disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE, data={}).add_to_hass(hass)

    kitchen = await connect_token()
    await kitchen.send({"temp": 1})
    await connect_fixed(port)
    await wait_until(hass, lambda: _connected(hass) == 2)
    info = await get_system_health_info(hass, DOMAIN)
    assert TOKEN not in str(info)
    del info["address"]
    assert info == {
        "boards": 4,
        "connected": 2,
        "available": 1,
        "waiting": 0,
        "ports": str(port),
        "history": "nothing",
    }

    # Gone, but not for long enough to count as such.
    await kitchen.socket.close()
    await wait_until(hass, lambda: _connected(hass) == 1)
    info = await get_system_health_info(hass, DOMAIN)
    assert (info["connected"], info["available"]) == (1, 1)


async def test_boards_that_wait(hass: HomeAssistant, connect_token: Connect) -> None:
    """A board that can be paired is counted for as long as it waits."""
    board = await connect_token("/api/arduino_sensor/ws")
    await board.send({"type": "hello", "id": "esp32-1", "nonce": "00" * 16})
    public_key = X25519PrivateKey.generate().public_key().public_bytes_raw()
    nonce = bytes(16)
    await board.send(
        {
            "type": "pair",
            "id": "esp32-1",
            "commit": commitment(public_key, nonce).hex(),
        }
    )
    (answer,) = await board.send(
        {"type": "reveal", "key": public_key.hex(), "nonce": nonce.hex()}
    )
    assert answer["type"] == "waiting"
    info = await get_system_health_info(hass, DOMAIN)
    assert (info["waiting"], info["boards"], info["connected"]) == (1, 0, 0)


def _connected(hass: HomeAssistant) -> int:
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    return sum(entry.runtime_data.connected for entry in entries)
