"""From frames to states: what is published, when, and what is known of a board."""

from datetime import UTC, datetime, timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_CHANNELS,
    CONF_GRACE,
    CONF_SILENCE,
)
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    Sketch,
    add,
    assert_quiet,
    pass_time,
    state,
    token_entry,
    wait_until,
)

TEMPERATURE = "sensor.kitchen_temperature"
DISTANCE = "sensor.kitchen_distance"
RED = "binary_sensor.kitchen_red"
CONNECTION = "binary_sensor.kitchen_connectivity"
LAST_SEEN = "sensor.kitchen_last_seen"
LAST_PROBLEM = "sensor.kitchen_last_problem"
REJECTED = "sensor.kitchen_rejected_messages"
STATUS = (("sensor", "last_seen"), ("sensor", "rejected"))


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return a board that Home Assistant is about to add."""
    return token_entry()


@pytest.fixture
async def board(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> Sketch:
    """Return a board that is connected, with all its entities enabled.

    Time stands still, from before it connects.
    """
    entry.add_to_hass(hass)
    enable_status(hass, entry)
    await add(hass, entry)
    return await connect_token()


def enable_status(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Enable what is disabled by default, as a person may."""
    registry = er.async_get(hass)
    for domain, key in STATUS:
        registry.async_get_or_create(
            domain,
            "arduino_sensor",
            f"{entry.entry_id}_{key}",
            config_entry=entry,
            disabled_by=None,
            suggested_object_id=(
                "kitchen_last_seen"
                if key == "last_seen"
                else "kitchen_rejected_messages"
            ),
        )


async def disconnect(hass: HomeAssistant, board: Sketch) -> None:
    """Close a board's connection."""
    await board.socket.close()
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)


# Readings.


async def test_readings_become_states(hass: HomeAssistant, board: Sketch) -> None:
    """The first sketch's readings appear under their names, with their units."""
    assert (
        await board.send(
            '{"temp":25.5,"distance":150.2,"red":true,"green":false,"blue":true}'
        )
        == []
    )
    temperature, distance = hass.states.get(TEMPERATURE), hass.states.get(DISTANCE)
    assert temperature is not None and distance is not None
    assert temperature.state == "25.5"
    assert temperature.attributes == {
        "device_class": "temperature",
        "state_class": "measurement",
        "unit_of_measurement": "°C",
        "friendly_name": "Kitchen Temperature",
    }
    assert distance.state == "150.2"
    assert distance.attributes["unit_of_measurement"] == "cm"
    assert distance.attributes["state_class"] == "measurement"
    for name, expected in (("red", "on"), ("green", "off"), ("blue", "on")):
        assert state(hass, f"binary_sensor.kitchen_{name}") == expected

    await board.send({"temp": -3, "red": False})
    assert state(hass, TEMPERATURE) == "-3"
    assert state(hass, RED) == STATE_OFF
    assert state(hass, DISTANCE) == "150.2"


async def test_unknown_names(hass: HomeAssistant, board: Sketch) -> None:
    """What no table knows becomes a plain entity of its first value's type."""
    await board.send({"soil_moisture": 512, "lidOpen": False, "mode": "eco", "": 1})
    plain = hass.states.get("sensor.kitchen_soil_moisture")
    assert plain is not None
    assert plain.state == "512"
    assert plain.attributes == {
        "state_class": "measurement",
        "friendly_name": "Kitchen Soil moisture",
    }
    lid = hass.states.get("binary_sensor.kitchen_lidopen")
    assert lid is not None
    assert (lid.state, lid.name) == (STATE_OFF, "Kitchen LidOpen")
    text = hass.states.get("sensor.kitchen_mode")
    assert text is not None
    assert text.state == "eco"
    assert text.attributes == {"friendly_name": "Kitchen Mode"}


async def test_null_is_unknown(hass: HomeAssistant, board: Sketch) -> None:
    """A sensor that failed is unknown; a new name is pinned by its first value."""
    await board.send({"temp": None, "red": None, "x": None})
    assert state(hass, TEMPERATURE) == STATE_UNKNOWN
    assert state(hass, RED) == STATE_UNKNOWN
    assert hass.states.get("sensor.kitchen_x") is None
    await board.send({"temp": 20, "red": 1, "x": "text"})
    assert state(hass, TEMPERATURE) == "20"
    assert state(hass, RED) == STATE_ON
    assert state(hass, "sensor.kitchen_x") == "text"
    await board.send('{"temp":nan,"x":null}')
    assert state(hass, TEMPERATURE) == STATE_UNKNOWN
    assert state(hass, "sensor.kitchen_x") == STATE_UNKNOWN


