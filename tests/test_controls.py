"""What a person can act on: from an action to the board and back to a state."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import CONF_INTERVAL
from homeassistant.const import STATE_UNKNOWN, EntityCategory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    Sketch,
    act,
    assert_quiet,
    attributes,
    channels,
    disconnect,
    obey,
    state,
    told,
)

# Each kind.


@pytest.mark.parametrize(
    ("item", "reading", "shown", "action", "data", "sent", "shown_then"),
    [
        ({"kind": "switch"}, False, "off", "turn_on", {}, True, "on"),
        ({"kind": "switch"}, 1, "on", "turn_off", {}, False, "off"),
        ({"kind": "switch"}, True, "on", "toggle", {}, False, "off"),
        ({"kind": "number"}, 20, "20", "set_value", {"value": 21}, 21, "21"),
        (
            {"kind": "number", "min": -1, "max": 1, "step": 0.25},
            -0.5,
            "-0.5",
            "set_value",
            {"value": 0.75},
            0.75,
            "0.75",
        ),
        (
            {"kind": "select", "options": ["eco", "boost"]},
            "eco",
            "eco",
            "select_option",
            {"option": "boost"},
            "boost",
            "boost",
        ),
        (
            {"kind": "text", "max": 8},
            "",
            "",
            "set_value",
            {"value": 'Hi "é"'},
            'Hi "é"',
            'Hi "é"',
        ),
        ({"kind": "light"}, False, "off", "turn_on", {}, True, "on"),
        ({"kind": "light", "color": "on_off"}, 1, "on", "turn_off", {}, False, "off"),
        (
            {"kind": "light", "color": "brightness"},
            0,
            "off",
            "turn_on",
            {"brightness": 64},
            64,
            "on",
        ),
        (
            {"kind": "light", "color": "brightness"},
            12.5,
            "on",
            "turn_off",
            {},
            0,
            "off",
        ),
        (
            {"kind": "light", "color": "rgb"},
            "#000000",
            "off",
            "turn_on",
            {"rgb_color": [255, 128, 0]},
            "#ff8000",
            "on",
        ),
        (
            {"kind": "light", "color": "rgb"},
            "#FF8000",
            "on",
            "turn_off",
            {},
            "#000000",
            "off",
        ),
    ],
)
async def test_kinds(
    hass: HomeAssistant,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
    item: dict[str, Any],
    reading: Any,
    shown: str,
    action: str,
    data: dict[str, Any],
    sent: Any,
    shown_then: str,
) -> None:
    """A reading is shown; an action is sent, and shown once the board has done it."""
    entity_id = f"{item['kind']}.kitchen_thing"
    assert await board.send(channels({"key": "thing", **item})) == []
    assert state(hass, entity_id) == STATE_UNKNOWN
    assert await board.send({"thing": reading}) == []
    assert state(hass, entity_id) == shown

    acting = act(hass, f"{item['kind']}.{action}", entity_id, **data)
    command = await told(board)
    assert isinstance(number := command.pop("id"), int)
    assert 1 <= number < 2**31
    assert command == {"type": "set", "key": "thing", "value": sent}
    assert type(command["value"]) is type(sent)
    # Nothing is shown that is not known.
    assert state(hass, entity_id) == shown
    assert not acting.done()
    assert await board.send({"type": "result", "id": number, "ok": True}) == []
    await acting
    assert state(hass, entity_id) == shown_then

    # Null is what a board says of something that has failed.
    assert await board.send({"thing": None}) == []
    assert state(hass, entity_id) == STATE_UNKNOWN
    assert_quiet(caplog)


async def test_button(hass: HomeAssistant, board: Sketch) -> None:
    """A button is pressed without a value."""
    items = (
        {"key": "blink", "kind": "button", "device_class": "identify"},
        {"key": "reboot", "kind": "button", "device_class": "restart", "name": "Again"},
    )
    assert await board.send(channels(*items)) == []
    assert state(hass, "button.kitchen_blink") == STATE_UNKNOWN
    assert attributes(hass, "button.kitchen_blink")["device_class"] == "identify"
    assert attributes(hass, "button.kitchen_again")["device_class"] == "restart"

    acting = act(hass, "button.press", "button.kitchen_blink")
    command = await obey(board)
    assert command == {"type": "set", "id": command["id"], "key": "blink"}
    await acting
    pressed = dt_util.parse_datetime(state(hass, "button.kitchen_blink") or "")
    assert pressed is not None

    acting = act(hass, "button.press", "button.kitchen_again")
    await obey(board, ok=False, message="Not now.")
    with pytest.raises(HomeAssistantError, match=r"^Kitchen did not do it: Not now\.$"):
        await acting


async def test_event(
    hass: HomeAssistant, board: Sketch, caplog: pytest.LogCaptureFixture
) -> None:
    """What happens is shown with its time; what is no option, not at all."""
    bell = "event.kitchen_bell"
    items = (
        {"key": "bell", "kind": "event", "options": ["press", "double_press"]},
        {"key": "egg", "kind": "event", "options": ["done"]},
    )
    assert await board.send(channels(*items)) == []
    assert state(hass, bell) == STATE_UNKNOWN
    assert attributes(hass, bell)["event_types"] == ["press", "double_press"]

    seen: list[str] = []

    @callback
    def _seen(event: Event[EventStateChangedData]) -> None:
        assert event.data["new_state"] is not None
        seen.append(event.data["new_state"].attributes["event_type"])

    remove = async_track_state_change_event(hass, bell, _seen)
    # The same one twice is two events.
    for event in ("double_press", "press", "press"):
        assert await board.send({"type": "event", "key": "bell", "event": event}) == []
    assert seen == ["double_press", "press", "press"]
    # With one option, it goes without saying.
    assert await board.send({"type": "event", "key": "egg"}) == []
    assert attributes(hass, "event.kitchen_egg")["event_type"] == "done"

    [error] = await board.send({"type": "event", "key": "bell", "event": "kick"})
    assert (error["code"], error["key"]) == ("unknown_event", "bell")
    # A reading is none: there is no value to read.
    await board.send({"bell": "press"})
    assert seen == ["double_press", "press", "press"]
    remove()
    assert_quiet(caplog)


@pytest.mark.parametrize(
    ("item", "values"),
    [
        ({"kind": "number", "min": 1, "max": 10}, [0.5, 11, -3, 1e300]),
        ({"kind": "select", "options": ["a", "b"]}, ["c", "", "A"]),
        ({"kind": "sensor", "options": ["a", "b"]}, ["c", "", "unknown"]),
        ({"kind": "text", "min": 2, "max": 4}, ["x", "xxxxx", ""]),
        ({"kind": "light", "color": "brightness"}, [-1, 256, 1e300]),
        (
            {"kind": "light", "color": "rgb"},
            [
                "",
                "red",
                "#fff",
                "#ff00gg",
                "#ff00ff0",
                "ff00ff",
                "#ff00ff\n",
                "#+f+f+f",
            ],
        ),
    ],
)
async def test_values_that_cannot_be(
    hass: HomeAssistant,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
    item: dict[str, Any],
    values: list[Any],
) -> None:
    """A value beyond what the board has described is unknown, and harms nothing."""
    entity_id = f"{item['kind']}.kitchen_thing"
    good = {"number": 5, "text": "abc"}.get(item["kind"], "a")
    if item["kind"] == "light":
        good = 5 if item["color"] == "brightness" else "#0000ff"
    await board.send(channels({"key": "thing", **item}))
    for value in values:
        assert await board.send({"thing": good}) == []
        assert state(hass, entity_id) != STATE_UNKNOWN
        assert await board.send({"thing": value}) == []
        assert state(hass, entity_id) == STATE_UNKNOWN
    assert_quiet(caplog)


async def test_next_option_of_an_unknown_one(
    hass: HomeAssistant, board: Sketch
) -> None:
    """An option that there is not is no place to count from."""
    await board.send(channels({"key": "mode", "kind": "select", "options": ["a", "b"]}))
    await board.send({"mode": "c"})
    acting = act(hass, "select.select_next", "select.kitchen_mode")
    assert (await obey(board))["value"] == "a"
    await acting


async def test_number_in_other_units(hass: HomeAssistant, board: Sketch) -> None:
    """A person may choose another unit than the board's; the board sees its own."""
    await board.send(
        channels(
            {
                "key": "target",
                "kind": "number",
                "unit": "°F",
                "device_class": "temperature",
                "min": 32,
                "max": 212,
            }
        )
    )
    await board.send({"target": 212})
    assert state(hass, "number.kitchen_target") == "100.0"
    assert attributes(hass, "number.kitchen_target")["unit_of_measurement"] == "°C"
    acting = act(hass, "number.set_value", "number.kitchen_target", value=50)
    assert (await obey(board))["value"] == 122
    await acting
    assert state(hass, "number.kitchen_target") == "50.0"


