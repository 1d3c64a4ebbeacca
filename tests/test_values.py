"""What a board is told of Home Assistant's own entities, and how often."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import CONF_VALUES
from custom_components.arduino_sensor.values import MAX_VALUES
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .common import (
    Connect,
    Sketch,
    add,
    assert_quiet,
    disconnect,
    pass_time,
    state,
    token_entry,
)

OUTDOOR = "sensor.outdoor"
DOOR = "binary_sensor.door"


def value(key: str, value: Any, unit: str | None = None) -> dict[str, Any]:
    """Return what a board is told."""
    message = {"type": "value", "key": key, "value": value}
    return message if unit is None else {**message, "unit": unit}


@pytest.fixture
def chosen() -> list[str]:
    """Return the entities that a person has chosen."""
    return [OUTDOOR, DOOR]


@pytest.fixture
async def entry(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, client: Any, chosen: list[str]
) -> MockConfigEntry:
    """Return a board that may see some entities. Time stands still."""
    hass.states.async_set(OUTDOOR, "12.3", {"unit_of_measurement": "°C"})
    hass.states.async_set(DOOR, "off")
    return await add(hass, token_entry(options={CONF_VALUES: chosen}))


@pytest.fixture
async def board(entry: MockConfigEntry, connect_token: Connect) -> Sketch:
    """Return a board that is connected, and has been told what there is."""
    board = await connect_token()
    assert await board.answers() == [value(OUTDOOR, 12.3, "°C"), value(DOOR, "off")]
    return board


# What is told.


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("21", 21),
        ("-3.50", -3.5),
        ("+4", 4),
        ("1e3", 1000),
        ("9007199254740992", 2**53),
        ("9007199254740994", 2.0**53 + 2),
        ("1e30", 1e30),
        ("0.1", 0.1),
        ("on", "on"),
        ("", ""),
        # No numbers to everyone.
        ("nan", "nan"),
        ("inf", "inf"),
        ("1e999", "1e999"),
        ("1_000", "1_000"),
        ("١٢", "١٢"),
        (" 5", " 5"),
        ("0x10", "0x10"),
        ("2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00+00:00"),
        ("x" * 65, "x" * 64),
        ("🦄" * 255, "🦄" * 64),
        ("unknown", None),
        ("unavailable", None),
    ],
)
async def test_values(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    shown: str,
    told: Any,
) -> None:
    """A number is a number; what nobody knows is null; a text is cut."""
    await pass_time(hass, freezer, 1)
    hass.states.async_set(DOOR, shown)
    [message] = await board.answers()
    assert message == value(DOOR, told)
    assert type(message["value"]) is type(told)


async def test_units(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> None:
    """A unit is told if there is one."""
    units = (("°F", "°F"), ("", None), (5, None), ("µ" * 17, "µ" * 16))
    for number, (unit, told) in enumerate(units):
        await pass_time(hass, freezer, 1)
        hass.states.async_set(OUTDOOR, str(number), {"unit_of_measurement": unit})
        assert await board.answers() == [value(OUTDOOR, number, told)]


@pytest.mark.parametrize("chosen", [["sensor.nowhere", DOOR]])
async def test_entities_that_are_not_there(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """An entity that is not there yet is null until it comes."""
    board = await connect_token()
    assert await board.answers() == [value("sensor.nowhere", None), value(DOOR, "off")]
    await pass_time(hass, freezer, 1)
    hass.states.async_set("sensor.nowhere", "1")
    assert await board.answers() == [value("sensor.nowhere", 1)]
    await pass_time(hass, freezer, 1)
    hass.states.async_remove("sensor.nowhere")
    assert await board.answers() == [value("sensor.nowhere", None)]


async def test_renamed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    client: Any,
    connect_token: Connect,
) -> None:
    """An entity that was renamed is not there any more under its old name."""
    other = await add(
        hass, token_entry("other", title="Shed", channels={"temp": "number"})
    )
    assert other.title == "Shed"
    await add(hass, token_entry(options={CONF_VALUES: ["sensor.shed_temperature"]}))
    shed = await connect_token("/api/arduino_sensor/ws/other")
    await shed.send({"temp": 5})
    board = await connect_token()
    assert await board.answers() == [value("sensor.shed_temperature", 5, "°C")]
    await pass_time(hass, freezer, 1)
    er.async_get(hass).async_update_entity(
        "sensor.shed_temperature", new_entity_id="sensor.hut"
    )
    await hass.async_block_till_done()
    assert await board.answers() == [value("sensor.shed_temperature", None)]
    assert state(hass, "sensor.hut") == "5"


@pytest.mark.parametrize("chosen", [[f"sensor.x{number}" for number in range(17)]])
async def test_not_too_many(
    entry: MockConfigEntry, connect_token: Connect, chosen: list[str]
) -> None:
    """As many as a board can be told of, also when they all change at once."""
    board = await connect_token()
    assert await board.answers() == [value(key, None) for key in chosen[:MAX_VALUES]]


@pytest.mark.parametrize("chosen", [[f"sensor.{'x' * 240}_{n}" for n in range(16)]])
async def test_messages_are_short(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    chosen: list[str],
) -> None:
    """A board needs no more room than for 1 KiB, whatever there is to tell."""
    for key in chosen:
        hass.states.async_set(key, "\x01" * 255, {"unit_of_measurement": "\x01" * 99})
    board = await connect_token()
    for _ in chosen:
        assert len((await board.socket.receive()).data.encode()) <= 1024


@pytest.mark.parametrize("chosen", [[]])
async def test_nothing_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """A board sees nothing that nobody has chosen for it."""
    board = await connect_token()
    hass.states.async_set(DOOR, "on")
    assert await board.answers() == []


# When it is told.


async def test_only_what_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> None:
    """What stays the same for a board is no news."""
    await pass_time(hass, freezer, 5)
    hass.states.async_set(DOOR, "off", {"battery": 50})
    hass.states.async_set(OUTDOOR, "12.3", {"unit_of_measurement": "°C"}, True)
    hass.states.async_set("sensor.other", "5")
    assert await board.answers() == []
    hass.states.async_set(OUTDOOR, "12.30", {"unit_of_measurement": "°C"})
    assert await board.answers() == []


async def test_not_too_often(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> None:
    """Once a second at most; the last value is never lost."""
    for number in range(50):
        hass.states.async_set(OUTDOOR, str(number))
    assert await board.answers() == []
    # Passing time has half a second to spare.
    await pass_time(hass, freezer, 0.4)
    assert await board.answers() == []
    await pass_time(hass, freezer, 0.7)
    assert await board.answers() == [value(OUTDOOR, 49)]
    # Nothing waits any more.
    await pass_time(hass, freezer, 5)
    assert await board.answers() == []
    # The first one after a while comes at once; others have their own time.
    hass.states.async_set(OUTDOOR, "50")
    assert await board.answers() == [value(OUTDOOR, 50)]
    hass.states.async_set(OUTDOOR, "51")
    hass.states.async_set(DOOR, "on")
    assert await board.answers() == [value(DOOR, "on")]
    await pass_time(hass, freezer, 1.1)
    assert await board.answers() == [value(OUTDOOR, 51)]


async def test_there_and_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> None:
    """What is again as it was told is no news, and uses up no time."""
    await pass_time(hass, freezer, 1)
    hass.states.async_set(DOOR, "on")
    assert await board.answers() == [value(DOOR, "on")]
    hass.states.async_set(DOOR, "off")
    hass.states.async_set(DOOR, "on")
    await pass_time(hass, freezer, 1.1)
    assert await board.answers() == []
    hass.states.async_set(DOOR, "off")
    assert await board.answers() == [value(DOOR, "off")]


async def test_after_every_connection(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that is back is told everything at once, as it is then."""
    hass.states.async_set(DOOR, "on")
    await disconnect(hass, board)
    await pass_time(hass, freezer, 1.1)
    hass.states.async_set(DOOR, "off")
    hass.states.async_set(OUTDOOR, "13")
    again = await connect_token()
    assert await again.answers() == [value(OUTDOOR, 13), value(DOOR, "off")]
    await pass_time(hass, freezer, 1.1)
    assert await again.answers() == []
    assert_quiet(caplog)


