"""What Home Assistant is given for a channel, and that it takes it."""

from collections.abc import Iterator
import logging
from typing import Any

import pytest

from custom_components.arduino_sensor.appearance import appearance, refusals
from custom_components.arduino_sensor.channels import Channel
from custom_components.arduino_sensor.description import Description, parse_description
from custom_components.arduino_sensor.protocol import ChannelType
from custom_components.arduino_sensor.refused import Refused
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.number import NumberDeviceClass, NumberEntity
from homeassistant.components.number.const import DEVICE_CLASS_UNITS as NUMBER_UNITS
from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import UNDEFINED


def describe(**item: Any) -> tuple[str, Description]:
    """Return what a board says in one item, as it comes over the wire."""
    parsed = parse_description({"key": "x", "kind": "sensor", **item})
    assert isinstance(parsed, tuple), parsed
    return parsed


def look(**item: Any) -> Any:
    """Return what Home Assistant is given for an item."""
    key, description = describe(**item)
    return appearance(Channel(key, description.value_type, description))


def refused(**item: Any) -> list[Refused]:
    """Return what Home Assistant refuses of an item."""
    return refusals(*describe(**item))


def assert_has(description: Any, **expected: Any) -> None:
    """Check some members of what Home Assistant is given."""
    assert {name: getattr(description, name) for name in expected} == expected


# What the board leaves open.