@pytest.mark.parametrize(
    ("device_class", "unit", "shown_unit", "value", "shown", "impossible"),
    [
        # No energy for a distance is not any distance for an energy.
        ("energy_distance", "kWh/100km", "km/kWh", 20, "5.0", [0, 0.0]),
        ("wind_speed", "m/s", "Beaufort", 10, "5.0", [1e300]),
        ("wind_speed", "Beaufort", "m/s", 4, "6.688", [-1, 1e300]),
    ],
)
async def test_sensor_in_other_units(
    hass: HomeAssistant,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
    device_class: str,
    unit: str,
    shown_unit: str,
    value: float,
    shown: str,
    impossible: list[float],
) -> None:
    """What cannot be told in the unit that a person has chosen is unknown."""
    item = {"key": "x", "kind": "sensor", "unit": unit, "device_class": device_class}
    await board.send(channels(item))
    await board.send({"x": value})
    assert state(hass, "sensor.kitchen_x") is not None
    er.async_get(hass).async_update_entity_options(
        "sensor.kitchen_x", "sensor", {"unit_of_measurement": shown_unit}
    )
    await board.send({"x": value})
    assert state(hass, "sensor.kitchen_x") == shown
    for number in impossible:
        assert await board.send({"x": number}) == []
        assert state(hass, "sensor.kitchen_x") == STATE_UNKNOWN
    assert await board.send({"x": value}) == []
    assert state(hass, "sensor.kitchen_x") == shown
    assert_quiet(caplog)


