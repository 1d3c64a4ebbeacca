"""What a person corrects of a sensor's numbers, because the sensor is a little off."""

from dataclasses import dataclass
import math
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from .const import CONF_CALIBRATION, CONF_FACTOR, CONF_OFFSET
from .protocol import Value


@dataclass(frozen=True, slots=True)
class Calibration:
    """A number times `factor`, plus `offset`."""

    offset: float = 0.0
    factor: float = 1.0

    @classmethod
    def from_stored(cls, stored: dict[str, float]) -> Self:
        """Return what an entry's options have."""
        return cls(stored[CONF_OFFSET], stored[CONF_FACTOR])

    def as_stored(self) -> dict[str, float]:
        """Return what an entry's options keep."""
        return {CONF_OFFSET: self.offset, CONF_FACTOR: self.factor}

    def apply(self, value: Value) -> Value:
        """Return a value as it is meant to be; what is no number stays as it is."""
        if type(value) not in (int, float):
            return value
        corrected = value * self.factor + self.offset  # type: ignore[operator]
        return even(corrected) if math.isfinite(corrected) else None


NONE = Calibration()


def even(number: float) -> float:
    """Return a number that was worked out without the noise in its last digits."""
    return float(f"{number:.12g}")


def calibrations(entry: ConfigEntry) -> dict[str, Calibration]:
    """Return what is corrected of a board, by the keys of its channels."""
    stored: dict[str, Any] = entry.options.get(CONF_CALIBRATION, {})
    return {key: Calibration.from_stored(kept) for key, kept in stored.items()}
