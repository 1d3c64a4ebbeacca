"""The table of names: what Home Assistant makes of it, and how keys are looked up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import setup_test_component_platform
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.arduino_sensor import names
from custom_components.arduino_sensor.names import (
    BINARY_SENSORS,
    SENSORS,
    TABLE,
    Known,
    Number,
    OnOff,
    known,
)
from custom_components.arduino_sensor.protocol import MAX_KEY, RESERVED, ChannelType
from custom_components.arduino_sensor.units import (
    DECIMALS,
    SPELLED,
    SUFFIXES,
    UNITS,
    plain,
)
from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntityDescription,
)
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import Connect, add, token_entry

NUMBER, BOOLEAN = ChannelType.NUMBER, ChannelType.BOOLEAN

FOLDER: Final = Path(names.__file__).parent
STRINGS: Final = json.loads((FOLDER / "translations" / "en.json").read_text())["entity"]
ICONS: Final = json.loads((FOLDER / "icons.json").read_text())["entity"]
PROTOCOL: Final = FOLDER.parent.parent / "docs" / "protocol.md"

ROWS: Final = [row for rows in TABLE.values() for row in rows]
ROW_OF: Final = {row.key: row for row in SENSORS}


def _description(key: str) -> Any:
    """Return what a key means, which is something."""
    found = known(key)
    assert found is not None, key
    return found.description


# The table.


def test_names_stand_once() -> None:
    """A name means one thing; with a unit behind it, too."""
    alone = Counter(
        plain(spelling.word)
        for row in ROWS
        for spelling in row.spellings
        if spelling.alone
    )
    measured = Counter(
        plain(spelling.word)
        for row in ROWS
        if isinstance(row, Number)
        for spelling in row.spellings
    )
    assert set(alone.values()) == set(measured.values()) == {1}
    assert set(Counter(row.key for row in ROWS).values()) == {1}
    assert not {plain(name) for name in RESERVED} & (alone.keys() | measured.keys())


def test_names_are_written_plainly() -> None:
    """Names can be translation keys, and marks stand where they mean something."""
    for row in ROWS:
        for name, spelling in zip(row.names.split(), row.spellings, strict=True):
            assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*(\?|_\*)?", name)
            if not spelling.alone:
                assert isinstance(row, Number)
                assert row.kind in UNITS, row.key


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_keys_are_unknown(name: str) -> None:
    """What is never a channel means nothing here either."""
    assert known(name) is None


def _in_all_units() -> Iterator[SensorEntityDescription]:
    for row in SENSORS:
        for spelling in row.spellings:
            if spelling.alone:
                yield _description(spelling.word)
            for suffix in SUFFIXES.get(row.kind, {}):
                yield _description(f"{spelling.word}_{suffix}")


def test_sensors_make_sense_to_home_assistant() -> None:
    """Unit, device class and state class go together, in every unit."""
    for description in _in_all_units():
        kind = description.device_class
        if kind is None:
            assert description.translation_key is not None
        else:
            unit = description.native_unit_of_measurement
            assert unit in DEVICE_CLASS_UNITS[kind], (description.key, unit)
            assert description.state_class in DEVICE_CLASS_STATE_CLASSES[kind]


async def test_home_assistant_takes_the_sensors(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant has nothing to say against sensors that are made of the table."""
    descriptions = {
        f"{description.key} {description.native_unit_of_measurement}": description
        for description in _in_all_units()
    }
    entities = []
    for name, description in descriptions.items():
        entity = SensorEntity()
        entity.entity_description = description
        entity._attr_name = name
        entity._attr_unique_id = name
        entity._attr_native_value = 1
        entities.append(entity)
    setup_test_component_platform(hass, "sensor", entities)
    assert await async_setup_component(hass, "sensor", {"sensor": {"platform": "test"}})
    await hass.async_block_till_done()
    for entity in entities:
        state = hass.states.get(entity.entity_id)
        assert state is not None, entity.name
        float(state.state)
    assert len(hass.states.async_all("sensor")) == len(descriptions) > 100
    # A sensor of no integration gives a warning of another kind.
    assert "SensorEntity" not in caplog.text
    assert "unit of measurement" not in caplog.text
    assert "state class" not in caplog.text