@pytest.mark.parametrize(
    ("key", "channel_type", "expected"),
    [
        (
            "temp",
            ChannelType.NUMBER,
            {
                "name": UNDEFINED,
                "translation_key": None,
                "device_class": "temperature",
                "native_unit_of_measurement": "°C",
                "state_class": "measurement",
                "suggested_display_precision": 1,
                "entity_category": None,
            },
        ),
        (
            "rssi",
            ChannelType.NUMBER,
            {"entity_category": EntityCategory.DIAGNOSTIC, "name": UNDEFINED},
        ),
        (
            "soil_temp",
            ChannelType.NUMBER,
            {"name": UNDEFINED, "translation_key": "soil_temp"},
        ),
        (
            "temp2",
            ChannelType.NUMBER,
            {"name": "Temp2", "device_class": "temperature"},
        ),
        # The translation key stays for the icon.
        ("rpm_2", ChannelType.NUMBER, {"name": "Rpm 2", "translation_key": "rpm"}),
        (
            "wheel_speed",
            ChannelType.NUMBER,
            {
                "name": "Wheel speed",
                "state_class": "measurement",
                "device_class": None,
                "native_unit_of_measurement": None,
                "suggested_display_precision": None,
                "icon": None,
            },
        ),
        # The table knows a number by this name.
        (
            "temp",
            ChannelType.TEXT,
            {"name": "Temp", "device_class": None, "state_class": None},
        ),
        (
            "rpm",
            ChannelType.TEXT,
            {
                "name": "Rpm",
                "translation_key": None,
                "native_unit_of_measurement": None,
            },
        ),
        ("red", ChannelType.BOOLEAN, {"name": UNDEFINED, "translation_key": "red"}),
        ("door", ChannelType.BOOLEAN, {"name": UNDEFINED, "device_class": "door"}),
        ("hatch", ChannelType.BOOLEAN, {"name": "Hatch", "device_class": None}),
    ],
)
def test_not_described(
    key: str, channel_type: ChannelType, expected: dict[str, Any]
) -> None:
    """A channel that is only in readings is described by its name."""
    description = appearance(Channel(key, channel_type))
    assert_has(description, key=key, entity_registry_enabled_default=True, **expected)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # Field by field, what the board says counts.
        (
            {"key": "temp", "name": "Oven", "precision": 0, "icon": "mdi:stove"},
            {
                "name": "Oven",
                "device_class": "temperature",
                "native_unit_of_measurement": "°C",
                "suggested_display_precision": 0,
                "icon": "mdi:stove",
            },
        ),
        (
            {"key": "temp", "unit": "°F"},
            {
                "name": UNDEFINED,
                "device_class": "temperature",
                "native_unit_of_measurement": "°F",
                "suggested_display_precision": 1,
            },
        ),
        (
            {"key": "pressure", "unit": "hPa"},
            {"device_class": "pressure", "suggested_display_precision": 1},
        ),
        # A unit that does not fit: it is something else by the same name.
        (
            {"key": "temp", "unit": "%"},
            {
                "name": "Temp",
                "device_class": None,
                "native_unit_of_measurement": "%",
                "state_class": "measurement",
            },
        ),
        # The name of the table says more than its device class.
        (
            {"key": "soil_temp", "unit": "%"},
            {"name": UNDEFINED, "translation_key": "soil_temp", "device_class": None},
        ),
        (
            {"key": "soil_moisture_pct", "device_class": "humidity"},
            {
                "device_class": "humidity",
                "native_unit_of_measurement": "%",
                "translation_key": "soil_moisture",
            },
        ),
        (
            {"key": "battery", "device_class": "voltage", "unit": "V"},
            {
                "name": "Battery",
                "device_class": "voltage",
                "native_unit_of_measurement": "V",
                "entity_category": EntityCategory.DIAGNOSTIC,
            },
        ),
        (
            {"key": "ppm", "device_class": "carbon_dioxide"},
            {
                "device_class": "carbon_dioxide",
                "native_unit_of_measurement": "ppm",
                "translation_key": "ppm",
            },
        ),
        ({"key": "energy", "unit": "Wh"}, {"state_class": "total_increasing"}),
        ({"key": "heading", "unit": "°"}, {"state_class": "measurement_angle"}),
        ({"key": "heading", "unit": "rad"}, {"state_class": "measurement"}),
        # A class of which not every state class is good.
        (
            {"device_class": "wind_direction", "unit": "°"},
            {"state_class": "measurement_angle"},
        ),
        ({"device_class": "energy", "unit": "kWh"}, {"state_class": None}),
        (
            {"device_class": "energy", "unit": "kWh", "state_class": "total"},
            {"state_class": "total", "device_class": "energy"},
        ),
        # Two ways to write μ.
        (
            {"unit": "\u00b5g/m³", "device_class": "pm25"},
            {"native_unit_of_measurement": "μg/m³", "device_class": "pm25"},
        ),
        ({"unit": "kVAr"}, {"native_unit_of_measurement": "kvar"}),
        ({"device_class": "monetary", "unit": "EUR"}, {"device_class": "monetary"}),
        ({"device_class": "ph"}, {"device_class": "ph"}),
        (
            {"options": ["eco", "boost"]},
            {
                "device_class": "enum",
                "options": ["eco", "boost"],
                "state_class": None,
                "native_unit_of_measurement": None,
            },
        ),
        (
            {"options": ["eco"], "device_class": "enum", "type": "number"},
            {"device_class": "enum"},
        ),
        ({"type": "text"}, {"name": "X", "device_class": None, "state_class": None}),
        ({"enabled": False}, {"entity_registry_enabled_default": False}),
        (
            {"category": "diagnostic"},
            {"entity_category": EntityCategory.DIAGNOSTIC, "name": "X"},
        ),
        (
            {"kind": "binary_sensor", "key": "contact", "device_class": "door"},
            {"device_class": "door", "translation_key": "contact", "name": UNDEFINED},
        ),
        (
            {"kind": "binary_sensor", "key": "door", "device_class": "window"},
            {"device_class": "window", "name": "Door"},
        ),
        # The table is for what is only shown.
        (
            {"kind": "switch", "key": "heater_on", "category": "config"},
            {
                "name": "Heater on",
                "translation_key": None,
                "device_class": None,
                "entity_category": EntityCategory.CONFIG,
            },
        ),
        ({"kind": "switch", "device_class": "outlet"}, {"device_class": "outlet"}),
        ({"kind": "button", "device_class": "identify"}, {"device_class": "identify"}),
        ({"kind": "light", "color": "rgb"}, {"name": "X"}),
        (
            {"kind": "number"},
            {
                "native_min_value": 0,
                "native_max_value": 100,
                "native_step": 1,
                "native_unit_of_measurement": None,
                "device_class": None,
            },
        ),
        (
            {
                "kind": "number",
                "min": -5,
                "max": 5,
                "step": 0.5,
                "unit": "°C",
                "device_class": "temperature",
            },
            {
                "native_min_value": -5,
                "native_max_value": 5,
                "native_step": 0.5,
                "native_unit_of_measurement": "°C",
                "device_class": "temperature",
            },
        ),
        ({"kind": "select", "options": ["a", "b"]}, {"options": ["a", "b"]}),
        ({"kind": "text"}, {"native_min": 0, "native_max": 255}),
        ({"kind": "text", "min": 1, "max": 4}, {"native_min": 1, "native_max": 4}),
        (
            {"kind": "event", "options": ["ring"], "device_class": "doorbell"},
            {"device_class": "doorbell", "event_types": ["ring"]},
        ),
    ],
)
def test_described(item: dict[str, Any], expected: dict[str, Any]) -> None:
    """What the board says counts; where it is silent, the table."""
    assert_has(look(**item), **expected)
    assert refused(**item) == []