# The reporting interval.

INTERVAL = "number.kitchen_reporting_interval"


async def test_interval(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that says how often it reports can be told another interval."""
    [welcome] = await board.send({"type": "hello"})
    assert "interval" not in welcome
    assert hass.states.get(INTERVAL) is None
    await board.send({"type": "hello", "interval": 5})
    assert state(hass, INTERVAL) == "5"
    found = attributes(hass, INTERVAL)
    assert (found["min"], found["max"], found["step"]) == (1, 3600, 1)
    assert found["unit_of_measurement"] == "s"
    assert found["device_class"] == "duration"
    registered = er.async_get(hass).async_get(INTERVAL)
    assert registered is not None
    assert registered.entity_category is EntityCategory.CONFIG
    assert registered.unique_id == f"{entry.entry_id}_interval"

    running = entry.runtime_data
    await act(hass, "number.set_value", INTERVAL, value=10)
    assert await board.answers() == [{"type": "settings", "interval": 10}]
    assert state(hass, INTERVAL) == "10"
    assert entry.options[CONF_INTERVAL] == 10
    assert entry.runtime_data is running
    # It is told again with every welcome, and once it says nothing of it, it stays.
    [welcome] = await board.send({"type": "hello", "interval": 5})
    assert welcome["interval"] == 10
    assert state(hass, INTERVAL) == "10"
    await board.send({"type": "hello"})
    assert state(hass, INTERVAL) == "10"
    assert_quiet(caplog)


async def test_interval_while_the_board_is_away(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, connect_token: Connect
) -> None:
    """It is kept for when the board is back; the entity is there from the start."""
    await board.send({"type": "hello", "interval": 5, "sleeps": True})
    await disconnect(hass, board)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, INTERVAL) == "5"
    await act(hass, "number.set_value", INTERVAL, value=60)
    assert state(hass, INTERVAL) == "60"
    again = await connect_token()
    [welcome] = await again.send({"type": "hello", "interval": 5})
    assert welcome["interval"] == 60
    await disconnect(hass, again)