@pytest.mark.parametrize(
    ("platform", "description"),
    [
        *(("sensor", description) for description in SENSORS.values()),
        *(("binary_sensor", description) for description in BINARY_SENSORS.values()),
    ],
    ids=lambda value: getattr(value, "key", ""),
)
def test_entities_have_words_and_icons(platform: str, description: Any) -> None:
    """An entity is called as its device class is, or has a name and an icon."""
    if (key := description.translation_key) is None:
        assert description.device_class is not None
        return
    assert STRINGS[platform][key]["name"]
    icons = ICONS[platform][key]
    assert icons["default"]
    assert platform == "sensor" or icons["state"]["on"]


@pytest.mark.parametrize(
    ("key", "unit", "kind", "state", "names_"),
    [
        ("temp", "°C", "temperature", "measurement", ["temperature"]),
        ("distance", "cm", "distance", "measurement", []),
        ("humidity", "%", "humidity", "measurement", ["hum"]),
        ("pressure", "Pa", "pressure", "measurement", []),
        ("ppm", "ppm", None, "measurement", []),
        ("co2", "ppm", "carbon_dioxide", "measurement", []),
        ("lux", "lx", "illuminance", "measurement", ["illuminance"]),
        ("voltage", "V", "voltage", "measurement", []),
        ("current", "A", "current", "measurement", []),
        ("power", "W", "power", "measurement", []),
        ("energy", "kWh", "energy", "total_increasing", []),
        ("battery", "%", "battery", "measurement", []),
        ("rssi", "dBm", "signal_strength", "measurement", ["signal"]),
        ("uptime", "s", "duration", "measurement", []),
    ],
)
def test_first_sensors_stay(
    key: str, unit: str, kind: str | None, state: str, names_: list[str]
) -> None:
    """What was in the first release is promised."""
    for name in (key, *names_, key.upper()):
        found = known(name)
        assert found is not None
        description: Any = found.description
        assert description.key == key
        assert description.native_unit_of_measurement == unit
        assert description.device_class == kind
        assert description.state_class == state
        assert (found.type, found.sure, found.numbered) == (NUMBER, True, False)
    diagnostic = key in ("battery", "rssi", "uptime")
    expected = EntityCategory.DIAGNOSTIC if diagnostic else None
    assert description.entity_category is expected
    # The words of these were promised as well.
    expected_words = {"ppm": "ppm", "uptime": "uptime"}.get(key)
    assert description.translation_key == expected_words


@pytest.mark.parametrize("key", ["red", "green", "blue", "led"])
def test_first_binary_sensors_stay(key: str) -> None:
    """Lights are on or off."""
    assert known(key) == Known(
        BinarySensorEntityDescription(key=key, translation_key=key), BOOLEAN
    )


# Units.


def test_units() -> None:
    """Each unit is one of its device class, known by one thing, and has decimals."""
    for kind, listed in UNITS.items():
        units = listed.split()
        assert set(units) <= DEVICE_CLASS_UNITS[kind], kind
        assert set(units) <= DECIMALS.keys()
        suffixes = [
            plain(word)
            for unit in units
            for word in (unit, *SPELLED.get(unit, "").split())
        ]
        assert len(suffixes) == len(set(suffixes)), kind
        assert set(SUFFIXES[kind].values()) == set(units)
    everywhere = {unit for listed in UNITS.values() for unit in listed.split()}
    assert SPELLED.keys() <= everywhere
    used = everywhere | {row.unit for row in SENSORS}
    assert DECIMALS.keys() <= used
    assert UNITS.keys() <= {row.kind for row in SENSORS}
    for row in SENSORS:
        # What has units can end with its own one.
        if row.unit is not None and row.kind not in (None, SensorDeviceClass.CURRENT):
            assert row.unit in SUFFIXES[row.kind].values(), row.key


