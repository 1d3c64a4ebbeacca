"""Lines as the Arduino IDE's serial plotter reads them: `label: value unit` pairs.

Pure functions and one small state: no event loop, no port. What a pair means is found
out once for each label; a reading then costs a match and a look-up.
"""

from collections.abc import Iterator, Mapping
import math
import re
from typing import TYPE_CHECKING, Final

import orjson

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription

from .channels import MAX_CHANNELS
from .description import MAX_UNIT, Description, Kind
from .names import known
from .protocol import MAX_KEY, RESERVED, ChannelType, Value
from .units import DECIMALS, UNITS, plain

_LETTER: Final = r"[^\W\d_]"
_REST: Final = f"{{0,{MAX_KEY - 1}}}"
_NUMBER: Final = (
    r"(?P<number>[-+]?(?:\d++(?:\.\d*+)?+|\.\d++)(?:e[-+]?\d++)?+(?![\w.]*[\d.])"
    r"|[-+]?(?:nan|inf|ovf)\b)"
)
# A letter, or what stands for degrees, percent, ohms.
_UNIT: Final = r"(?P<unit>(?:deg|[°º*])\s?[CF]|(?:[^\W\d_]|[%‰°º*])[^\s:,;]*)"
_FLAGS: Final = re.IGNORECASE

_PARTS: Final = re.compile(r"[,;\t]")
_PAIR: Final = re.compile(
    rf"\s*+(?P<label>{_LETTER}[^:]{_REST}?)\s*+:\s*+{_NUMBER}\s*+(?:{_UNIT}\s*+)?",
    _FLAGS,
)
# Where only spaces part the pairs, a label has none in it, and a unit is one that is
# known or has no space before it: it could be the next label else.
_SPACED: Final = re.compile(
    rf"\s*+(?P<label>{_LETTER}[^:\s]{_REST})\s*+:\s*+{_NUMBER}"
    rf"(?:{_UNIT}|\s++(?P<apart>[^\s:]+))?(?=\s|$)",
    _FLAGS,
)

# What tells the device class alone, without the label: units that only one of them has,
# or nearly.
_CLASSES: Final = {
    unit: device_class
    for device_class, units in (
        (SensorDeviceClass.TEMPERATURE, "°C °F K"),
        (SensorDeviceClass.PRESSURE, UNITS[SensorDeviceClass.PRESSURE]),
        (SensorDeviceClass.VOLTAGE, "mV V"),
        (SensorDeviceClass.CURRENT, "A mA μA"),
        (SensorDeviceClass.POWER, "mW W kW"),
        (SensorDeviceClass.FREQUENCY, "Hz kHz MHz"),
        (SensorDeviceClass.ILLUMINANCE, "lx"),
        (SensorDeviceClass.SIGNAL_STRENGTH, "dBm"),
        (SensorDeviceClass.DISTANCE, "mm cm m km"),
        (SensorDeviceClass.WEIGHT, "mg g kg"),
        (SensorDeviceClass.SPEED, "m/s km/h"),
    )
    for unit in units.split()
}
_PLAIN: Final = {
    **{plain(unit): unit for unit in DECIMALS if plain(unit)},
    "lux": "lx",
    "percent": "%",
    "degc": "°C",
    "degf": "°F",
}


type Pair = tuple[str, str | None, float | int | None]
"""A label, its unit, its value: None if that is no number."""


