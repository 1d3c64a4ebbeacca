"""Lights: on or off, dimmed, coloured, or made of three that are on or off."""

from collections.abc import Mapping
import re
from typing import Any, Final, NamedTuple, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_RGB_COLOR,
    ColorMode,
    LightEntity,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .board import Board, BoardConfigEntry
from .channels import Channel
from .description import Color, Kind
from .entity import ChannelEntity, async_add_channels
from .protocol import ChannelType, Value

# A board's commands wait for each other, whatever entity they come from.
PARALLEL_UPDATES = 0

type Rgb = tuple[int, int, int]

FULL: Final = 255
WHITE: Final[Rgb] = (FULL, FULL, FULL)
BLACK: Final[Rgb] = (0, 0, 0)

_COLOR: Final = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BoardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the lights of a board, and those that it describes later."""
    async_add_channels(entry, async_add_entities, Kind.LIGHT, _light)


def _light(board: Board, channel: Channel) -> ChannelEntity:
    assert channel.description is not None
    if channel.description.channels is not None:
        return ThreeChannelLight(board, channel, channel.description.channels)
    match channel.description.color:
        case Color.BRIGHTNESS:
            return DimmableLight(board, channel)
        case Color.RGB:
            return ColorLight(board, channel)
        case _:
            return OnOffLight(board, channel)


class BoardLight(ChannelEntity, LightEntity):
    """A light on a board. What it is like is worked out when its channel is told."""

    _mode: ColorMode

    def __init__(self, board: Board, channel: Channel) -> None:
        """Tell Home Assistant what the light can do."""
        super().__init__(board, channel)
        self._attr_color_mode = self._mode
        self._attr_supported_color_modes = {self._mode}

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the channel, before its news are written."""
        self._follow()
        self.async_on_remove(self.channel.listen(self._follow))
        await super().async_added_to_hass()

    @callback
    @override
    def async_calculate_past(
        self, values: Mapping[str, Value]
    ) -> tuple[str, Mapping[str, Any]] | None:
        """Return state and attributes as they would be with other values."""
        kept = self._attr_is_on, self._attr_brightness, self._attr_rgb_color
        try:
            return super().async_calculate_past(values)
        finally:
            self._attr_is_on, self._attr_brightness, self._attr_rgb_color = kept

    async def _async_set(self, value: Value) -> Value:
        """Have the board set the light; return what it says that it is at, if it does."""
        return await self.board.dialogue.async_set(self.channel, value)


