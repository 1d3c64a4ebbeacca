"""States as numbers in the unit that their statistics have."""

from collections.abc import Callable, Sequence
import math
from typing import Final, NamedTuple

from homeassistant.components.recorder.models import (
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    STATISTIC_UNIT_TO_UNIT_CONVERTER,
    UNIT_CLASS_TO_UNIT_CONVERTER,
)
from homeassistant.components.sensor import UNIT_CONVERTERS, SensorStateClass
from homeassistant.components.sensor.recorder import EQUIVALENT_UNITS
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.util.unit_conversion import BaseUnitConverter

from .periods import Kind, Point
from .row import Row

KINDS: Final = {
    SensorStateClass.MEASUREMENT: Kind.MEAN,
    SensorStateClass.MEASUREMENT_ANGLE: Kind.ANGLE,
    SensorStateClass.TOTAL: Kind.TOTAL,
    SensorStateClass.TOTAL_INCREASING: Kind.TOTAL_INCREASING,
}

_MEANS: Final = {
    Kind.MEAN: StatisticMeanType.ARITHMETIC,
    Kind.ANGLE: StatisticMeanType.CIRCULAR,
    Kind.TOTAL: StatisticMeanType.NONE,
    Kind.TOTAL_INCREASING: StatisticMeanType.NONE,
}


class Measured(NamedTuple):
    """What the statistics of a sensor are made from."""

    metadata: StatisticMetaData
    points: list[Point]


def measure(
    entity_id: str, kind: Kind, rows: Sequence[Row], old: StatisticMetaData | None
) -> Measured | None:
    """Return the states of a sensor as numbers, and what is to be said of them.

    None if Home Assistant would not have statistics of them: there is no number, or
    the unit or the kind is another one than it was.
    """
    values = [_number(row.state) for row in rows]
    typical = next(
        (row for row, value in zip(rows, values, strict=True) if value is not None),
        None,
    )
    if typical is None:
        return None
    mean_type = _MEANS[kind]
    if old is not None and StatisticMeanType.NONE not in (
        mean_type,
        old["mean_type"],
    ):
        if old["mean_type"] != mean_type:
            return None
    unit = typical.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    unit_class = _unit_class(typical.attributes.get(ATTR_DEVICE_CLASS), unit)
    wanted = unit
    if old is not None:
        wanted = old["unit_of_measurement"]
        new_class, unit_class = unit_class, old["unit_class"]
        converter = _converter(new_class)
        if converter is not None and {unit, wanted} <= converter.VALID_UNITS:
            unit_class = new_class
    points: list[Point] = []
    converter = _converter(unit_class)
    for row, value in zip(rows, values, strict=True):
        given = row.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if value is not None and given != wanted:
            if converter is None:
                if EQUIVALENT_UNITS.get(given, given) != EQUIVALENT_UNITS.get(
                    wanted, wanted
                ):
                    return None
            elif not {given, wanted} <= converter.VALID_UNITS:
                value = None
            else:
                value = _convert(converter, given, wanted)(value)
        points.append(Point(row.at, value))
    if not any(point.value is not None for point in points):
        return None
    return Measured(
        {
            "mean_type": mean_type,
            "has_sum": kind.has_sum,
            "name": None,
            "source": "recorder",
            "statistic_id": entity_id,
            "unit_class": unit_class,
            "unit_of_measurement": wanted,
        },
        points,
    )


def _number(state: str) -> float | None:
    try:
        number = float(state)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _convert(
    converter: type[BaseUnitConverter], given: str | None, wanted: str | None
) -> Callable[[float], float | None]:
    convert = converter.converter_factory(given, wanted)

    def _try(value: float) -> float | None:
        # Such as 0 kWh/100km in km/kWh.
        try:
            return convert(value)
        except ArithmeticError, TypeError:
            return None

    return _try


def _unit_class(device_class: str | None, unit: str | None) -> str | None:
    converter = UNIT_CONVERTERS.get(device_class) if device_class else None
    if converter is None or unit not in converter.VALID_UNITS:
        converter = STATISTIC_UNIT_TO_UNIT_CONVERTER.get(unit)
    return None if converter is None else converter.UNIT_CLASS


def _converter(unit_class: str | None) -> type[BaseUnitConverter] | None:
    return UNIT_CLASS_TO_UNIT_CONVERTER.get(unit_class) if unit_class else None
