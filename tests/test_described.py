"""What a board says of its channels, and how that can change."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .common import Sketch, act, attributes, channels, obey, state

SWITCH = {"key": "heater", "kind": "switch"}
HEATER = "switch.kitchen_heater"


@pytest.fixture
async def heater(board: Sketch) -> Sketch:
    """Return a board with a switch."""
    assert await board.send(channels(SWITCH)) == []
    return board


async def test_described_again(
    hass: HomeAssistant, entry: MockConfigEntry, heater: Sketch
) -> None:
    """A description that has not changed costs nothing."""
    before = entry.runtime_data
    await heater.send({"heater": True})
    stored = entry.data
    assert await heater.send(channels(SWITCH)) == []
    assert entry.runtime_data is before
    assert entry.data is stored
    assert state(hass, HEATER) == STATE_ON


async def test_description_changes(
    hass: HomeAssistant, entry: MockConfigEntry, heater: Sketch
) -> None:
    """What is renamed, is of another kind, is new or is gone shows as that."""
    registry = er.async_get(hass)
    await heater.send({"heater": True, "temp": 20})
    # Renamed: the entity is the same.
    assert await heater.send(channels({**SWITCH, "name": "Stove"})) == []
    assert attributes(hass, HEATER)["friendly_name"] == "Kitchen Stove"
    assert state(hass, HEATER) == STATE_ON
    acting = act(hass, "switch.turn_off", HEATER)
    await obey(heater)
    await acting
    # Of another kind: another entity, which takes over what it can.
    assert await heater.send(channels({**SWITCH, "kind": "light"})) == []
    assert registry.async_get(HEATER) is None
    assert hass.states.get(HEATER) is None
    assert state(hass, "light.kitchen_heater") == STATE_OFF
    # New, beside it.
    fan = {"key": "fan", "kind": "number"}
    assert await heater.send(channels({**SWITCH, "kind": "light"}, fan)) == []
    assert state(hass, "number.kitchen_fan") == STATE_UNKNOWN
    assert state(hass, "light.kitchen_heater") == STATE_OFF
    # Gone; and what is only in readings stays.
    assert await heater.send(channels(fan)) == []
    assert registry.async_get("light.kitchen_heater") is None
    assert hass.states.get("light.kitchen_heater") is None
    assert state(hass, "sensor.kitchen_temperature") == "20"
    # Described for the first time, after it was in readings.
    temp = {"key": "temp", "kind": "sensor", "unit": "°F"}
    assert await heater.send(channels(fan, temp)) == []
    assert attributes(hass, "sensor.kitchen_temperature")["device_class"]
    assert await heater.send({"temp": 212}) == []
    assert float(state(hass, "sensor.kitchen_temperature") or "") == 100


async def test_description_in_parts(hass: HomeAssistant, board: Sketch) -> None:
    """Nothing counts before the last part has come."""
    fan = {"key": "fan", "kind": "number"}
    assert await board.send(channels(SWITCH, final=False)) == []
    assert hass.states.get(HEATER) is None
    assert await board.send(channels(fan)) == []
    assert state(hass, HEATER) == STATE_UNKNOWN
    assert state(hass, "number.kitchen_fan") == STATE_UNKNOWN


async def test_bad_items(hass: HomeAssistant, board: Sketch) -> None:
    """A bad item is reported with its key and field; the others work."""
    errors = await board.send(
        channels(
            SWITCH,
            {"key": "mode", "kind": "select"},
            {"key": "fan", "kind": "number", "min": 5, "max": 1},
            {
                "key": "hot",
                "device_class": "temperature",
                "unit": "%",
                "kind": "sensor",
            },
            {"kind": "switch"},
            7,
        )
    )
    assert [(e["code"], e.get("key"), e["field"]) for e in errors] == [
        ("invalid_channel", "mode", "options"),
        ("invalid_channel", "fan", "max"),
        ("invalid_channel", None, "key"),
        ("invalid_channel", None, "channels"),
        ("refused_channel", "hot", "unit"),
    ]
    assert state(hass, HEATER) == STATE_UNKNOWN
    assert await board.send({"heater": True, "hot": 12}) == []
    assert state(hass, HEATER) == STATE_ON
    hot = attributes(hass, "sensor.kitchen_hot")
    assert "device_class" not in hot
    assert hot["unit_of_measurement"] == "%"


async def test_names(hass: HomeAssistant, board: Sketch) -> None:
    """The board's name counts, then that of the table, then the key."""
    items = (
        {"key": "soil_temp", "kind": "sensor", "name": "Bed by the wall"},
        {"key": "water_temp", "kind": "sensor"},
        {"key": "red", "kind": "binary_sensor", "name": "Warning"},
        {"key": "rpm_2", "kind": "sensor"},
        {"key": "temp", "kind": "sensor"},
        {"key": "hatch_open", "kind": "binary_sensor", "device_class": "door"},
    )
    assert await board.send(channels(*items)) == []
    for entity_id, name in (
        ("sensor.kitchen_bed_by_the_wall", "Kitchen Bed by the wall"),
        ("sensor.kitchen_water_temperature", "Kitchen Water temperature"),
        ("binary_sensor.kitchen_warning", "Kitchen Warning"),
        ("sensor.kitchen_rpm_2", "Kitchen Rpm 2"),
        ("sensor.kitchen_temperature", "Kitchen Temperature"),
        ("binary_sensor.kitchen_hatch_open", "Kitchen Hatch open"),
    ):
        assert attributes(hass, entity_id)["friendly_name"] == name


async def test_registry(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """Category, icon and whether it is enabled are what the board says."""
    assert (
        await board.send(
            channels(
                {**SWITCH, "category": "config", "icon": "mdi:stove"},
                {"key": "free", "kind": "sensor", "category": "diagnostic"},
                {"key": "debug", "kind": "text", "enabled": False},
            )
        )
        == []
    )
    registry = er.async_get(hass)
    switch, free, debug = (
        registry.async_get(entity_id)
        for entity_id in (HEATER, "sensor.kitchen_free", "text.kitchen_debug")
    )
    assert switch is not None and free is not None and debug is not None
    assert switch.unique_id == f"{entry.entry_id}-heater"
    assert switch.entity_category is EntityCategory.CONFIG
    assert attributes(hass, HEATER)["icon"] == "mdi:stove"
    assert free.entity_category is EntityCategory.DIAGNOSTIC
    assert debug.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get("text.kitchen_debug") is None
    # Readings of it are no error.
    assert await board.send({"debug": "x"}) == []


async def test_descriptions_are_remembered(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """What a board once described is there before it describes it again."""
    items: list[dict[str, Any]] = [
        {"key": "a", "kind": "sensor", "options": ["x"]},
        {"key": "b", "kind": "binary_sensor"},
        {"key": "c", "kind": "switch"},
        {"key": "d", "kind": "light", "color": "rgb"},
        {"key": "e", "kind": "number"},
        {"key": "f", "kind": "button"},
        {"key": "g", "kind": "select", "options": ["x"]},
        {"key": "h", "kind": "text"},
        {"key": "i", "kind": "event", "options": ["x"]},
        {"key": "j", "kind": "light", "channels": ["r", "g", "b"]},
    ]
    assert await board.send(channels(*items)) == []
    assert await hass.config_entries.async_unload(entry.entry_id)
    await board.socket.close()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    shown = {
        item["key"]: state(hass, f"{item['kind']}.kitchen_{item['key']}")
        for item in items
    }
    assert shown == dict.fromkeys("abcdefghij", STATE_UNKNOWN)