async def test_channels_are_remembered(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """Channels are kept with their types, in the order in which they came."""
    await board.send({"temp": 20})
    await board.send({"temp": 21, "x": "text", "red": True})
    await board.send({"y": 1.5})
    assert list(entry.data[CONF_CHANNELS].items()) == [
        ("temp", {"type": "number"}),
        ("x", {"type": "text"}),
        ("red", {"type": "boolean"}),
        ("y", {"type": "number"}),
    ]
    # They are the same after a restart, before the board has said anything.
    assert await hass.config_entries.async_unload(entry.entry_id)
    await board.socket.close()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.kitchen_x") is not None


@pytest.mark.parametrize(
    "entry",
    [token_entry(channels={"temp": "number", "red": "boolean", "note": "text"})],
)
async def test_entities_exist_before_the_board_reports(
    hass: HomeAssistant, entry: MockConfigEntry, client: Any
) -> None:
    """What a board once sent is there at start-up, unavailable."""
    await add(hass, entry)
    for entity_id in (TEMPERATURE, RED, "sensor.kitchen_note"):
        assert state(hass, entity_id) == STATE_UNAVAILABLE
    assert state(hass, CONNECTION) == STATE_OFF


@pytest.mark.parametrize("key", ["v", "id", "device_id", "serial_no", "age", "token"])
async def test_reserved_keys(hass: HomeAssistant, board: Sketch, key: str) -> None:
    """Reserved keys never become channels, whatever is in them."""
    assert await board.send({key: 5, "temp": 20}) == []
    assert state(hass, TEMPERATURE) == "20"
    assert set(hass.states.async_entity_ids("sensor")) == {
        TEMPERATURE,
        LAST_PROBLEM,
        LAST_SEEN,
        REJECTED,
        "sensor.kitchen_reconnects_in_the_last_24_hours",
    }
    assert await board.send({key: {"nested": True}}) == []


async def test_typed_messages(hass: HomeAssistant, board: Sketch) -> None:
    """A message with a type is no reading; the author of a slip is told once."""
    assert await board.send({"type": "backlog", "temp": 20}) == []
    (answer,) = await board.send({"type": "DHT22", "temp": 20})
    assert (answer["code"], answer["key"]) == ("unknown_type", "type")
    assert hass.states.get(TEMPERATURE) is None
    # Later versions may send what this one does not know: that is no error.
    assert state(hass, REJECTED) == "0"
    assert await board.send({"type": 5}) == []


# Publishing.


async def test_publishing(
    hass: HomeAssistant, board: Sketch, freezer: FrozenDateTimeFactory
) -> None:
    """A change is written at once, an unchanged value once a minute."""
    await board.send({"temp": 20, "red": True})
    written: list[str] = []

    @callback
    def _written(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, _written)
    hass.bus.async_listen(
        EVENT_STATE_REPORTED, _written, event_filter=callback(lambda _: True)
    )

    def writes() -> list[str]:
        channels = [
            entity_id for entity_id in written if entity_id in (TEMPERATURE, RED)
        ]
        written.clear()
        return channels

    await board.send({"temp": 20, "red": True})
    assert writes() == []
    await board.send({"temp": 20.5, "red": True})
    assert writes() == [TEMPERATURE]
    await board.send({"temp": 20.5, "red": False})
    assert writes() == [RED]
    freezer.tick(59)
    await board.send({"temp": 20.5, "red": False})
    assert writes() == []
    freezer.tick(2)
    await board.send({"temp": 20.5, "red": False})
    assert writes() == [TEMPERATURE, RED]
    await board.send({"temp": 20.5, "red": False})
    assert writes() == []


async def test_disabled_entities_cost_nothing(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """A channel whose entity is disabled is taken and not written."""
    entity_registry.async_get_or_create(
        "sensor",
        "arduino_sensor",
        f"{entry.entry_id}-temp",
        config_entry=entry,
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    assert await board.send({"temp": 20, "distance": 5}) == []
    assert await board.send({"temp": 21, "distance": 6}) == []
    assert state(hass, DISTANCE) == "6"
    assert hass.states.get(TEMPERATURE) is None


async def test_entity_is_disabled(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An entity can go while its board goes on sending."""
    await board.send({"temp": 20, "distance": 5})
    write = entry.runtime_data.channels["temp"].write
    entity_registry.async_update_entity(
        TEMPERATURE, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get(TEMPERATURE) is None
    assert await board.send({"temp": 21, "distance": 6}) == []
    assert state(hass, DISTANCE) == "6"
    assert hass.states.get(TEMPERATURE) is None
    # The entity is let go of.
    assert entry.runtime_data.channels["temp"].write != write
    assert_quiet(caplog)


# Availability.


async def test_grace(
    hass: HomeAssistant,
    board: Sketch,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A short loss of the connection leaves the values, a longer one does not."""
    await board.send({"temp": 20})
    await disconnect(hass, board)
    await pass_time(hass, freezer, 29)
    assert state(hass, TEMPERATURE) == "20"
    again = await connect_token()
    await again.answers()
    await pass_time(hass, freezer, 120)
    assert state(hass, TEMPERATURE) == "20"
    assert "available" not in caplog.text

    caplog.clear()
    await disconnect(hass, again)
    await pass_time(hass, freezer, 31)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    assert state(hass, CONNECTION) == STATE_OFF
    await pass_time(hass, freezer, 300)
    once_more = await connect_token()
    await once_more.answers()
    # The values of before say nothing of now.
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    assert state(hass, CONNECTION) == STATE_ON
    await once_more.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"
    assert messages(caplog) == [
        "Kitchen is not available",
        "Kitchen is available again",
    ]
    assert_quiet(caplog)


async def test_silence(
    hass: HomeAssistant,
    board: Sketch,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that says nothing for ten minutes is not available; {} is enough."""
    await board.send({"temp": 20})
    await pass_time(hass, freezer, 590)
    assert state(hass, TEMPERATURE) == "20"
    await board.send({})
    await pass_time(hass, freezer, 590)
    assert state(hass, TEMPERATURE) == "20"
    await pass_time(hass, freezer, 11)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    assert state(hass, CONNECTION) == STATE_ON
    await pass_time(hass, freezer, 1)
    await board.send("garbage")
    # A frame that is no good is a sign of life as well.
    assert state(hass, TEMPERATURE) == "20"
    assert messages(caplog) == [
        "Kitchen is not available",
        "Kitchen is available again",
    ]


@pytest.mark.parametrize(
    "entry", [token_entry(options={CONF_GRACE: 5, CONF_SILENCE: 60})]
)
async def test_options(
    hass: HomeAssistant,
    board: Sketch,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Both times can be chosen."""
    await board.send({"temp": 20})
    await pass_time(hass, freezer, 58)
    assert state(hass, TEMPERATURE) == "20"
    await pass_time(hass, freezer, 3)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    await board.send({"temp": 21})
    await disconnect(hass, board)
    await pass_time(hass, freezer, 4)
    assert state(hass, TEMPERATURE) == "21"
    await pass_time(hass, freezer, 2)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE


async def test_connected_but_silent_from_the_start(
    hass: HomeAssistant, board: Sketch, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection alone tells no value."""
    await board.answers()
    assert state(hass, CONNECTION) == STATE_ON
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "20"
    # It had never been missed.
    assert messages(caplog) == []


async def test_reload_keeps_what_is_known(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A new set-up is no loss of the board, and no return of it either."""
    await board.send({"temp": 20})
    await board.send("garbage")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "20"
    assert state(hass, REJECTED) == "1"
    assert state(hass, CONNECTION) == STATE_ON
    assert state(hass, LAST_SEEN) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)

    # Dropped less than the grace period ago: that goes on from there.
    await disconnect(hass, board)
    await pass_time(hass, freezer, 20)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "20"
    await pass_time(hass, freezer, 11)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE

    # What was logged as missed is logged as being back.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    again = await connect_token()
    await again.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"
    assert messages(caplog) == [
        "Kitchen is not available",
        "Kitchen is available again",
    ]


async def test_reload_after_a_channel_was_forgotten(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """A value that no channel has any more is forgotten with it."""
    await board.send({"temp": 20, "red": True})
    channels = dict(entry.data[CONF_CHANNELS])
    del channels["red"]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_CHANNELS: channels}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "20"
    assert state(hass, RED) == STATE_UNAVAILABLE
    assert list(entry.runtime_data.channels) == ["temp"]


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what a person finds in the log about a board."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components")
        and record.levelno >= logging.INFO
    ]


# What is known of the board itself.


async def test_last_seen(
    hass: HomeAssistant, board: Sketch, freezer: FrozenDateTimeFactory
) -> None:
    """It is written at connect, at loss, and at most once a minute."""
    begin = dt_util.utcnow()
    freezer.move_to(begin + timedelta(seconds=1))

    def last_seen() -> float:
        found = state(hass, LAST_SEEN)
        assert found is not None
        return round((datetime.fromisoformat(found) - begin).total_seconds())

    await board.send({"temp": 20})
    assert abs(last_seen()) <= 1
    freezer.tick(30)
    await board.send({"temp": 21})
    assert abs(last_seen()) <= 1
    freezer.tick(31)
    await board.send({"temp": 22})
    assert abs(last_seen() - 62) <= 1
    freezer.tick(10)
    await board.send({"temp": 23})
    freezer.tick(200)
    # The loss was noticed late: what counts is when the board was heard.
    await disconnect(hass, board)
    assert abs(last_seen() - 72) <= 1
    assert datetime.fromisoformat(state(hass, LAST_SEEN) or "").tzinfo == UTC


async def test_last_seen_without_a_frame(
    hass: HomeAssistant, board: Sketch, freezer: FrozenDateTimeFactory
) -> None:
    """A board that connected and said nothing was seen when it connected."""
    await board.answers()
    seen = state(hass, LAST_SEEN)
    freezer.tick(100)
    await disconnect(hass, board)
    assert state(hass, LAST_SEEN) == seen


async def test_rejected(
    hass: HomeAssistant, board: Sketch, freezer: FrozenDateTimeFactory
) -> None:
    """All problems are counted, one a second is answered, with how many it stands for."""
    (answer,) = await board.send({"a": [], "b": {}, "temp": 20})
    assert (answer["code"], answer["key"], answer["more"]) == ("nested_value", "a", 1)
    assert state(hass, REJECTED) == "2"
    assert await board.send("garbage") == []
    assert await board.send("garbage") == []
    assert state(hass, REJECTED) == "2"
    freezer.tick(1.01)
    (answer,) = await board.send("garbage")
    assert answer["code"] == "invalid_json"
    assert "more" not in answer
    assert state(hass, REJECTED) == "5"
    # Those that were not answered are in the count within a minute.
    await board.send("garbage")
    freezer.tick(61)
    await board.send({})
    assert state(hass, REJECTED) == "6"


async def test_last_problem(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The latest sentence for the sketch's author is on the board's page as well.

    The Serial Monitor of a board on a cable cannot show it: its port is taken.
    """
    assert state(hass, LAST_PROBLEM) == STATE_UNKNOWN
    (answer,) = await board.send({"temp": "25.5", "name": "x" * 300})
    assert state(hass, LAST_PROBLEM) == answer["message"]
    link = entry.runtime_data.link
    assert link.on_complaint is not None
    link.on_complaint("There is no room for 'door'.")
    assert state(hass, LAST_PROBLEM) == "There is no room for 'door'."
    assert entry.runtime_data.reporter.count == 2
    # A sketch that complains in every loop does not write in every loop.
    link.on_complaint("x" * 300)
    assert state(hass, LAST_PROBLEM) == "There is no room for 'door'."
    freezer.tick(1.01)
    link.on_complaint("y" * 300)
    assert state(hass, LAST_PROBLEM) == "y" * 255


async def test_status_is_disabled_by_default(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    client: Any,
    entity_registry: er.EntityRegistry,
) -> None:
    """What most people do not need is there to be enabled."""
    await add(hass, entry)
    disabled = {
        entity.unique_id: entity.disabled_by
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    by_default = er.RegistryEntryDisabler.INTEGRATION
    assert disabled == {
        f"{entry.entry_id}_connection": None,
        f"{entry.entry_id}_last_problem": None,
        f"{entry.entry_id}_last_seen": by_default,
        f"{entry.entry_id}_reconnects": None,
        f"{entry.entry_id}_rejected": by_default,
        f"{entry.entry_id}_sensor_problem": None,
    }