# Home Assistant itself.


def _sensors() -> Iterator[dict[str, Any]]:
    """Yield all classes with their units and with others, and all state classes."""
    for device_class in (None, *SensorDeviceClass):
        units = DEVICE_CLASS_UNITS.get(device_class, set())
        for unit in {*units, None, "°", "%", "widgets", "\u00b5g"}:
            for state_class in (None, "odd", *SensorStateClass):
                yield {
                    "device_class": device_class,
                    "unit": unit,
                    "state_class": state_class,
                }


async def test_home_assistant_takes_every_sensor(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a board says of a sensor, Home Assistant neither raises nor warns."""
    caplog.set_level(logging.WARNING)
    for item in _sensors():
        for kind, value in (("number", 21.5), ("text", "warm")):
            entity = SensorEntity()
            entity.hass = hass
            entity.entity_id = "sensor.x"
            entity.entity_description = look(type=kind, **item)
            entity._attr_native_value = value
            assert entity.state is not None
            assert entity.entity_category is not EntityCategory.CONFIG
    assert not caplog.records


async def test_what_fits_is_kept(hass: HomeAssistant) -> None:
    """Nothing is refused that Home Assistant takes."""
    for item in _sensors():
        device_class, state_class = item["device_class"], item["state_class"]
        units = DEVICE_CLASS_UNITS.get(device_class, {item["unit"]})
        if (
            item["unit"] in units
            and state_class
            in (None, *DEVICE_CLASS_STATE_CLASSES.get(device_class, SensorStateClass))
            and device_class not in ("date", "timestamp", "uptime", "enum")
            and (state_class != "measurement_angle" or item["unit"] == "°")
        ):
            assert refused(**item) == [], item
            assert_has(look(**item), device_class=device_class)


@pytest.mark.parametrize("device_class", [None, *NumberDeviceClass])
async def test_home_assistant_takes_every_number(
    hass: HomeAssistant, device_class: NumberDeviceClass | None
) -> None:
    """A class goes with its units; with others, there is a number without it."""
    units = NUMBER_UNITS.get(device_class, {None, "EUR"})  # type: ignore[arg-type]
    for unit in {*units, None, "widgets"}:
        entity = NumberEntity()
        entity.hass = hass
        entity.entity_description = look(
            kind="number", device_class=device_class, unit=unit
        )
        entity._attr_native_value = 21.5
        assert entity.state is not None
        good = unit in units or device_class in (None, NumberDeviceClass.MONETARY)
        assert entity.device_class == (device_class if good else None)


def test_every_binary_sensor_class() -> None:
    """All of Home Assistant's are known."""
    for device_class in BinarySensorDeviceClass:
        item = {"kind": "binary_sensor", "device_class": device_class.value}
        assert look(**item).device_class is device_class
        assert refused(**item) == []


def test_what_an_entry_has_kept_looks_the_same() -> None:
    """After a restart, the entity is described as before."""
    item = {"unit": "\u00b5g/m³", "device_class": "pm25", "enabled": False}
    key, description = describe(**item)
    again = Description.from_stored(description.as_stored())
    assert appearance(Channel(key, again.value_type, again)) == look(**item)