@pytest.mark.parametrize(
    ("key", "name", "unit", "decimals"),
    [
        ("temp_f", "temp", "°F", 1),
        ("temp_k", "temp", "K", 1),
        ("temp_c", "temp", "°C", 1),
        ("temperature_f", "temp", "°F", 1),
        ("temp_°F", "temp", "°F", 1),
        ("temp_fahrenheit", "temp", "°F", 1),
        ("distance_mm", "distance", "mm", 0),
        ("distance_m", "distance", "m", 2),
        ("distance_in", "distance", "in", 2),
        ("pressure_hpa", "pressure", "hPa", 1),
        ("pressure_kpa", "pressure", "kPa", 2),
        ("pressure_mbar", "pressure", "mbar", 1),
        ("air_pressure_hpa", "hpa", "hPa", 1),
        ("voltage_mv", "voltage", "mV", 0),
        ("current_ma", "current", "mA", 1),
        ("current_mA", "current", "mA", 1),
        ("current_µA", "current", "μA", 0),
        ("power_kw", "power", "kW", 3),
        ("power_mW", "power", "mW", 0),
        ("energy_wh", "energy", "Wh", 0),
        ("weight_g", "weight", "g", 0),
        ("weight_kg", "weight", "kg", 3),
        ("wind_kmh", "wind_speed", "km/h", 1),
        ("wind_km/h", "wind_speed", "km/h", 1),
        ("wind_ms", "wind_speed", "m/s", 1),
        ("wind_mph", "wind_speed", "mph", 1),
        ("wind_dir_deg", "wind_direction", "°", 0),
        ("flow_lpm", "flow", "L/min", 2),
        ("flow_l_min", "flow", "L/min", 2),
        ("uptime_ms", "uptime", "ms", 0),
        ("uptime_min", "uptime", "min", 1),
        ("ec_ms", "conductivity", "mS/cm", 2),
        ("soil_pct", "soil_moisture", "%", 0),
        ("light_lux", "lux", "lx", 0),
        ("noise_dba", "decibel", "dBA", 1),
        ("rain_mm", "rainfall", "mm", 1),
        ("pm25_ugm3", "pm25", "μg/m³", 1),
        ("no2_ppm", "no2", "ppm", 0),
        ("gas_meter_m3", "gas_meter", "m³", 3),
        ("heap_bytes", "free_heap", "B", 0),
    ],
)
def test_units_behind_names(key: str, name: str, unit: str, decimals: int) -> None:
    """What a key ends with is its unit."""
    found = known(key)
    assert found is not None
    assert (found.type, found.sure, found.numbered) == (NUMBER, True, False)
    assert found.description == replace(
        SENSORS[ROW_OF[name]],
        native_unit_of_measurement=unit,
        suggested_display_precision=decimals,
    )


@pytest.mark.parametrize(
    "key",
    [
        # The first of three phases, and others.
        *("current_a", "current_b", "voltage_l1"),
        # In small letters they are two units, or another one than people mean.
        *("energy_mwh", "pressure_mpa", "uptime_m"),
        # What is no unit of this.
        *("temp_mm", "temp_min", "temp_max", "power_in", "humidity_f", "co2_ppb"),
        *("_f", "f", "temp_set", "temp_error", "door_m", "led_f"),
        # Nothing parts the name from its unit.
        *("tempf", "distancem"),
        # A board's pins, sensors and gases.
        *("t1", "T9", "h2", "H2", "h_2", "a0", "d4", "mq2", "dht11", "nh3", "ch4"),
        *("co21", "pm101", "pm100", "co1", "ph1"),
        # What is measured in several units, or not at all.
        *("weight", "weight2", "soil", "soil_moisture", "moisture", "water_level"),
        *("level", "no2", "o3", "voc", "light", "speed", "volume", "duration", "vcc"),
        *("accel_x", "gyro_z", "brightness", "pwm", "raw", "water", "x"),
        *("", " ", "_", "1", "__1", "°"),
    ],
)
def test_unknown(key: str) -> None:
    """Nothing is said of what people mean different things by."""
    assert known(key) is None


