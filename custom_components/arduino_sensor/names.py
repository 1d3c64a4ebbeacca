"""The names that are known: one table, and how a key is looked up in it.

A name is in the table only if nearly everyone means the same by it. A key that is not
known becomes a plain entity, which does no harm; one that is known wrongly does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache
import re
from typing import Final, NamedTuple

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass as Flag,
    BinarySensorEntityDescription,
)
from homeassistant.components.sensor import (
    SensorDeviceClass as Kind,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory

from .protocol import MAX_KEY, ChannelType
from .units import DECIMALS, SIGNS, SUFFIXES, plain

ANGLE: Final = SensorStateClass.MEASUREMENT_ANGLE
COUNTER: Final = SensorStateClass.TOTAL_INCREASING


class Spelling(NamedTuple):
    """One name for something."""

    word: str
    sure: bool
    """Whether the name alone tells the type, before there is a value."""
    alone: bool
    """Whether it says enough without a unit behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of some names that mean the same.

    `names` has spaces between the names, of which the first one is the entity's key:

    - `smoke?` is also sent with other types. The first value decides, and if it has
      another type, the row does not apply.
    - `weight_*` is sent in several units, so it must end with one: `weight_kg`.
    """

    names: str

    @property
    def key(self) -> str:
        """Return the first name."""
        return next(self.spellings).word

    @property
    def spellings(self) -> Iterator[Spelling]:
        """Yield the names."""
        for name in self.names.split():
            word = name.removesuffix("?").removesuffix("_*")
            yield Spelling(word, not name.endswith("?"), not name.endswith("_*"))


@dataclass(frozen=True, slots=True)
class Number(Row):
    """Names for a number."""

    unit: str | None = None
    """As Home Assistant spells it."""
    kind: Kind | None = None
    state: SensorStateClass = SensorStateClass.MEASUREMENT
    _: KW_ONLY
    own: bool = False
    """Whether the entity has a name of its own, and not its device class's."""
    decimals: int | None = None
    """How many are shown, if not as many as is usual with the unit."""


@dataclass(frozen=True, slots=True)
class OnOff(Row):
    """Names for what is on or off."""

    kind: Flag | None = None
    _: KW_ONLY
    own: bool = False


THE_BOARD: Final = "The board itself"