class OnOffLight(BoardLight):
    """A light that is on or off."""

    _mode = ColorMode.ONOFF

    @callback
    @override
    def _follow(self) -> None:
        value = self.channel.value
        self._attr_is_on = None if value is None else bool(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the board turn it on."""
        await self._async_set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the board turn it off."""
        await self._async_set(False)


class DimmableLight(BoardLight):
    """A light with a brightness, which is 0 when it is off."""

    _mode = ColorMode.BRIGHTNESS
    _attr_brightness = FULL

    @callback
    @override
    def _follow(self) -> None:
        value = self.channel.value
        if not isinstance(value, int | float) or not 0 <= value <= FULL:
            self._attr_is_on = None
            return
        self._attr_is_on = value > 0
        if value > 0:
            # While it is off, this is how bright it will be again.
            self._attr_brightness = max(1, round(value))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the board turn it on, as bright as it was if nothing else is asked."""
        await self._async_set(kwargs.get(ATTR_BRIGHTNESS, self._attr_brightness))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the board turn it off."""
        await self._async_set(0)


class Shade(NamedTuple):
    """A colour, whose largest component is 255, and its brightness, 1 to 255."""

    color: Rgb
    brightness: int

    @property
    def rgb(self) -> Rgb:
        """Return what the board is sent."""
        red, green, blue = (round(part * self.brightness / FULL) for part in self.color)
        return red, green, blue

    @classmethod
    def of(cls, rgb: Rgb) -> Shade:
        """Return what a colour other than black is made of."""
        brightness = max(rgb)
        red, green, blue = (round(part * FULL / brightness) for part in rgb)
        return cls((red, green, blue), brightness)


class ColorLight(BoardLight):
    """A light of any colour, with the brightness in it; black is off."""

    _mode = ColorMode.RGB
    _attr_brightness = FULL
    _attr_rgb_color = WHITE
    _asked: Shade | None = None

    @callback
    @override
    def _follow(self) -> None:
        rgb = _parse(self.channel.value)
        self._attr_is_on = None if rgb is None else rgb != BLACK
        if rgb is None or rgb == BLACK:
            return
        # A dim colour is rounded: what was asked for is known better.
        asked = self._asked
        shade = asked if asked is not None and asked.rgb == rgb else Shade.of(rgb)
        self._attr_rgb_color, self._attr_brightness = shade

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the board turn it on, as it was where nothing else is asked."""
        color = kwargs.get(ATTR_RGB_COLOR, self._attr_rgb_color)
        if color == BLACK:
            await self.async_turn_off()
            return
        brightness = kwargs.get(ATTR_BRIGHTNESS, self._attr_brightness)
        self._asked = Shade(Shade.of(color).color, brightness)
        await self._async_set(_text(self._asked.rgb))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the board turn it off."""
        await self._async_set(_text(BLACK))


class ThreeChannelLight(BoardLight):
    """A light of three others that are on or off: red, green and blue.

    They stay channels of their own, with their values and their binary sensors.
    """

    _mode = ColorMode.RGB
    _attr_brightness = FULL
    _attr_rgb_color = WHITE

    def __init__(self, board: Board, channel: Channel, keys: tuple[str, ...]) -> None:
        """Make a light of the channels with these keys."""
        super().__init__(board, channel)
        self._keys = keys

    @property
    @override
    def shown_keys(self) -> tuple[str, ...]:
        """Return the keys of the three channels."""
        return self._keys

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the three channels, which may come later."""
        await super().async_added_to_hass()
        self.async_on_remove(self.board.async_on_channels(self._listen))

    @callback
    def _listen(self, channels: list[Channel]) -> None:
        for channel in channels:
            if channel.key in self._keys:
                self.async_on_remove(channel.listen(self._part_changed))
        self._part_changed()

    @callback
    def _part_changed(self) -> None:
        self._follow()
        self.async_write_ha_state()

    @property
    def _parts(self) -> list[Channel | None]:
        """Return the channels of red, green and blue, as far as they are there."""
        found = [self.board.channels.get(key) for key in self._keys]
        return [
            channel
            if channel is not None and channel.type is ChannelType.BOOLEAN
            else None
            for channel in found
        ]

    @callback
    @override
    def _follow(self) -> None:
        values = [None if part is None else part.value for part in self._parts]
        if True in values:
            self._attr_is_on = True
            red, green, blue = (FULL if value else 0 for value in values)
            self._attr_rgb_color = red, green, blue
        else:
            self._attr_is_on = None if None in values else False

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the board turn on what comes nearest to a colour."""
        color = kwargs.get(ATTR_RGB_COLOR, self._attr_rgb_color)
        # Black is off.
        red, green, blue = (
            FULL if part and 2 * part >= max(color) else 0 for part in color
        )
        await self._async_show((red, green, blue))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Have the board turn all three off."""
        await self._async_show(BLACK)

    async def _async_show(self, rgb: Rgb) -> None:
        if (answer := _parse(await self._async_set(_text(rgb)))) is not None:
            rgb = answer
        done = [
            (part, value > 0)
            for part, value in zip(self._parts, rgb, strict=True)
            if part is not None
        ]
        # First all three, so that no colour in between shows.
        for part, value in done:
            part.value = value
        for part, value in done:
            self.board.show(part, value)


def _parse(value: Value) -> Rgb | None:
    """Return the colour that a text stands for, if it is one."""
    if not isinstance(value, str) or (match := _COLOR.fullmatch(value)) is None:
        return None
    red, green, blue = (int(digits, 16) for digits in match.groups())
    return red, green, blue


def _text(rgb: Rgb) -> str:
    """Return a colour as a board has it."""
    return "#" + bytes(rgb).hex()
