"""What Home Assistant is given for a channel, and what of it Home Assistant refuses."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, cast

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntityDescription,
)
from homeassistant.components.button import ButtonDeviceClass, ButtonEntityDescription
from homeassistant.components.event import (
    DoorbellEventType,
    EventDeviceClass,
    EventEntityDescription,
)
from homeassistant.components.light import LightEntityDescription
from homeassistant.components.number import NumberDeviceClass, NumberEntityDescription
from homeassistant.components.number.const import DEVICE_CLASS_UNITS as NUMBER_UNITS
from homeassistant.components.select import SelectEntityDescription
from homeassistant.components.sensor import (
    AMBIGUOUS_UNITS,
    DEVICE_CLASS_STATE_CLASSES,
    DEVICE_CLASS_UNITS as SENSOR_UNITS,
    NON_NUMERIC_DEVICE_CLASSES,
    STATE_CLASS_UNITS,
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.components.switch import SwitchDeviceClass, SwitchEntityDescription
from homeassistant.components.text import TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.typing import UNDEFINED, UndefinedType
from homeassistant.util.enum import try_parse_enum

from .channels import Channel
from .description import READ_ONLY, Description, Kind
from .names import known
from .protocol import MAX_TEXT, ChannelType
from .refused import Refused, listed, refuse
from .units import DECIMALS

_TIMES: Final = NON_NUMERIC_DEVICE_CLASSES - {SensorDeviceClass.ENUM}

type _Units = Mapping[Any, Iterable[type[StrEnum] | str | None]]


def appearance(channel: Channel) -> EntityDescription:
    """Return what Home Assistant is given for a channel.

    It is of the class for the channel's kind. Its name is a text unless Home Assistant
    finds it by the translation key or by the device class.
    """
    said = channel.description or Description(kind=channel.kind)
    return _Look(channel.key, channel.type, said).described


def refusals(key: str, description: Description) -> list[Refused]:
    """Return what of a description Home Assistant refuses, and is not given."""
    return _Look(key, description.value_type, description).refused


class _Look:
    """How one channel looks: what the board says, and where it is silent, the table."""

    def __init__(self, key: str, channel_type: ChannelType, said: Description) -> None:
        self._key = key
        self._said = said
        self.refused: list[Refused] = []
        found = known(key) if said.kind in (Kind.SENSOR, Kind.BINARY_SENSOR) else None
        if found is not None and found.type is not channel_type:
            found = None
        self._numbered = found is not None and found.numbered
        self._table = None if found is None else found.description
        self.described = self._describe(channel_type)

    def _describe(self, channel_type: ChannelType) -> EntityDescription:
        said = self._said
        options = None if said.options is None else list(said.options)
        match said.kind:
            case Kind.SENSOR if channel_type is ChannelType.TEXT:
                return self._text_sensor(options)
            case Kind.SENSOR:
                return self._number_sensor()
            case Kind.BINARY_SENSOR:
                flag = self._named(BinarySensorDeviceClass)
                if said.device_class is None and self._table is not None:
                    flag = try_parse_enum(
                        BinarySensorDeviceClass, self._table.device_class
                    )
                return BinarySensorEntityDescription(
                    device_class=flag, **self._common(flag)
                )
            case Kind.SWITCH:
                return SwitchEntityDescription(
                    device_class=self._named(SwitchDeviceClass), **self._common()
                )
            case Kind.LIGHT:
                return LightEntityDescription(**self._common())
            case Kind.NUMBER:
                return self._number()
            case Kind.BUTTON:
                return ButtonEntityDescription(
                    device_class=self._named(ButtonDeviceClass), **self._common()
                )
            case Kind.SELECT:
                return SelectEntityDescription(options=options, **self._common())
            case Kind.TEXT:
                return TextEntityDescription(
                    native_min=int(said.min or 0),
                    native_max=MAX_TEXT if said.max is None else int(said.max),
                    **self._common(),
                )
            case Kind.EVENT:
                return self._event(options or [])

    # The kinds about which there is more to say.

    def _text_sensor(self, options: list[str] | None) -> SensorEntityDescription:
        said = self._said
        device_class = None
        if options is not None:
            device_class = SensorDeviceClass.ENUM
        elif said.device_class == SensorDeviceClass.ENUM:
            self._refuse("options", "refused_enum")
        if said.device_class in _TIMES:
            self._refuse("device_class", "refused_time", given=said.device_class)
        elif said.device_class not in (None, SensorDeviceClass.ENUM):
            self._refuse("device_class", "refused_on_text", field="device_class")
        for field in ("unit", "state_class", "precision"):
            if getattr(said, field) is not None:
                self._refuse(field, "refused_on_text", field=field)
        return SensorEntityDescription(
            device_class=device_class, options=options, **self._common()
        )

    def _number_sensor(self) -> SensorEntityDescription:
        said = self._said
        # What the table has for numbers is for sensors.
        table = cast(SensorEntityDescription | None, self._table)
        unit = _unit(said.unit)
        device_class = self._named(SensorDeviceClass)
        if device_class is SensorDeviceClass.ENUM:
            self._refuse("options", "refused_enum")
            device_class = None
        elif device_class in NON_NUMERIC_DEVICE_CLASSES:
            self._refuse("device_class", "refused_time", given=device_class)
            device_class = None
        if table is not None:
            if said.device_class is None and (
                unit is None or _fits(SENSOR_UNITS, table.device_class, unit)
            ):
                device_class = table.device_class
            if unit is None and (
                said.device_class is None
                or (
                    device_class is not None
                    and _fits(
                        SENSOR_UNITS, device_class, table.native_unit_of_measurement
                    )
                )
            ):
                unit = table.native_unit_of_measurement
        if not self._takes(SENSOR_UNITS, device_class, unit):
            device_class = None
        return SensorEntityDescription(
            device_class=device_class,
            native_unit_of_measurement=unit,
            state_class=self._state_class(table, device_class, unit),
            suggested_display_precision=self._precision(table, unit),
            **self._common(device_class),
        )

    def _number(self) -> NumberEntityDescription:
        said = self._said
        unit = _unit(said.unit)
        device_class = self._named(NumberDeviceClass)
        if not self._takes(NUMBER_UNITS, device_class, unit):
            device_class = None
        return NumberEntityDescription(
            device_class=device_class,
            native_unit_of_measurement=unit,
            native_min_value=0 if said.min is None else said.min,
            native_max_value=100 if said.max is None else said.max,
            native_step=1 if said.step is None else said.step,
            **self._common(),
        )

    def _event(self, options: list[str]) -> EventEntityDescription:
        device_class = self._named(EventDeviceClass)
        if (
            device_class is EventDeviceClass.DOORBELL
            and DoorbellEventType.RING not in options
        ):
            self._refuse("options", "refused_doorbell", allowed=DoorbellEventType.RING)
            device_class = None
        return EventEntityDescription(
            device_class=device_class, event_types=options, **self._common()
        )

    # The members one by one.

    def _common(self, device_class: StrEnum | None = None) -> dict[str, Any]:
        """Return what all kinds have; the class is that which the entity gets."""
        said, table = self._said, self._table
        category = None if table is None else table.entity_category
        if said.category is not None:
            category = EntityCategory(said.category)
        if category is EntityCategory.CONFIG and said.kind in READ_ONLY:
            self._refuse("category", "refused_category", kind=said.kind)
            category = None
        return {
            "key": self._key,
            "name": self._name(device_class),
            "translation_key": None if table is None else table.translation_key,
            "icon": said.icon,
            "entity_category": category,
            "entity_registry_enabled_default": said.enabled,
        }

    def _name(self, device_class: StrEnum | None) -> str | UndefinedType:
        if self._said.name is not None:
            return self._said.name
        table = self._table
        if table is not None and not self._numbered:
            if table.translation_key is not None:
                return UNDEFINED
            if device_class == table.device_class:
                return UNDEFINED
        words = self._key.replace("_", " ")
        return words[:1].upper() + words[1:]

    def _named[T: StrEnum](self, classes: type[T]) -> T | None:
        """Return the device class that the board has named, if it is one."""
        if (given := self._said.device_class) is None:
            return None
        if (device_class := try_parse_enum(classes, given)) is None:
            self._refuse(
                "device_class",
                "refused_device_class",
                given=given,
                allowed=listed(set(classes) - _TIMES, given),
                kind=self._said.kind,
            )
        return device_class

    def _takes(
        self, units: _Units, device_class: StrEnum | None, given: str | None
    ) -> bool:
        """Return whether a device class takes a unit, or refuse that."""
        if device_class is None or _fits(units, device_class, given):
            return True
        allowed = listed(filter(None, units[device_class]), given)
        if given is None:
            self._refuse(
                "unit", "refused_no_unit", device_class=device_class, allowed=allowed
            )
        elif not allowed:
            self._refuse(
                "unit", "refused_any_unit", device_class=device_class, given=given
            )
        else:
            self._refuse(
                "unit",
                "refused_unit",
                device_class=device_class,
                given=given,
                allowed=allowed,
            )
        return False

    def _state_class(
        self,
        table: SensorEntityDescription | None,
        device_class: SensorDeviceClass | None,
        unit: str | None,
    ) -> SensorStateClass | None:
        given = self._said.state_class
        classes = (
            set(SensorStateClass)
            if device_class is None
            else DEVICE_CLASS_STATE_CLASSES.get(device_class, set(SensorStateClass))
        )
        if given is None:
            for state_class in (
                None if table is None else table.state_class,
                SensorStateClass.MEASUREMENT,
                SensorStateClass.MEASUREMENT_ANGLE,
            ):
                if state_class in classes and _fits(
                    STATE_CLASS_UNITS, state_class, unit
                ):
                    return try_parse_enum(SensorStateClass, state_class)
            # Whether a total can also fall is for the board to say.
            return None
        if (state_class := try_parse_enum(SensorStateClass, given)) is None:
            self._refuse(
                "state_class",
                "refused_state_class",
                given=given,
                allowed=listed(classes, given),
            )
        elif state_class not in classes:
            self._refuse(
                "state_class",
                "refused_state_class_here",
                device_class=str(device_class),
                given=given,
                allowed=listed(classes, given),
            )
        elif not _fits(STATE_CLASS_UNITS, state_class, unit):
            self._refuse(
                "state_class",
                "refused_state_class_unit",
                given=given,
                allowed=listed(filter(None, STATE_CLASS_UNITS[state_class]), unit),
            )
        else:
            return state_class
        return None

    def _precision(
        self, table: SensorEntityDescription | None, unit: str | None
    ) -> int | None:
        if self._said.precision is not None or table is None:
            return self._said.precision
        if unit == table.native_unit_of_measurement:
            return table.suggested_display_precision
        return DECIMALS.get(unit or "")

    def _refuse(self, field: str, reason: str, /, **placeholders: str) -> None:
        self.refused.append(refuse(self._key, field, reason, **placeholders))


def _unit(given: str | None) -> str | None:
    """Return a unit as Home Assistant spells it."""
    return AMBIGUOUS_UNITS.get(given, given)


def _fits(units: _Units, what: StrEnum | None, unit: str | None) -> bool:
    """Return whether a class takes a unit: those that are not listed take any."""
    return what not in units or unit in units[what]
