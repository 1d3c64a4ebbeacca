"""Lights: what a board is sent for a colour, and what its values look like."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event

from .common import (
    Sketch,
    act,
    assert_quiet,
    attributes,
    channels,
    disconnect,
    obey,
    state,
)

LIGHT = "light.kitchen_lamp"
THREE = {"key": "lamp", "kind": "light", "channels": ["red", "green", "blue"]}


async def turn_on(hass: HomeAssistant, board: Sketch, **data: Any) -> Any:
    """Turn the lamp on and return what the board was sent."""
    acting = act(hass, "light.turn_on", LIGHT, **data)
    sent = (await obey(board))["value"]
    await acting
    assert state(hass, LIGHT) == STATE_ON
    return sent


async def turn_off(hass: HomeAssistant, board: Sketch) -> Any:
    """Turn the lamp off and return what the board was sent."""
    acting = act(hass, "light.turn_off", LIGHT)
    sent = (await obey(board))["value"]
    await acting
    assert state(hass, LIGHT) == STATE_OFF
    return sent


async def test_dimmable_light(hass: HomeAssistant, board: Sketch) -> None:
    """A dimmed light is as bright again as it was."""
    await board.send(channels({"key": "lamp", "kind": "light", "color": "brightness"}))
    assert attributes(hass, LIGHT)["supported_color_modes"] == ["brightness"]
    # Nothing is known of it yet.
    assert await turn_on(hass, board) == 255
    assert await turn_on(hass, board, brightness=40) == 40
    assert attributes(hass, LIGHT)["brightness"] == 40
    assert await turn_off(hass, board) == 0
    assert await turn_on(hass, board) == 40
    # It has a knob as well.
    await board.send({"lamp": 0.4})
    assert attributes(hass, LIGHT)["brightness"] == 1
    await board.send({"lamp": 200})
    await board.send({"lamp": 0})
    assert state(hass, LIGHT) == STATE_OFF
    assert await turn_on(hass, board) == 200
    assert await turn_on(hass, board, brightness_step=-100) == 100


async def test_color_light(hass: HomeAssistant, board: Sketch) -> None:
    """The brightness is in the colour; both stay as they were where not changed."""
    await board.send(channels({"key": "lamp", "kind": "light", "color": "rgb"}))
    assert attributes(hass, LIGHT)["supported_color_modes"] == ["rgb"]
    assert await turn_on(hass, board) == "#ffffff"
    assert await turn_on(hass, board, rgb_color=[255, 128, 0]) == "#ff8000"
    assert await turn_on(hass, board, brightness=128) == "#804000"
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 128, 0)
    assert attributes(hass, LIGHT)["brightness"] == 128
    assert await turn_off(hass, board) == "#000000"
    assert await turn_on(hass, board) == "#804000"
    # A dark colour is a bright one, dimmed: the brightness is not in it twice.
    assert await turn_on(hass, board, rgb_color=[0, 0, 10]) == "#000080"
    assert await turn_on(hass, board, rgb_color=[9, 3, 0], brightness=255) == "#ff5500"


async def test_color_light_does_not_fade(hass: HomeAssistant, board: Sketch) -> None:
    """A colour survives being dimmed to where it cannot be told any more."""
    await board.send(channels({"key": "lamp", "kind": "light", "color": "rgb"}))
    assert await turn_on(hass, board, rgb_color=[255, 150, 60]) == "#ff963c"
    assert await turn_on(hass, board, brightness=1) == "#010100"
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 150, 60)
    # A reading that says the same is no news.
    await board.send({"lamp": "#010100"})
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 150, 60)
    assert await turn_on(hass, board, brightness=255) == "#ff963c"
    # Another one is.
    await board.send({"lamp": "#020100"})
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 128, 0)
    assert attributes(hass, LIGHT)["brightness"] == 2


async def test_black_is_off(hass: HomeAssistant, board: Sketch) -> None:
    """To turn a light on in black is to turn it off."""
    await board.send(channels({"key": "lamp", "kind": "light", "color": "rgb"}))
    await turn_on(hass, board, rgb_color=[0, 255, 0])
    acting = act(hass, "light.turn_on", LIGHT, rgb_color=[0, 0, 0])
    assert (await obey(board))["value"] == "#000000"
    await acting
    assert state(hass, LIGHT) == STATE_OFF
    assert await turn_on(hass, board) == "#00ff00"


def parts(hass: HomeAssistant) -> list[str | None]:
    """Return the states of the three binary sensors."""
    return [
        state(hass, f"binary_sensor.kitchen_{name}")
        for name in ("red", "green", "blue")
    ]


async def test_light_of_three(
    hass: HomeAssistant, board: Sketch, caplog: pytest.LogCaptureFixture
) -> None:
    """Three that are on or off are one light of seven colours, and stay three."""
    assert await board.send(channels(THREE)) == []
    assert state(hass, LIGHT) == STATE_UNKNOWN
    assert parts(hass) == [None, None, None]
    # They come later, and not together.
    await board.send({"red": True})
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 0, 0)
    await board.send({"red": False})
    assert state(hass, LIGHT) == STATE_UNKNOWN
    await board.send({"green": False, "blue": None})
    assert state(hass, LIGHT) == STATE_UNKNOWN
    await board.send({"blue": False})
    assert state(hass, LIGHT) == STATE_OFF
    assert parts(hass) == ["off", "off", "off"]
    await board.send({"red": 1, "blue": True})
    assert state(hass, LIGHT) == STATE_ON
    shown = attributes(hass, LIGHT)
    assert (shown["rgb_color"], shown["brightness"]) == ((255, 0, 255), 255)
    assert shown["supported_color_modes"] == ["rgb"]

    states: list[tuple[str, Any]] = []

    @callback
    def _changed(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        assert new is not None
        states.append((new.state, new.attributes.get("rgb_color")))

    remove = async_track_state_change_event(hass, LIGHT, _changed)
    assert await turn_off(hass, board) == "#000000"
    assert parts(hass) == ["off", "off", "off"]
    # As it was.
    assert await turn_on(hass, board) == "#ff00ff"
    assert parts(hass) == ["on", "off", "on"]
    # Each part is on from half of the brightest on.
    assert await turn_on(hass, board, rgb_color=[100, 50, 49]) == "#ffff00"
    assert parts(hass) == ["on", "on", "off"]
    # No brightness: there are no steps.
    assert await turn_on(hass, board, brightness=10) == "#ffff00"
    # No colour shows in between.
    assert states == [
        ("off", None),
        ("on", (255, 0, 255)),
        ("on", (255, 255, 0)),
    ]

    # The board knows best what came of it.
    acting = act(hass, "light.turn_on", LIGHT, rgb_color=[255, 255, 255])
    await obey(board, value="#ffff00")
    await acting
    assert parts(hass) == ["on", "on", "off"]

    # What is refused changes nothing.
    acting = act(hass, "light.turn_off", LIGHT)
    await obey(board, ok=False)
    with pytest.raises(HomeAssistantError):
        await acting
    assert parts(hass) == ["on", "on", "off"]
    # Readings go on to count.
    await board.send({"red": False, "green": False})
    assert state(hass, LIGHT) == STATE_OFF
    assert len(states) == 5
    remove()
    assert_quiet(caplog)


async def test_light_of_three_that_are_not_on_or_off(
    hass: HomeAssistant, board: Sketch, caplog: pytest.LogCaptureFixture
) -> None:
    """Channels of other types are no parts of a light."""
    await board.send(channels({**THREE, "channels": ["r1", "g1", "b1"]}))
    await board.send({"r1": 12.5, "g1": "on", "b1": 0})
    assert state(hass, LIGHT) == STATE_UNKNOWN
    acting = act(hass, "light.turn_on", LIGHT)
    assert (await obey(board))["value"] == "#ffffff"
    await acting
    assert state(hass, "sensor.kitchen_r1") == "12.5"
    assert_quiet(caplog)


async def test_light_of_three_is_reloaded(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """The light knows its parts from the start, when they are known."""
    await board.send({"red": True, "green": False, "blue": False})
    await board.send(channels(THREE))
    assert state(hass, LIGHT) == STATE_ON
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 0, 0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert attributes(hass, LIGHT)["rgb_color"] == (255, 0, 0)
    await disconnect(hass, board)