# Other ways to write a name.


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Temp", "temp"),
        ("TEMPERATURE", "temp"),
        ("t", "temp"),
        ("H", "humidity"),
        ("dewPoint", "dew_point"),
        ("dew-point", "dew_point"),
        ("Dew point", "dew_point"),
        ("freeHeap", "free_heap"),
        ("CO2", "co2"),
        ("co_2", "co2"),
        ("pH", "ph"),
        ("hPa", "hpa"),
        ("pm2_5", "pm25"),
        ("PM2.5", "pm25"),
        ("pm_25", "pm25"),
        ("pm1_0", "pm1"),
        ("pm1.0", "pm1"),
        ("pm10", "pm10"),
        ("pm10_0", "pm10"),
        ("temperatureF", "temp"),
        ("waterTempC", "water_temp"),
        ("distanceMm", "distance"),
    ],
)
def test_writing(key: str, name: str) -> None:
    """Capitals do not matter, nor what stands between words."""
    found = known(key)
    assert found is not None
    assert (found.description.key, found.numbered) == (name, False)


@pytest.mark.parametrize(
    ("key", "name", "unit"),
    [
        ("temp1", "temp", "°C"),
        ("temp_2", "temp", "°C"),
        ("Temp 12", "temp", "°C"),
        ("temperature2", "temp", "°C"),
        ("pm10_2", "pm10", "μg/m³"),
        ("pm2_5_1", "pm25", "μg/m³"),
        ("co2_1", "co2", "ppm"),
        ("temp1_f", "temp", "°F"),
        ("temp_f_2", "temp", "°F"),
        ("temp_f2", "temp", "°F"),
        ("temp1F", "temp", "°F"),
        ("weight_kg_2", "weight", "kg"),
    ],
)
def test_numbers_behind_names(key: str, name: str, unit: str) -> None:
    """One of several is known as well, and its own words are its name."""
    found = known(key)
    assert found is not None
    assert (found.type, found.sure, found.numbered) == (NUMBER, True, True)
    assert found.description.key == name
    assert _description(key).native_unit_of_measurement == unit


@pytest.mark.parametrize(
    ("key", "kind", "numbered"),
    [
        ("door", BinarySensorDeviceClass.DOOR, False),
        ("DOOR3", BinarySensorDeviceClass.DOOR, True),
        ("motion", BinarySensorDeviceClass.MOTION, False),
        ("pir_2", BinarySensorDeviceClass.MOTION, True),
        ("window", BinarySensorDeviceClass.WINDOW, False),
        ("water_leak", BinarySensorDeviceClass.MOISTURE, False),
        ("smokeDetected", BinarySensorDeviceClass.SMOKE, False),
        ("led1", None, True),
        ("button", None, False),
        ("relay", None, False),
    ],
)
def test_on_or_off(
    key: str, kind: BinarySensorDeviceClass | None, numbered: bool
) -> None:
    """Nobody sends numbers by these."""
    found = known(key)
    assert found is not None
    assert found.description.device_class == kind
    assert (found.type, found.sure, found.numbered) == (BOOLEAN, True, numbered)


@pytest.mark.parametrize(
    ("key", "channel_type", "name"),
    [
        ("smoke", BOOLEAN, "smoke_detected"),
        ("smoke2", BOOLEAN, "smoke_detected"),
        ("gas", BOOLEAN, "gas_detected"),
        ("vibration", BOOLEAN, "vibration_detected"),
        ("rain", BOOLEAN, "rain_detected"),
        ("sound", BOOLEAN, "sound_detected"),
        ("wind_dir", NUMBER, "wind_direction"),
    ],
)
def test_names_of_several_types(key: str, channel_type: ChannelType, name: str) -> None:
    """Some names are known only if the value is of their type."""
    found = known(key)
    assert found is not None
    assert (found.type, found.sure) == (channel_type, False)
    assert found.description.key == name


def test_long_and_many_keys() -> None:
    """What a board calls its channels costs little time and memory."""
    names._look_up.cache_clear()
    for sign in ("_", "a_", "1", "_1", "aB", "temp_", "temp_f", "°", "Temp1_"):
        for length in (MAX_KEY, MAX_KEY + 1, 1_000_000):
            assert known((sign * length)[:length]) is None
    # A long key is not even kept.
    assert names._look_up.cache_info().currsize == 9
    for number in range(2000):
        known(f"unknown {number}")
    info = names._look_up.cache_info()
    assert info.maxsize is not None
    assert info.currsize == info.maxsize <= 1024