TABLE: Final[Mapping[str, tuple[Number | OnOff, ...]]] = {
    "Air and climate": (
        Number("temp temperature t", "°C", Kind.TEMPERATURE),
        Number(
            "indoor_temp indoor_temperature temp_indoor temp_inside temp_in",
            "°C",
            Kind.TEMPERATURE,
            own=True,
        ),
        Number(
            "outdoor_temp outdoor_temperature temp_outdoor temp_outside temp_out",
            "°C",
            Kind.TEMPERATURE,
            own=True,
        ),
        Number("dew_point", "°C", Kind.TEMPERATURE, own=True),
        Number("heat_index feels_like", "°C", Kind.TEMPERATURE, own=True),
        Number("humidity hum rh h", "%", Kind.HUMIDITY, decimals=1),
        Number("absolute_humidity", "g/m³", Kind.ABSOLUTE_HUMIDITY),
        Number("pressure", "Pa", Kind.PRESSURE),
        Number("hpa mbar air_pressure_* baro_*", "hPa", Kind.ATMOSPHERIC_PRESSURE),
        Number("ppm", "ppm"),
        Number("co2 eco2 carbon_dioxide", "ppm", Kind.CO2),
        Number("co carbon_monoxide", "ppm", Kind.CO),
        Number("no2_* nitrogen_dioxide_*", "ppb", Kind.NITROGEN_DIOXIDE),
        Number("o3_* ozone_*", "ppb", Kind.OZONE),
        Number("so2_*", "ppb", Kind.SULPHUR_DIOXIDE),
        Number("tvoc voc_*", "ppb", Kind.VOLATILE_ORGANIC_COMPOUNDS_PARTS, own=True),
        Number("voc_index"),
        Number("nox_index"),
        Number("aqi", None, Kind.AQI),
        Number("iaq", None, Kind.AQI, own=True),
        Number("pm1 pm1_0", "μg/m³", Kind.PM1),
        Number("pm25 pm2_5", "μg/m³", Kind.PM25),
        Number("pm4 pm4_0", "μg/m³", Kind.PM4),
        Number("pm10 pm10_0", "μg/m³", Kind.PM10),
    ),
    "Light, sound and weather": (
        Number("lux illuminance light_* ambient_light_*", "lx", Kind.ILLUMINANCE),
        Number("uv_index uvi uv", "UV index", decimals=1),
        Number("irradiance solar_radiation", "W/m²", Kind.IRRADIANCE),
        Number(
            "decibel decibels db spl sound_* sound_level_* noise_* noise_level_*",
            "dB",
            Kind.SOUND_PRESSURE,
        ),
        Number(
            "rainfall precipitation rain_*",
            "mm",
            Kind.PRECIPITATION,
            COUNTER,
            decimals=1,
        ),
        Number("rain_rate rain_intensity", "mm/h", Kind.PRECIPITATION_INTENSITY),
        Number("wind_speed wind", "m/s", Kind.WIND_SPEED),
        Number("wind_gust gust", "m/s", Kind.WIND_SPEED, own=True),
        Number("wind_direction? wind_dir?", "°", Kind.WIND_DIRECTION, ANGLE),
    ),
    "Electricity": (
        Number("voltage volt volts", "V", Kind.VOLTAGE),
        Number("current amp amps", "A", Kind.CURRENT),
        Number("power watt watts", "W", Kind.POWER),
        Number("energy kwh", "kWh", Kind.ENERGY, COUNTER),
        Number("apparent_power", "VA", Kind.APPARENT_POWER),
        Number("reactive_power", "var", Kind.REACTIVE_POWER),
        Number("power_factor pf", None, Kind.POWER_FACTOR, decimals=2),
        Number("frequency freq", "Hz", Kind.FREQUENCY),
    ),
    "Water, soil and gas": (
        Number("water_temp water_temperature", "°C", Kind.TEMPERATURE, own=True),
        Number("soil_temp soil_temperature", "°C", Kind.TEMPERATURE, own=True),
        Number("soil_moisture_* soil_* moisture_*", "%", Kind.MOISTURE, own=True),
        Number("ph ph_value", None, Kind.PH, decimals=2),
        Number("conductivity_* ec_*", "μS/cm", Kind.CONDUCTIVITY),
        Number("tds tds_ppm", "ppm"),
        Number("turbidity_ntu ntu", "NTU", decimals=1),
        Number("orp", "mV", Kind.VOLTAGE, own=True),
        Number("water_level_* tank_level_* level_*", "cm", Kind.DISTANCE, own=True),
        Number("fill_level water_level_percent water_level_pct level_percent", "%"),
        Number("flow flow_rate", "L/min", Kind.VOLUME_FLOW_RATE),
        Number("volume_*", "L", Kind.VOLUME_STORAGE),
        Number("water_meter_* water_total_*", "L", Kind.WATER, COUNTER),
        Number("gas_meter_* gas_total_*", "m³", Kind.GAS, COUNTER),
    ),
    "Motion, distance and the rest": (
        Number("distance dist", "cm", Kind.DISTANCE),
        Number("height_*", "cm", Kind.DISTANCE, own=True),
        Number("depth_*", "cm", Kind.DISTANCE, own=True),
        Number("altitude elevation", "m", Kind.DISTANCE, own=True),
        Number("latitude lat", "°", decimals=5),
        Number("longitude lon lng", "°", decimals=5),
        Number("speed_*", "m/s", Kind.SPEED),
        Number("rpm", "rpm"),
        Number("angle", "°"),
        Number("roll", "°"),
        Number("pitch", "°"),
        Number("yaw", "°"),
        Number("heading", "°", None, ANGLE),
        Number("weight_* mass_*", "g", Kind.WEIGHT),
        Number("duration_*", "s", Kind.DURATION),
        Number("counter count pulses pulse_count", None, None, COUNTER),
        Number("object_temp object_temperature", "°C", Kind.TEMPERATURE, own=True),
        Number("heart_rate bpm", "bpm", decimals=0),
        Number("spo2", "%"),
    ),
    THE_BOARD: (
        Number("battery battery_level", "%", Kind.BATTERY),
        Number("battery_voltage battery_v vbat vbatt", "V", Kind.VOLTAGE, own=True),
        Number("supply_voltage_* vcc_* vdd_*", "V", Kind.VOLTAGE, own=True),
        OnOff("battery_low low_battery", Flag.BATTERY, own=True),
        OnOff("charging is_charging", Flag.BATTERY_CHARGING),
        Number("rssi signal wifi_rssi", "dBm", Kind.SIGNAL_STRENGTH),
        Number("snr", "dB", Kind.SIGNAL_STRENGTH, own=True),
        Number("uptime", "s", Kind.DURATION, own=True),
        Number("millis", "ms", Kind.DURATION, own=True),
        Number("cpu_temp cpu_temperature chip_temp", "°C", Kind.TEMPERATURE, own=True),
        Number("free_heap heap free_memory free_ram", "B", Kind.DATA_SIZE, own=True),
    ),
    "On or off": (
        OnOff("red"),
        OnOff("green"),
        OnOff("blue"),
        OnOff("led"),
        OnOff("motion motion_detected pir", Flag.MOTION),
        OnOff("presence presence_detected", Flag.OCCUPANCY, own=True),
        OnOff("occupancy occupied", Flag.OCCUPANCY),
        OnOff("door door_open", Flag.DOOR),
        OnOff("garage_door", Flag.GARAGE_DOOR),
        OnOff("window window_open", Flag.WINDOW),
        OnOff("valve_open valve?", Flag.OPENING, own=True),
        OnOff("open is_open opening?", Flag.OPENING),
        OnOff("contact reed reed_switch"),
        OnOff("button button_pressed btn"),
        OnOff("switch"),
        OnOff("relay"),
        OnOff("touched touch_detected touch?"),
        OnOff("tilted tilt?"),
        OnOff("vibration_detected vibration?", Flag.VIBRATION),
        OnOff("sound_detected noise_detected sound? noise?", Flag.SOUND),
        OnOff("light_detected", Flag.LIGHT),
        OnOff("rain_detected raining rain?", Flag.MOISTURE, own=True),
        OnOff("leak water_leak leak_detected flood", Flag.MOISTURE, own=True),
        OnOff("smoke_detected smoke_alarm smoke?", Flag.SMOKE),
        OnOff("gas_detected gas_alarm gas_leak gas?", Flag.GAS),
        OnOff("co_detected co_alarm", Flag.CO),
        OnOff("flame_detected fire_alarm flame? fire?"),
        OnOff("tamper", Flag.TAMPER),
        OnOff("problem fault? error?", Flag.PROBLEM),
        OnOff("alarm?"),
        OnOff("buzzer?"),
        OnOff("heater_on heater?"),
        OnOff("pump_on pump?", Flag.RUNNING, own=True),
        OnOff("fan_on fan?", Flag.RUNNING, own=True),
        OnOff("motor_on motor?", Flag.RUNNING, own=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the table says of a key."""

    description: SensorEntityDescription | BinarySensorEntityDescription
    """For channels of `type`; it says nothing of others by this key."""
    type: ChannelType
    sure: bool = True
    """Whether a channel by this key has this type before it has a value."""
    numbered: bool = False
    """Whether the key says which of several it is: its own words are its name."""


def known(key: str) -> Known | None:
    """Return what the table says of a key, which can be any text; None if nothing.

    The key is taken for a name, a name with a number behind it (`temp2`), or one with
    a unit behind it (`temp_f`).
    """
    return _look_up(key) if len(key) <= MAX_KEY else None


FIRST: Final = frozenset(
    {
        "temp",
        "temperature",
        "distance",
        "humidity",
        "hum",
        "pressure",
        "ppm",
        "co2",
        "lux",
        "illuminance",
        "voltage",
        "current",
        "power",
        "energy",
        "battery",
        "rssi",
        "signal",
        "uptime",
        "red",
        "green",
        "blue",
        "led",
    }
)
"""Names from the first table on: sketches that use them are told of a wrong type.

With every other name the first value decides, since sketches used it before it was
known: `{"door":"open"}` goes on being a text.
"""


MIN_NUMBERED: Final = 3
"""Shorter names take no number: `t1` is a touch pin, `h2` is hydrogen."""

_DIGITS: Final = "0123456789"

# Where a unit can begin: `temp_f`, `tempF`.
_JOINT: Final = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])")


def _words(row: Number | OnOff) -> str | None:
    """Return where the entity's name stands in the translations, if it does."""
    return row.key if row.own or row.kind is None else None


def _category(row: Number | OnOff) -> EntityCategory | None:
    return EntityCategory.DIAGNOSTIC if row in TABLE[THE_BOARD] else None


_ROWS: Final = tuple(row for rows in TABLE.values() for row in rows)

SENSORS: Final = {
    row: SensorEntityDescription(
        key=row.key,
        translation_key=_words(row),
        device_class=row.kind,
        native_unit_of_measurement=row.unit,
        state_class=row.state,
        suggested_display_precision=(
            DECIMALS.get(row.unit or "") if row.decimals is None else row.decimals
        ),
        entity_category=_category(row),
    )
    for row in _ROWS
    if isinstance(row, Number)
}

BINARY_SENSORS: Final = {
    row: BinarySensorEntityDescription(
        key=row.key,
        translation_key=_words(row),
        device_class=row.kind,
        entity_category=_category(row),
    )
    for row in _ROWS
    if isinstance(row, OnOff)
}

_ALONE: Final = {
    plain(spelling.word): Known(description, channel_type, spelling.sure)
    for channel_type, descriptions in (
        (ChannelType.NUMBER, SENSORS),
        (ChannelType.BOOLEAN, BINARY_SENSORS),
    )
    for row, description in descriptions.items()
    for spelling in row.spellings
    if spelling.alone
}

_MEASURED: Final = {
    plain(spelling.word): description
    for row, description in SENSORS.items()
    for spelling in row.spellings
}


@lru_cache(maxsize=512)
def _look_up(key: str) -> Known | None:
    if (alone := _numbered(key, _ALONE)) is not None:
        found, numbered = alone
        return replace(found, numbered=numbered)
    text = key.translate(SIGNS)
    for joint in _JOINT.finditer(text):
        if (measured := _numbered(text[: joint.start()], _MEASURED)) is None:
            continue
        description, numbered = measured
        suffixes = SUFFIXES.get(description.device_class, {})
        suffix = text[joint.end() :]
        if (unit := suffixes.get(plain(suffix))) is None:
            unit, numbered = suffixes.get(plain(suffix.rstrip(_DIGITS))), True
        if unit is not None:
            return Known(
                _in_unit(description, unit), ChannelType.NUMBER, numbered=numbered
            )
    return None


def _numbered[T](text: str, names: Mapping[str, T]) -> tuple[T, bool] | None:
    """Return what a name stands for, and whether there is a number behind it."""
    if (found := names.get(plain(text))) is not None:
        return found, False
    name = plain(text.rstrip(_DIGITS))
    if len(name) >= MIN_NUMBERED and (found := names.get(name)) is not None:
        return found, True
    return None


def _in_unit(
    description: SensorEntityDescription, unit: str
) -> SensorEntityDescription:
    if unit == description.native_unit_of_measurement:
        return description
    return replace(
        description,
        native_unit_of_measurement=unit,
        suggested_display_precision=DECIMALS[unit],
    )
