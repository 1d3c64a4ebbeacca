"""Whether a board's sensors can be believed: what a loose or a wrong wire looks like.

Nothing here knows Home Assistant: the clock and the channels are given, and
`checkup.py` looks now and then. Of readings, only a `null` is told here as it comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Final, cast

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTemperature

from .appearance import appearance
from .channels import Channel
from .const import WATCH_ALL, WATCH_OFF
from .description import Kind
from .names import known
from .noise import Noise
from .protocol import RESERVED, ChannelType, Value

LOOK_INTERVAL: Final = 30.0
"""How often somebody is to look, in seconds."""

DURATION: Final = 300.0
"""For how long something has to be odd, in seconds in which the board is there."""

LOOKS: Final = 3
"""At how many looks the board has to have sent something meanwhile.

One that sleeps for ten minutes has not said more by being silent.
"""

_LATE: Final = 1.0
"""What waits to be shown is shown so much too late at most, in seconds."""

MAX_NAMELESS: Final = 8
"""How many keys are watched that have never had a value, and so are no channels."""


class Code(StrEnum):
    """What can be wrong with a channel."""

    NO_VALUE = "no_value"
    """It is null all the time."""

    STUCK = "stuck"
    """Its last digits do not move, though its board says that they always do."""

    ZERO = "zero"
    """A distance of 0, which no sensor measures."""

    DISCONNECTED = "disconnected"
    """What is read of a DS18B20 that does not answer."""

    POWER_ON = "power_on"
    """What a DS18B20 has before it has measured anything."""


_STEADY: Final = frozenset(
    {
        SensorDeviceClass.TEMPERATURE,
        SensorDeviceClass.HUMIDITY,
        SensorDeviceClass.ABSOLUTE_HUMIDITY,
        SensorDeviceClass.MOISTURE,
        SensorDeviceClass.PRESSURE,
        SensorDeviceClass.ATMOSPHERIC_PRESSURE,
        SensorDeviceClass.ILLUMINANCE,
        SensorDeviceClass.AQI,
        SensorDeviceClass.CO,
        SensorDeviceClass.CO2,
        SensorDeviceClass.PM1,
        SensorDeviceClass.PM25,
        SensorDeviceClass.PM4,
        SensorDeviceClass.PM10,
    }
)
"""What is always there to be measured. A distance is not, nor a pulse."""

_ODD: Final[dict[str | None, dict[float, Code]]] = {
    UnitOfTemperature.CELSIUS: {-127: Code.DISCONNECTED, 85: Code.POWER_ON},
    UnitOfTemperature.FAHRENHEIT: {-196.6: Code.DISCONNECTED, 185: Code.POWER_ON},
}
"""What a thermometer gives that measures nothing, by its unit."""

_NUMBERS: Final = frozenset({0, *chain.from_iterable(_ODD.values())})

_USUAL: Final = frozenset({Code.ZERO, Code.POWER_ON})
"""What can be so in a sensor that is well: nothing in its range, a hot boiler."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with a channel."""

    key: str
    code: Code
    device_class: str | None
    since: float


class _Watch:
    """Something odd of a channel: it has yet to last."""

    __slots__ = ("code", "lasted", "looks", "open", "silent", "since")

    def __init__(self, code: Code, since: float, opened: float = 0.0) -> None:
        self.code = code
        self.since = since
        self.open = opened
        """The channel's: it moves with each change that is shown."""
        self.lasted = 0.0
        """How long it has been so while the board was there."""
        self.looks = 0
        """At how many looks the board had sent something."""
        self.silent: int | None = None
        """At how many looks since it connected anew, without saying this again."""

    @property
    def has_lasted(self) -> bool:
        """Return whether it is more than a moment."""
        return self.lasted >= DURATION and self.looks >= LOOKS