def pairs(line: bytes) -> list[Pair]:
    """Return what a line says, or nothing if anything in it is no pair."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        # The degree sign of many a sketch.
        text = line.decode("latin-1")
    found: list[Pair] = []
    for part in _PARTS.split(text):
        if match := _PAIR.fullmatch(part):
            found.append(_pair(match))
        elif part.strip():
            if not (spaced := _spaced(part)):
                return []
            found += spaced
    return found if all(label.isprintable() for label, _, _ in found) else []


def _spaced(part: str) -> list[Pair]:
    """Return the pairs of a part that has several, with spaces between them."""
    found: list[Pair] = []
    at, end = 0, len(part.rstrip())
    while at < end:
        if (match := _SPACED.match(part, at)) is None:
            return []
        if (apart := match["apart"]) is not None and _unit(apart) not in DECIMALS:
            return []
        found.append(_pair(match, apart))
        at = match.end()
    return found


def _pair(match: re.Match[str], apart: str | None = None) -> Pair:
    return match["label"], match["unit"] or apart, _value(match["number"])


def _value(text: str) -> float | int | None:
    if text.lstrip("+-").isdecimal() and len(text) < 18:
        return int(text)
    value = float(text) if text[-1] not in "fFvVnN" else math.nan
    return value if math.isfinite(value) else None


def _unit(text: str) -> str:
    """Return a unit as Home Assistant writes it, if it is one that is known."""
    text = text.replace("º", "°").replace("*", "°").replace("µ", "μ")
    if text in DECIMALS:
        return text
    text = text.replace(" ", "")
    unit = _PLAIN.get(plain(text), text)
    # One letter means what it means, except for degrees; M is not m.
    if (len(text) == 1 and text not in "CF") or (text[0] == "M" and unit[0] == "m"):
        return text
    return unit


def describe(label: str, unit: str | None) -> Description:
    """Return what a pair is, as far as its label and its unit tell."""
    device_class = state_class = None
    if unit == "%RH":
        unit, device_class = "%", SensorDeviceClass.HUMIDITY.value
    elif unit is None:
        if (row := _row(label)) is not None:
            unit = row.native_unit_of_measurement
            device_class, state_class = row.device_class, row.state_class
    else:
        device_class = _CLASSES.get(unit)
        for row in _rows(label):
            units = UNITS.get(row.device_class, "") if row.device_class else ""
            if unit in (row.native_unit_of_measurement, *units.split()):
                device_class, state_class = row.device_class, row.state_class
                break
    return Description(
        kind=Kind.SENSOR,
        name=label,
        unit=unit,
        device_class=device_class and str(device_class),
        state_class=state_class and str(state_class),
    )


def _rows(label: str) -> Iterator[SensorEntityDescription]:
    """Yield what is known of a label, and of its last words."""
    words = label.split()
    for at in range(len(words)):
        if (row := _row("_".join(words[at:]))) is not None:
            yield row


def _row(name: str) -> SensorEntityDescription | None:
    row = known(name)
    if row is None or row.type is not ChannelType.NUMBER:
        return None
    if TYPE_CHECKING:
        assert isinstance(row.description, SensorEntityDescription)
    return row.description


class Plotter:
    """Turns lines of pairs into messages as a board of the protocol sends them.

    A description of all labels goes before the first reading that has a new one.
    """

    def __init__(self, described: Mapping[str, Description]) -> None:
        """Begin with what the board's entry remembers."""
        self._described = dict(described)
        self._keys: dict[tuple[str, str | None], str] = {}
        self._first: dict[str, str] = {}
        """The key that a label had first in this connection, when it had one unit."""
        self._held: dict[str, Value] = {}
        self._news = False

    def frames(self, line: bytes) -> list[bytes] | None:
        """Return what a line means; None if it has no pairs.

        Labels that come on lines of their own are held until one comes again: each
        description is written to the disk, so they are to come together.
        """
        values: dict[str, Value] = {}
        repeated = False
        if not (found := pairs(line)):
            return None
        for label, unit, value in found:
            if (key := self._keys.get((label, unit))) is not None:
                repeated = True
            elif (key := self._new_key(label, unit, value)) is None:
                continue
            values[key] = value
        if not self._news:
            return [orjson.dumps(values)]
        self._held |= values
        if repeated or len(found) > 1 or len(self._held) > MAX_CHANNELS:
            return self.flush()
        return []

    def flush(self) -> list[bytes]:
        """Return what is held: the description, and the latest values."""
        if not self._news:
            return []
        held, self._held, self._news = self._held, {}, False
        items = [
            {"key": key, **description.as_stored()}
            for key, description in self._described.items()
        ]
        return [
            orjson.dumps({"type": "channels", "channels": items, "final": True}),
            orjson.dumps(held),
        ]

    def _new_key(self, label: str, unit: str | None, value: Value) -> str | None:
        """Return the key of a pair that is new in this connection."""
        if unit is None and value is None:
            # What could not be measured says nothing of what it is.
            return self._first.get(label)
        if len(self._keys) > 2 * MAX_CHANNELS:
            # The board is told that it has too many.
            return label[:MAX_KEY]
        shown = _unit(unit)[:MAX_UNIT] if unit is not None else None
        key = label[:MAX_KEY]
        if key in RESERVED:
            key = f"{key} value"
        if label in self._first:
            # The same label with another unit is something else.
            key = f"{key[: MAX_KEY - MAX_UNIT - 1]} {shown or ''}".strip()
        self._first.setdefault(label, key)
        self._keys[label, unit] = key
        description = describe(label[:MAX_KEY], shown)
        if self._described.get(key) != description and (
            key in self._described or len(self._described) < MAX_CHANNELS
        ):
            self._described[key] = description
            self._news = True
        return key