# The document.


def _suffix(unit: str) -> str:
    """Return how a unit is written behind a name, as the document shows it."""
    return word if (word := plain(unit)).isalnum() else SPELLED[unit].split()[0]


def _shown(row: Number | OnOff) -> tuple[str, str, str, str]:
    """Return a row as the document has it, without what it means."""
    shown = [
        f"`{spelling.word}{'' if spelling.alone else '_*'}`"
        f"{'' if spelling.sure else '?'}"
        for spelling in row.spellings
    ]
    if isinstance(row, OnOff):
        return shown[0], ", ".join(shown[1:]), "boolean", ""
    needed = any(not spelling.alone for spelling in row.spellings)
    units = [
        f"`_{_suffix(unit)}`"
        for unit in dict.fromkeys(SUFFIXES.get(row.kind, {}).values())
        if needed or unit != row.unit
    ]
    return shown[0], ", ".join(shown[1:]), "number", ", ".join(units)


def test_table_in_the_document() -> None:
    """The document has this very table, by the same topics."""
    text = PROTOCOL.read_text(encoding="utf-8")
    text = text.partition("### Names that are known\n")[2].partition("\n## ")[0]
    described: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("#### "):
            table = described[line.removeprefix("#### ")] = []
        elif line.startswith("|"):
            table.append([cell.strip() for cell in line.split("|")[1:-1]])
    words = described.pop("Units in other words")
    assert list(described) == list(TABLE)
    for topic, rows in TABLE.items():
        head, _, *body = described[topic]
        assert head == ["name", "also", "type", "meaning and unit", "units behind it"]
        for cells, row in zip(body, rows, strict=True):
            name, also, channel_type, meaning, units = cells
            assert (name, also, channel_type, units) == _shown(row)
            assert meaning
            if isinstance(row, Number) and any(s.alone for s in row.spellings):
                assert meaning.endswith(f", {row.unit or 'no unit'}"), name
    assert words[2:] == [
        [unit, ", ".join(f"`_{word}`" for word in spelled.split())]
        for unit, spelled in SPELLED.items()
    ]


# The dashboard that asks the most of a sensor.


@pytest.fixture
async def energy(recorder_mock: Recorder, hass: HomeAssistant, loopback: None) -> None:
    """Set up the dashboard, before the server is started."""
    assert await async_setup_component(hass, "energy", {})


@pytest.mark.freeze_time("2026-06-01 12:00:00+00:00")
async def test_energy_dashboard(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    energy: None,
    connect_token: Connect,
) -> None:
    """The Energy dashboard takes `energy`, and no other number."""
    await add(hass, token_entry())
    board = await connect_token()
    begin = dt_util.utcnow()
    await board.send({"energy": 12.345, "electricity": 12.345})
    await async_wait_recording_done(hass)
    get_instance(hass).queue_task(StatisticsTask(begin, False))
    await async_wait_recording_done(hass)

    manager = await async_get_manager(hass)

    async def _problems(entity_id: str) -> set[str]:
        await manager.async_update(
            {
                "device_consumption": [],
                "energy_sources": [
                    {
                        "type": "grid",
                        "stat_energy_from": entity_id,
                        "stat_energy_to": None,
                        "stat_cost": None,
                        "entity_energy_price": None,
                        "number_energy_price": None,
                        "stat_compensation": None,
                        "entity_energy_price_export": None,
                        "number_energy_price_export": None,
                        "cost_adjustment_day": 0.0,
                    }
                ],
            }
        )
        (issues,) = (await async_validate(hass)).energy_sources
        return set(issues.issues)

    assert await _problems("sensor.kitchen_energy") == set()
    assert await _problems("sensor.kitchen_electricity") == {
        "entity_unexpected_device_class",
        "entity_state_class_measurement_no_last_reset",
    }
    state = hass.states.get("sensor.kitchen_energy")
    assert state is not None
    assert state.attributes["state_class"] is SensorStateClass.TOTAL_INCREASING
