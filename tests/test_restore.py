"""What is known of a board that sleeps, after Home Assistant was started again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
    mock_restore_cache_with_extra_data,
)

import custom_components.arduino_sensor as integration
from custom_components.arduino_sensor import PLATFORMS
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_CHANNELS,
    CONF_DESCRIBED,
)
from homeassistant.const import (
    CONF_TYPE,
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er, restore_state as rs
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    act,
    add,
    assert_quiet,
    channels,
    disconnect,
    pass_time,
    state,
    token_entry,
)

TEMPERATURE = "sensor.kitchen_temperature"
MOTION = "binary_sensor.kitchen_motion"
NOTE = "sensor.kitchen_note"
CONNECTION = "binary_sensor.kitchen_connectivity"
TYPES = {"temp": "number", "motion": "boolean", "note": "text"}


def sleeper(
    hass: HomeAssistant,
    types: Mapping[str, str] = TYPES,
    described: Mapping[str, dict[str, Any]] = {},
    **about: Any,
) -> MockConfigEntry:
    """Return the entry of a board that sleeps, as it was kept."""
    entry = token_entry()
    entry.add_to_hass(hass)
    stored: dict[str, dict[str, Any]] = {
        key: {CONF_TYPE: channel_type} for key, channel_type in types.items()
    }
    for key, description in described.items():
        stored[key][CONF_DESCRIBED] = description
    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            CONF_ABOUT: {"sleeps": True, **about},
            CONF_CHANNELS: stored,
        },
    )
    return entry


def remember(hass: HomeAssistant, ago: float, **values: Any) -> None:
    """Have Home Assistant remember values of entities, from so many seconds ago."""
    seen = (dt_util.utcnow() - timedelta(seconds=ago)).isoformat()
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(entity_id.replace("__", "."), "whatever"),
                {"value": value, "seen": seen},
            )
            for entity_id, value in values.items()
        ],
    )


async def test_what_was_known_is_known(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    client: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The last values are there at once, until it is time for the board's next."""
    entry = sleeper(hass, interval=3600)
    remember(
        hass,
        ago=1000,
        sensor__kitchen_temperature=21.5,
        binary_sensor__kitchen_motion=True,
        sensor__kitchen_note="low",
    )
    seen = dt_util.utcnow() - timedelta(seconds=1000)
    told: list[Any] = []
    await add(hass, entry)
    board = entry.runtime_data
    assert board.last_seen == seen
    # Entities that show it are told.
    remove = board.async_on_status(lambda: told.append(board.last_seen))
    channel = board.channels["temp"]
    board.recall(channel, 21.5, seen)
    assert told == [seen]
    remove()
    assert state(hass, TEMPERATURE) == "21.5"
    assert state(hass, MOTION) == STATE_ON
    assert state(hass, NOTE) == "low"
    assert state(hass, CONNECTION) == STATE_OFF
    # Half as long again as it says that it sleeps.
    await pass_time(hass, freezer, 5400 - 1000 - 1)
    assert state(hass, TEMPERATURE) == "21.5"
    await pass_time(hass, freezer, 2)
    for entity_id in (TEMPERATURE, MOTION, NOTE):
        assert state(hass, entity_id) == STATE_UNAVAILABLE
    assert_quiet(caplog)


async def test_silence_limit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, client: Any
) -> None:
    """A board that sleeps for a short time has as long as any other."""
    entry = sleeper(hass, interval=10)
    remember(hass, ago=100, sensor__kitchen_temperature=21.5)
    await add(hass, entry)
    await pass_time(hass, freezer, 499)
    assert state(hass, TEMPERATURE) == "21.5"
    await pass_time(hass, freezer, 2)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE


async def test_too_long_ago(
    hass: HomeAssistant, client: Any, connect_token: Connect
) -> None:
    """What is too old is not shown."""
    entry = sleeper(hass, interval=3600)
    remember(
        hass, ago=5401, sensor__kitchen_temperature=21.5, sensor__kitchen_note="low"
    )
    await add(hass, entry)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    board = await connect_token()
    await board.send({"temp": 4})
    assert state(hass, TEMPERATURE) == "4"


