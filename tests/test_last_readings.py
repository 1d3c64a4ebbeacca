"""When boards were last heard, for the dashboard."""

import json
import time
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .common import add, token_entry


def _device(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


async def _ask(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> Any:
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "arduino_sensor/last_readings"})
    answer = await socket.receive_json()
    assert answer["success"], answer
    return answer["result"]


async def test_last_readings(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A value that stays the same counts; boards that were not heard are left out."""
    kitchen = await add(hass, token_entry(channels={"temp": "number"}))
    await add(hass, token_entry("silent", title="Garage"))
    gone = await add(hass, token_entry("gone", title="Attic"))
    for entry in (kitchen, gone):
        entry.runtime_data.receive(json.dumps({"temp": 20}).encode())
    await hass.config_entries.async_unload(gone.entry_id)
    began = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began + 90)
    kitchen.runtime_data.receive(json.dumps({"temp": 20}).encode())
    monkeypatch.setattr(time, "monotonic", lambda: began + 97.5)
    assert await _ask(hass_ws_client, hass) == {_device(hass, kitchen): 7.5}


@pytest.mark.parametrize(
    ("policy", "sees"),
    [
        ({}, False),
        ({"entities": {"entity_ids": {"sensor.kitchen_temperature": True}}}, True),
    ],
)
async def test_permission(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    policy: dict[str, Any],
    sees: bool,
) -> None:
    """A user hears of those boards of which he may read something."""
    kitchen = await add(hass, token_entry(channels={"temp": "number"}))
    kitchen.runtime_data.receive(b'{"temp": 20}')
    hass_admin_user.groups = []
    hass_admin_user.mock_policy(policy)
    heard = await _ask(hass_ws_client, hass)
    assert list(heard) == ([_device(hass, kitchen)] if sees else [])
