"""The units that can stand behind a name, as in `temp_f` or `pressure_hpa`."""

from collections.abc import Mapping
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass as Kind

UNITS: Final[Mapping[Kind, str]] = {
    Kind.ABSOLUTE_HUMIDITY: "g/m³",
    Kind.APPARENT_POWER: "VA kVA",
    Kind.ATMOSPHERIC_PRESSURE: "Pa hPa kPa mbar bar psi mmHg inHg",
    Kind.BATTERY: "%",
    Kind.CO: "ppm ppb μg/m³ mg/m³",
    Kind.CO2: "ppm",
    Kind.CONDUCTIVITY: "μS/cm mS/cm",
    # Without A: `current_a` is the first of three phases as well.
    Kind.CURRENT: "mA μA",
    Kind.DATA_SIZE: "B KiB",
    Kind.DISTANCE: "mm cm m km in ft",
    Kind.DURATION: "μs ms s min h d",
    # Without mWh and MWh, which are the same in small letters.
    Kind.ENERGY: "Wh kWh",
    Kind.FREQUENCY: "Hz kHz MHz",
    Kind.GAS: "L m³ ft³",
    Kind.HUMIDITY: "%",
    Kind.ILLUMINANCE: "lx",
    Kind.IRRADIANCE: "W/m²",
    Kind.MOISTURE: "%",
    Kind.NITROGEN_DIOXIDE: "ppb ppm μg/m³",
    Kind.OZONE: "ppb ppm μg/m³",
    Kind.PM1: "μg/m³",
    Kind.PM25: "μg/m³",
    Kind.PM4: "μg/m³",
    Kind.PM10: "μg/m³",
    # A board's mW is never megawatts, and its MHz never millihertz.
    Kind.POWER: "mW W kW",
    Kind.POWER_FACTOR: "%",
    Kind.PRECIPITATION: "mm cm in",
    Kind.PRECIPITATION_INTENSITY: "mm/h in/h",
    # Without mPa: people mean megapascals, which Home Assistant does not know.
    Kind.PRESSURE: "Pa hPa kPa mbar bar psi mmHg inHg",
    Kind.REACTIVE_POWER: "var kvar",
    Kind.SIGNAL_STRENGTH: "dBm dB",
    Kind.SOUND_PRESSURE: "dB dBA",
    Kind.SPEED: "mm/s m/s km/h mph kn",
    Kind.SULPHUR_DIOXIDE: "ppb μg/m³",
    Kind.TEMPERATURE: "°C °F K",
    Kind.VOLATILE_ORGANIC_COMPOUNDS_PARTS: "ppb ppm",
    Kind.VOLTAGE: "mV V",
    Kind.VOLUME_FLOW_RATE: "mL/s L/s L/min L/h m³/h gal/min",
    Kind.VOLUME_STORAGE: "mL L m³ gal",
    Kind.WATER: "L m³ gal ft³",
    Kind.WEIGHT: "mg g kg oz lb",
    Kind.WIND_DIRECTION: "°",
    Kind.WIND_SPEED: "m/s km/h mph kn",
}
"""The units that can stand behind a name, for each device class."""

SPELLED: Final[Mapping[str, str]] = {
    "°C": "celsius",
    "°F": "fahrenheit",
    "K": "kelvin",
    "%": "percent pct",
    "°": "deg degrees",
    "lx": "lux",
    "s": "sec seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "in": "inch inches",
    "lb": "lbs",
    "m/s": "mps",
    "km/h": "kph",
    "kn": "knots",
    "L/s": "lps",
    "L/min": "lpm",
    "L/h": "lph",
    "gal/min": "gpm",
    "L": "liters litres",
    "B": "bytes",
    "μS/cm": "us",
    "mS/cm": "ms",
}
"""What else a unit is called behind a name."""

# By their number: none, one, two, three.
_BY_DECIMALS: Final = (
    (
        "% ° ppm ppb Pa mm mm/s mg g B μs ms s mL mL/s L/h lx W/m² rpm dBm "
        "mV μA mW Wh μS/cm"
    ),
    (
        "°C °F K cm hPa mbar mmHg m/s km/h mph kn mm/h dB dBA L min g/m³ μg/m³ KiB "
        "mA W VA var"
    ),
    "m in ft kPa psi inHg in/h oz lb h d ft³ gal L/s L/min gal/min V A Hz mS/cm",
    "km bar kg mg/m³ m³ m³/h kHz MHz kW kVA kvar kWh",
)

DECIMALS: Final = {
    unit: decimals
    for decimals, units in enumerate(_BY_DECIMALS)
    for unit in units.split()
}
"""How many decimals are shown of a number in a unit."""

SIGNS: Final = str.maketrans(" -./µμ²³", "____uu23", "°")
"""What of a key is written in different ways, besides capitals."""

# Between digits it means something: `pm1_0` is not `pm10`.
_NEEDLESS: Final = re.compile(r"(?<![0-9])_|_(?![0-9])")


def plain(text: str) -> str:
    """Return a name or a unit without what people write in different ways."""
    return _NEEDLESS.sub("", text.translate(SIGNS).lower())


SUFFIXES: Final[Mapping[Kind | None, Mapping[str, str]]] = {
    kind: {
        suffix: unit
        for unit in units.split()
        for word in (unit, *SPELLED.get(unit, "").split())
        if (suffix := plain(word))
    }
    for kind, units in UNITS.items()
}
"""The units by what stands behind a name."""