async def test_boards_that_do_not_sleep(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """A board that is meant to be connected tells everything when it is."""
    entry = sleeper(hass, interval=3600, sleeps=False)
    remember(hass, ago=1, sensor__kitchen_temperature=21.5)
    await add(hass, entry)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    board = await connect_token()
    await board.send({"note": "low"})
    assert state(hass, TEMPERATURE) == STATE_UNKNOWN


async def test_values_of_another_type(
    hass: HomeAssistant, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A channel that has changed since is unknown; the board is there all the same."""
    entry = sleeper(hass)
    remember(
        hass,
        ago=1,
        sensor__kitchen_temperature="warm",
        binary_sensor__kitchen_motion=None,
        sensor__kitchen_note={"nested": []},
    )
    await add(hass, entry)
    for entity_id in (TEMPERATURE, MOTION, NOTE):
        assert state(hass, entity_id) == STATE_UNKNOWN
    assert_quiet(caplog)


@pytest.mark.parametrize(
    "data", [{}, {"seen": None, "value": 1}, {"seen": "lately", "value": 1}]
)
async def test_data_of_no_use(
    hass: HomeAssistant,
    client: Any,
    caplog: pytest.LogCaptureFixture,
    data: dict[str, Any],
) -> None:
    """Without a time, a value says nothing."""
    entry = sleeper(hass)
    mock_restore_cache_with_extra_data(hass, [(State(TEMPERATURE, "1"), data)])
    await add(hass, entry)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    assert_quiet(caplog)


async def test_one_that_is_older(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, client: Any
) -> None:
    """An entity that was disabled for a while does not make the board any older."""
    entry = sleeper(hass, interval=3600)
    now = dt_util.utcnow()
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(entity_id, "whatever"),
                {"value": 5, "seen": (now - timedelta(seconds=ago)).isoformat()},
            )
            for entity_id, ago in ((TEMPERATURE, 100), (NOTE, 100000))
        ],
    )
    await add(hass, entry)
    assert state(hass, TEMPERATURE) == "5"
    await pass_time(hass, freezer, 5400 - 100 - 1)
    assert state(hass, TEMPERATURE) == "5"
    await pass_time(hass, freezer, 2)
    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE


async def test_heard_since(
    hass: HomeAssistant, connect_token: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """What the board has said counts, not what is remembered from before."""
    entry = sleeper(hass)
    registry = er.async_get(hass)
    note = registry.async_get_or_create(
        "sensor",
        "arduino_sensor",
        f"{entry.entry_id}-note",
        config_entry=entry,
        disabled_by=er.RegistryEntryDisabler.USER,
        suggested_object_id="kitchen_note",
    )
    assert note.entity_id == NOTE
    remember(hass, ago=1, sensor__kitchen_temperature=21.5, sensor__kitchen_note="low")
    await add(hass, entry)
    board = await connect_token()
    await board.send({"temp": 4, "note": "high"})
    registry.async_update_entity(NOTE, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "4"
    assert state(hass, NOTE) == "high"
    assert_quiet(caplog)


async def test_things_without_a_value(
    hass: HomeAssistant, client: Any, freezer: FrozenDateTimeFactory
) -> None:
    """Events and buttons are there as long as the board is."""
    entry = sleeper(
        hass,
        {"bell": "nothing", "go": "nothing"},
        {
            "bell": {"kind": "event", "options": ["press"]},
            "go": {"kind": "button"},
        },
        interval=600,
    )
    at = dt_util.utcnow() - timedelta(seconds=500)
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State("event.kitchen_bell", at.isoformat(timespec="milliseconds")),
                {
                    "last_event_type": "press",
                    "last_event_attributes": None,
                    "seen": at.isoformat(),
                },
            )
        ],
    )
    await add(hass, entry)
    bell = hass.states.get("event.kitchen_bell")
    assert bell is not None
    assert dt_util.parse_datetime(bell.state) is not None
    assert bell.attributes["event_type"] == "press"
    assert state(hass, "button.kitchen_go") == STATE_UNKNOWN
    await pass_time(hass, freezer, 401)
    assert state(hass, "event.kitchen_bell") == STATE_UNAVAILABLE


@pytest.mark.parametrize("platforms", [PLATFORMS, PLATFORMS[::-1]])
async def test_light_of_three(
    hass: HomeAssistant,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    platforms: list[Platform],
) -> None:
    """A light has the colour of what its parts are remembered to be."""
    monkeypatch.setattr(integration, "PLATFORMS", platforms)
    entry = sleeper(
        hass,
        {
            "lamp": "nothing",
            "red": "boolean",
            "green": "boolean",
            "blue": "boolean",
        },
        {"lamp": {"kind": "light", "channels": ["red", "green", "blue"]}},
    )
    remember(
        hass,
        ago=10,
        light__kitchen_lamp=None,
        binary_sensor__kitchen_red=True,
        binary_sensor__kitchen_green=True,
        binary_sensor__kitchen_blue=False,
    )
    await add(hass, entry)
    lamp = hass.states.get("light.kitchen_lamp")
    assert lamp is not None
    assert lamp.state == STATE_ON
    assert lamp.attributes["rgb_color"] == (255, 255, 0)


async def test_home_assistant_is_started_again(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """From the board's words over Home Assistant's storage to a new Home Assistant."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send({"type": "hello", "sleeps": True, "interval": 3600})
    await board.send(
        channels(
            {"key": "mode", "kind": "select", "options": ["eco", "boost"]},
            {"key": "lamp", "kind": "light", "color": "rgb"},
            {"key": "bell", "kind": "event", "options": ["press", "hold"]},
            {"key": "off", "kind": "switch", "enabled": False},
        )
    )
    await board.send({"temp": 21.5, "motion": False, "mode": "eco", "lamp": "#ff8000"})
    await board.send({"type": "event", "key": "bell", "event": "hold"})
    await disconnect(hass, board)
    # This is what Home Assistant does when it stops, and from time to time.
    await rs.async_get(hass).async_dump_states()
    stored = hass_storage[rs.STORAGE_KEY]["data"]
    # The sensor of reconnects, which is gone now, had something else.
    kept_data = [item["extra_data"] for item in stored]
    assert len({data["seen"] for data in kept_data if "counts" not in data}) == 1
    freezer.tick(4000)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    async with async_test_home_assistant() as again:
        again.data.pop(DATA_CUSTOM_COMPONENTS)
        assert await async_setup_component(again, "http", {})
        again.http.server_host = ["127.0.0.1"]
        await rs.async_get(again).async_load()
        kept = token_entry(entry_id=entry.entry_id)
        kept.add_to_hass(again)
        again.config_entries.async_update_entry(kept, data=dict(entry.data))
        await add(again, kept)
        try:
            assert state(again, TEMPERATURE) == "21.5"
            assert state(again, MOTION) == STATE_OFF
            assert state(again, "select.kitchen_mode") == "eco"
            lamp, bell = (
                again.states.get(entity_id)
                for entity_id in ("light.kitchen_lamp", "event.kitchen_bell")
            )
            assert lamp is not None and bell is not None
            assert lamp.attributes["rgb_color"] == (255, 128, 0)
            assert bell.attributes["event_type"] == "hold"
            assert again.states.get("switch.kitchen_off") is None
            # It sleeps: it can be seen, but not be told anything.
            with pytest.raises(Exception, match="not connected"):
                await act(again, "light.turn_off", "light.kitchen_lamp")
            freezer.tick(1401)
            await pass_time(again, freezer, 0)
            assert state(again, TEMPERATURE) == STATE_UNAVAILABLE
        finally:
            await again.async_stop(force=True)


def remember_seen(hass: HomeAssistant, seen: object) -> None:
    """Have Home Assistant remember when the board was last there."""
    mock_restore_cache_with_extra_data(
        hass, [(State(CONNECTION, STATE_ON), {"seen": seen})]
    )


def last_seen(hass: HomeAssistant) -> Any:
    """Return what the connection tells of when the board was last there."""
    found = hass.states.get(CONNECTION)
    assert found is not None
    return found.attributes.get("last_seen")


async def test_since_when_it_is_away(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """A board that was away before Home Assistant started is away since then."""
    seen = (dt_util.utcnow() - timedelta(days=2)).isoformat()
    remember_seen(hass, seen)
    entry = await add(hass, token_entry())
    assert state(hass, CONNECTION) == STATE_OFF
    assert last_seen(hass) == seen
    await hass.config_entries.async_reload(entry.entry_id)
    assert last_seen(hass) == seen
    assert entry.runtime_data.heard is False

    board = await connect_token()
    await board.send({"temp": 20})
    assert state(hass, CONNECTION) == STATE_ON
    # It would be another state with each reading.
    assert last_seen(hass) is None
    freezer.tick(100)
    await disconnect(hass, board)
    await pass_time(hass, freezer, 3600)
    found = dt_util.parse_datetime(last_seen(hass))
    assert found is not None
    assert 3500 < (dt_util.utcnow() - found).total_seconds() < 3800

    # What is known from before is not newer than what was heard since.
    entry.runtime_data.remember(dt_util.utcnow())
    assert dt_util.parse_datetime(last_seen(hass)) == found


@pytest.mark.parametrize("seen", [None, "", "yesterday", 5])
async def test_not_known_when_it_was_there(hass: HomeAssistant, seen: object) -> None:
    """A board that was never heard has no such time."""
    remember_seen(hass, seen)
    await add(hass, token_entry())
    assert state(hass, CONNECTION) == STATE_OFF
    assert last_seen(hass) is None


async def test_clock_was_wrong(hass: HomeAssistant) -> None:
    """No board was last there in the future."""
    remember_seen(hass, (dt_util.utcnow() + timedelta(days=200)).isoformat())
    await add(hass, token_entry())
    seen = dt_util.parse_datetime(last_seen(hass))
    assert seen is not None
    assert seen <= dt_util.utcnow()


async def test_last_seen_is_kept(
    hass: HomeAssistant,
    connect_token: Connect,
    hass_storage: dict[str, Any],
) -> None:
    """When Home Assistant stops, it is kept when the board was there."""
    await add(hass, token_entry())
    board = await connect_token()
    await board.send({"temp": 20})
    await rs.async_get(hass).async_dump_states()
    [kept] = [
        one
        for one in hass_storage[rs.STORAGE_KEY]["data"]
        if one["state"]["entity_id"] == CONNECTION
    ]
    seen = dt_util.parse_datetime(kept["extra_data"]["seen"])
    assert seen is not None
    assert abs((dt_util.utcnow() - seen).total_seconds()) < 5