async def test_after_hello(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> None:
    """After each welcome, but not more often for a board that says hello for ever."""
    for _ in range(40):
        [welcome] = await board.send({"type": "hello"})
        assert welcome["type"] == "welcome"
    await pass_time(hass, freezer, 1.1)
    told = await board.answers()
    assert len(told) == 2
    assert value(OUTDOOR, 12.3, "°C") in told
    assert value(DOOR, "off") in told
    await pass_time(hass, freezer, 5)
    assert await board.answers() == []
    [welcome, *told] = await board.send({"type": "hello"})
    assert welcome["type"] == "welcome"
    assert told == [value(OUTDOOR, 12.3, "°C"), value(DOOR, "off")]


async def test_unload(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    board: Sketch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing goes on after the board was unloaded, and all of it after a reload."""
    hass.states.async_set(DOOR, "on")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, freezer, 1.1)
    hass.states.async_set(DOOR, "off")
    assert await board.answers() == []
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await board.answers() == [value(OUTDOOR, 12.3, "°C"), value(DOOR, "off")]
    # Only once, although it was set up twice.
    await pass_time(hass, freezer, 1.1)
    hass.states.async_set(DOOR, "on")
    assert await board.answers() == [value(DOOR, "on")]
    assert_quiet(caplog)


async def test_unload_while_something_waits(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """No timer is left behind, which the end of this test looks at."""
    hass.states.async_set(DOOR, "on")
    hass.states.async_set(DOOR, "opening")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await board.answers() == []


async def test_other_choice(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """What a person does not choose any more is not told any more."""
    hass.config_entries.async_update_entry(entry, options={CONF_VALUES: [DOOR]})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await board.answers() == [value(DOOR, "off")]
    hass.states.async_set(OUTDOOR, "1")
    assert await board.answers() == []
