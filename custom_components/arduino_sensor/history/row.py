"""A state of an entity, as the database has it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT


class Row(NamedTuple):
    """A state of an entity."""

    at: float
    """Since when, in seconds since the epoch."""
    state: str
    attributes: Mapping[str, Any]


def unit_of(row: Row) -> Any:
    """Return the unit of a state, if it has one."""
    return row.attributes.get(ATTR_UNIT_OF_MEASUREMENT)


def look(row: Row) -> tuple[str, Any]:
    """Return what of a row is compared: most attributes are not in the database."""
    return row.state, unit_of(row)