class Health:
    """What of a board's channels is odd, and since when. All times are monotonic."""

    def __init__(self, mode: str, proven: Iterable[str] = ()) -> None:
        """Begin with nothing that is known.

        `proven` are the channels that may have had good values before.
        """
        self.mode = mode
        self.troubles: dict[str, Trouble] = {}
        """What is wrong now, by the keys of the channels."""
        self._proven = set(proven)
        self._watches: dict[str, _Watch] = {}
        self._noises: dict[str, Noise] = {}
        self._looked_at: float | None = None
        self._last_frame: float | None = None
        self._looked = 0.0
        """How long this has been looked at while the board was there."""
        self._looks = 0
        """At how many looks the board had sent something."""

    def resume(self, other: Health) -> None:
        """Go on from where another has ended, as far as that is still watched."""
        if WATCH_OFF in (self.mode, other.mode):
            return
        self.troubles = other.troubles
        self._proven = other._proven
        self._watches = other._watches
        self._looked_at = other._looked_at
        self._last_frame = other._last_frame
        self._looked, self._looks = other._looked, other._looks
        for key, noise in self._noises.items():
            if (before := other._noises.get(key)) is not None:
                noise.resume(before)

    def noise(self, channel: Channel) -> Noise | None:
        """Return what is to be told each reading of a channel, if anything is."""
        self._noises.pop(channel.key, None)
        said = channel.description
        if said is None or said.noisy is None or self.mode == WATCH_OFF:
            return None
        noise = self._noises[channel.key] = Noise(said.noisy)
        return noise

    def forget(self, keys: Iterable[str]) -> None:
        """Know nothing more of channels that are gone."""
        for key in keys:
            self._watches.pop(key, None)
            self._noises.pop(key, None)

    # From the board.

    def connected(self) -> None:
        """Take note that the board has connected anew: its sketch may be another."""
        for watch in self._watches.values():
            if watch.silent is None:
                watch.silent = 0

    def null(self, channels: Mapping[str, Channel], key: str, now: float) -> None:
        """Take note that a key has come without a value, whether it is a channel or not.

        This is before the channel has taken it.
        """
        if self.mode == WATCH_OFF or key in RESERVED:
            return
        channel = channels.get(key)
        watch = self._watches.get(key)
        if watch is None and channel is None:
            nameless = self._watches.keys() - channels.keys()
            if len(nameless) >= MAX_NAMELESS:
                return
        if (
            watch is None
            or watch.code is not Code.NO_VALUE
            or (channel is not None and channel.value is not None)
        ):
            self._watches[key] = _Watch(Code.NO_VALUE, now)
        else:
            watch.silent = None

    # Now and then.

    def look(
        self, now: float, last_frame: float | None, channels: Mapping[str, Channel]
    ) -> tuple[list[Trouble], list[Trouble]]:
        """Return what has begun to be wrong, and what is right again, or gone.

        `last_frame` is when the board has last sent something; None if it is not there.
        """
        if self.mode == WATCH_OFF:
            return [], []
        gap, has_sent = 0.0, False
        if last_frame is not None:
            if self._looked_at is not None:
                # A computer that was asleep has not looked.
                gap = min(now - self._looked_at, 2 * LOOK_INTERVAL)
            has_sent = last_frame != self._last_frame
            self._last_frame = last_frame
        self._looked_at = None if last_frame is None else now
        self._looked += gap
        self._looks += has_sent

        for key, channel in channels.items():
            self._watch(key, channel, now)
        for key, watch in list(self._watches.items()):
            if key not in channels and watch.code is not Code.NO_VALUE:
                del self._watches[key]
            watch.lasted += min(gap, now - watch.since)
            watch.looks += has_sent
            if watch.silent is not None and has_sent:
                watch.silent += 1
                if watch.code is Code.NO_VALUE and watch.silent > LOOKS:
                    # It is not in the sketch any more.
                    del self._watches[key]
        before = self.troubles
        self.troubles = {
            key: trouble
            for key in (*channels, *(self._watches.keys() - channels.keys()))
            if (trouble := self._trouble(key, channels.get(key))) is not None
        }
        return (
            [
                trouble
                for key, trouble in self.troubles.items()
                if key not in before or before[key].code is not trouble.code
            ],
            [
                trouble
                for key, trouble in before.items()
                if self._is_well(key, channels)
            ],
        )

    def _is_well(self, key: str, channels: Mapping[str, Channel]) -> bool:
        """Return whether there is nothing odd about a channel, or it is gone."""
        if key in self.troubles or key in self._watches:
            return False
        return key not in channels or channels[key].value is not None

    def has_recovered(self, key: str, channels: Mapping[str, Channel]) -> bool:
        """Return whether a channel that was wrong before a start is known to be right.

        That takes as long as to find out that one is wrong.
        """
        if self._looked < DURATION or self._looks < LOOKS:
            return False
        noise = self._noises.get(key)
        return self._is_well(key, channels) and (noise is None or noise.has_moved)

    def _watch(self, key: str, channel: Channel, now: float) -> None:
        """See whether a channel is at something odd, and the same as before."""
        watch = self._watches.get(key)
        if channel.type is not ChannelType.NUMBER or channel.kind is not Kind.SENSOR:
            self._watches.pop(key, None)
            return
        value = channel.value if channel.calibration is None else channel.raw
        if (
            value is not None
            and channel.pace.latest is None
            and now < channel.pace.at + _LATE
        ):
            # That there is none waits to be shown.
            return
        if value is None:
            # Without having been told so, there was just no reading yet.
            if watch is not None and watch.code is not Code.NO_VALUE:
                del self._watches[key]
            return
        if (code := _odd(channel, value)) is None:
            self._watches.pop(key, None)
            self._proven.add(key)
        elif watch is None or watch.code is not code or watch.open != channel.open:
            self._watches[key] = _Watch(code, now, channel.open)

    def _trouble(self, key: str, channel: Channel | None) -> Trouble | None:
        """Return what is wrong with a channel, or with a key that is none yet."""
        watch = self._watches.get(key)
        if watch is not None:
            before = self.troubles.get(key)
            if not watch.has_lasted:
                # One kind of nonsense after the other is no improvement.
                if before is not None:
                    return before
            elif self._counts(key, watch.code, channel):
                if before is not None and before.code is watch.code:
                    return before
                return Trouble(key, watch.code, _device_class(channel), watch.since)
        noise = self._noises.get(key)
        if noise is not None and noise.count >= noise.limit:
            return Trouble(key, Code.STUCK, _device_class(channel), noise.since)
        return None

    def _counts(self, key: str, code: Code, channel: Channel | None) -> bool:
        """Return whether something is wrong, and not only unusual.

        A channel that has not had a good value yet was most likely wired just now.
        """
        if self.mode == WATCH_ALL or key not in self._proven:
            return True
        if code is Code.NO_VALUE:
            return _device_class(channel) in _STEADY
        return code not in _USUAL

    def as_dict(self, now: float) -> dict[str, Any]:
        """Return how it is, for a bug report."""
        return {
            "watch": self.mode,
            "troubles": {
                key: {"code": trouble.code.value, "seconds": round(now - trouble.since)}
                for key, trouble in self.troubles.items()
            },
            "odd": {
                key: {"code": watch.code.value, "seconds": round(watch.lasted)}
                for key, watch in self._watches.items()
            },
            "unchanged": {key: noise.count for key, noise in self._noises.items()},
        }


def _look_of(channel: Channel) -> SensorEntityDescription:
    return cast(SensorEntityDescription, appearance(channel))


def _device_class(channel: Channel | None) -> SensorDeviceClass | None:
    return None if channel is None else _look_of(channel).device_class


def _odd(channel: Channel, value: Value) -> Code | None:
    """Return what is odd about a value that a channel of numbers is at."""
    if value not in _NUMBERS:
        # As nearly all: what it measures does not matter.
        return None
    look = _look_of(channel)
    match look.device_class:
        case SensorDeviceClass.DISTANCE if value == 0:
            # A tank can be empty, and a depth none.
            found = known(channel.key)
            is_plain = found is None or found.description.key == "distance"
            is_measured = look.state_class is SensorStateClass.MEASUREMENT
            return Code.ZERO if is_plain and is_measured else None
        case SensorDeviceClass.TEMPERATURE:
            numbers = _ODD.get(look.native_unit_of_measurement, {})
            return numbers.get(cast(float, value))
    return None
