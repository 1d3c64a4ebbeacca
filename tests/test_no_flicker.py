"""Boards that connect again, or restart: nothing flickers, and nobody is woken by it."""

from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.arduino_sensor.const import CONF_PUBLISH_INTERVAL, DOMAIN
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component

from .common import (
    Connect,
    Sketch,
    channels,
    disconnect,
    obey,
    pass_time,
    state,
    token_entry,
)

TEMPERATURE: Final = "sensor.kitchen_temperature"
DOOR: Final = "binary_sensor.kitchen_door"
RELAY: Final = "switch.kitchen_relay"
CONNECTION: Final = "binary_sensor.kitchen_connectivity"

# What is about the board itself, and tells the truth.
STATUS: Final = {CONNECTION, "sensor.kitchen_reconnects_in_the_last_24_hours"}

HELLO: Final = {
    "type": "hello",
    "id": "esp32-1",
    "name": "Kitchen",
    "reset": "power_on",
}
ITEMS: Final = (
    {"key": "temp", "kind": "sensor", "unit": "°C", "device_class": "temperature"},
    {"key": "door", "kind": "binary_sensor", "device_class": "door"},
    {"key": "relay", "kind": "switch"},
    {"key": "level", "kind": "number", "min": 0, "max": 100},
    {"key": "mode", "kind": "select", "options": ["eco", "warm"]},
    {"key": "note", "kind": "text"},
    {"key": "lamp", "kind": "light", "color": "rgb"},
    {"key": "bell", "kind": "event", "options": ["press"]},
    {"key": "reboot", "kind": "button"},
)
READING: Final = {
    "temp": 5,
    "door": True,
    "relay": True,
    "level": 40,
    "mode": "eco",
    "note": "hi",
    "lamp": "#ff8000",
}
REAL: Final = {**READING, "temp": 20, "door": False}
"""What the board sends when it has been away for long."""

type Changes = list[tuple[str, str | None, str | None]]


@pytest.fixture
def changes(hass: HomeAssistant) -> Changes:
    """Return which states have changed, but for those that are about the connection."""
    found: Changes = []

    @callback
    def changed(event: Event[Any]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        entity_id = event.data["entity_id"]
        if entity_id not in STATUS and not entity_id.startswith("automation."):
            found.append((entity_id, old and old.state, new and new.state))

    hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    return found


async def introduce(board: Sketch, **hello: Any) -> None:
    """Have a board say who it is and what it has, as the library does."""
    await board.send({**HELLO, **hello})
    await board.send(channels(*ITEMS))


TRIGGERS: Final[dict[str, dict[str, Any]]] = {
    "to on": {"trigger": "state", "entity_id": DOOR, "to": "on"},
    "to on, known before": {
        "trigger": "state",
        "entity_id": DOOR,
        "to": "on",
        "not_from": ["unavailable", "unknown"],
    },
    "any": {"trigger": "state", "entity_id": [TEMPERATURE, DOOR, RELAY]},
    "below 10": {"trigger": "numeric_state", "entity_id": TEMPERATURE, "below": 10},
    "went silent": {"trigger": f"{DOMAIN}.went_silent"},
    "rejected": {"trigger": f"{DOMAIN}.rejected"},
    "connected": {"trigger": f"{DOMAIN}.connected"},
}


class House:
    """A house with automations, and what a board in it has changed and woken."""

    def __init__(
        self, hass: HomeAssistant, changes: Changes, calls: list[ServiceCall]
    ) -> None:
        """Begin with nothing that has happened."""
        self._hass = hass
        self.changes = changes
        self._calls = calls

    def woken(self) -> list[str]:
        """Return which automations have run since this was last asked."""
        names = sorted(call.data["name"] for call in self._calls)
        self._calls.clear()
        return names

    def changed(self) -> Changes:
        """Return what has changed since this was last asked."""
        found = list(self.changes)
        self.changes.clear()
        return found

    def shows(self) -> tuple[str | None, ...]:
        """Return what the sensors show that change."""
        return tuple(state(self._hass, one) for one in (TEMPERATURE, DOOR, RELAY))


@pytest.fixture
async def house(hass: HomeAssistant, board: Sketch, changes: Changes) -> House:
    """Return a house whose board has introduced itself and sent its first reading."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    house = House(hass, changes, calls)
    await introduce(board)
    await board.send(READING)
    assert house.shows() == ("5", "on", "on")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": [
                {
                    "alias": name,
                    "mode": "queued",
                    "triggers": [config],
                    "actions": [{"action": "test.tell", "data": {"name": name}}],
                }
                for name, config in TRIGGERS.items()
            ]
        },
    )
    await hass.async_block_till_done()
    house.woken()
    house.changed()
    return house


async def test_the_automations_are_awake(
    hass: HomeAssistant, board: Sketch, house: House
) -> None:
    """What really changes does wake them: the other tests are about something."""
    await board.send({"temp": 20, "door": False})
    await board.send({"temp": 5, "door": True, "nested": {}})
    await disconnect(hass, board)
    assert house.woken() == [
        *("any", "any", "any", "any"),
        *("below 10", "rejected", "to on", "to on, known before"),
    ]
    assert (DOOR, "off", "on") in house.changed()


async def test_connects_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """Within the grace time, nothing happens to what the board sends."""
    for seconds in (0, 5, 29):
        await disconnect(hass, board)
        await pass_time(hass, freezer, seconds)
        board = await connect_token()
        await board.send(READING)
    assert house.changed() == []
    assert house.woken() == ["connected"] * 3


async def test_replaces_its_connection(
    board: Sketch, connect_token: Connect, house: House
) -> None:
    """A board whose connection was lost unnoticed has a new one at once."""
    again = await connect_token()
    await introduce(again)
    await again.send(READING)
    assert house.changed() == []
    assert house.woken() == ["connected"]


async def test_restarts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """A board that starts again says everything anew; only why is news."""
    await disconnect(hass, board)
    await pass_time(hass, freezer, 10)
    again = await connect_token()
    await introduce(again, reset="watchdog")
    # Sensors take a while to be ready.
    await pass_time(hass, freezer, 15)
    await again.send(READING)
    assert house.changed() == [
        ("sensor.kitchen_last_reset_reason", "power_on", "watchdog")
    ]
    assert house.woken() == ["connected"]


async def test_says_the_same_again(board: Sketch, house: House) -> None:
    """A hello, a description and a reading like the last ones are no news."""
    for _ in range(3):
        await introduce(board)
        await board.send(READING)
    assert (house.changed(), house.woken()) == ([], [])


async def test_entry_is_set_up_again(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, house: House
) -> None:
    """All is as it was then, and nothing has happened to the board.

    Home Assistant makes the entities of any entry unavailable for that moment.
    """
    before = house.shows()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert house.shows() == before
    changed = house.changed()
    assert (DOOR, "on", STATE_UNAVAILABLE) in changed
    assert all(STATE_UNAVAILABLE in (old, new) for _, old, new in changed)
    woken = house.woken()
    assert not {"connected", "went silent", "rejected"} & {*woken}
    assert "to on, known before" not in woken
    await board.send(READING)
    assert (house.changed(), house.woken()) == ([], [])


async def outage(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch, house: House
) -> None:
    """Have a board be away for longer than the grace time."""
    await disconnect(hass, board)
    await pass_time(hass, freezer, 31)
    assert house.shows() == (STATE_UNAVAILABLE,) * 3
    assert "went silent" in house.woken()
    house.changed()


async def test_is_back_after_an_outage(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """What was before shows for no moment, and wakes nobody."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await introduce(again, reset="brownout")
    await pass_time(hass, freezer, 5)
    assert house.shows() == (STATE_UNAVAILABLE,) * 3
    await again.send(REAL)
    found = [change for change in house.changed() if change[0] in (TEMPERATURE, DOOR)]
    assert found == [
        (TEMPERATURE, STATE_UNAVAILABLE, "20"),
        (DOOR, STATE_UNAVAILABLE, "off"),
    ]
    assert house.woken() == ["any", "any", "any", "connected"]


@pytest.mark.parametrize("introduced", [True, False])
async def test_is_back_channel_by_channel(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
    introduced: bool,
) -> None:
    """A channel shows with its own first value: others say nothing of it."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    if introduced:
        await introduce(again)
    else:
        # Signs of life say nothing of what is now either.
        await again.send("garbage")
        await again.send({"type": "event", "key": "bell", "event": "press"})
    await again.send({"temp": 20})
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 3)
    await again.send({"door": False})
    # One with the value of before is shown, too, though nothing has changed.
    await again.send({"relay": True})
    assert house.shows() == ("20", "off", "on")
    assert (DOOR, STATE_UNAVAILABLE, "off") in house.changed()
    assert not {"to on", "to on, known before", "below 10"} & {*house.woken()}
    # It was sent: nobody has to wait for it any more.
    await pass_time(hass, freezer, 8)
    assert house.shows() == ("20", "off", "on")


@pytest.mark.parametrize("entry", [token_entry(options={CONF_PUBLISH_INTERVAL: 60})])
async def test_is_back_sooner_than_it_is_published(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """A number of now is shown at once, however often numbers are published."""
    await pass_time(hass, freezer, 59)
    await board.send({"temp": 6})
    await disconnect(hass, board)
    await pass_time(hass, freezer, 31)
    again = await connect_token()
    await again.send({"door": True})
    await again.send({"temp": 20})
    assert house.shows()[0] == "20"
    await pass_time(hass, freezer, 15)
    assert house.shows()[0] == "20"


async def test_drops_before_it_has_said_all(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """Within the grace time it need not have been away for others to show."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send({"temp": 20})
    await disconnect(hass, again)
    await pass_time(hass, freezer, 15)
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    last = await connect_token()
    await introduce(last)
    await pass_time(hass, freezer, 11)
    assert house.shows() == ("20", "on", "on")


async def test_what_is_not_sent_has_not_changed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """Sketches that send changes only are believed after ten seconds."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send({"temp": 20})
    await pass_time(hass, freezer, 9)
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 2)
    assert house.shows() == ("20", "on", "on")


@pytest.mark.parametrize("introduced", [True, False])
async def test_says_nothing_of_its_channels(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
    introduced: bool,
) -> None:
    """Nor does one change anything that has nothing to send for ten seconds."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    if introduced:
        await introduce(again)
    else:
        await again.send({"type": "event", "key": "bell", "event": "press"})
    await pass_time(hass, freezer, 9)
    assert house.shows() == (STATE_UNAVAILABLE,) * 3
    await pass_time(hass, freezer, 2)
    assert house.shows() == ("5", "on", "on")


async def test_entry_is_set_up_again_before_it_has_said_all(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """What is not known yet does not become known by that."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send({"temp": 20})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 11)
    assert house.shows() == ("20", "on", "on")


async def test_is_away_again_before_it_has_said_all(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """The ten seconds are for a board that is there."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send({"temp": 20})
    await disconnect(hass, again)
    await pass_time(hass, freezer, 15)
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    again = await connect_token()
    await again.send({"temp": 21})
    await pass_time(hass, freezer, 9)
    await again.send({"door": False})
    assert house.shows() == ("21", "off", STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 2)
    assert house.shows() == ("21", "off", "on")


@pytest.mark.parametrize("readings", [(), ({"temp": 20},)])
async def test_has_a_new_sketch_after_an_outage(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
    readings: tuple[dict[str, Any], ...],
) -> None:
    """Another description sets the entry up anew, and nothing of before shows then."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send(HELLO)
    for reading in readings:
        await again.send(reading)
    await again.send(channels(*ITEMS[1:], {**ITEMS[0], "precision": 1}))
    await hass.async_block_till_done()
    assert house.shows()[1:] == (STATE_UNAVAILABLE,) * 2
    await again.send({"door": False})
    assert house.shows()[1:] == ("off", STATE_UNAVAILABLE)
    assert not {"to on", "below 10"} & {*house.woken()}
    await pass_time(hass, freezer, 11)
    assert house.shows()[1:] == ("off", "on")


async def test_what_a_person_sets_shows_at_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """An answer to a command is as good as a reading."""
    await outage(hass, freezer, board, house)
    again = await connect_token()
    await again.send({"temp": 20})
    # A switch that is not available cannot be switched by hand.
    entity_board = hass.config_entries.async_entries(DOMAIN)[0].runtime_data
    channel = entity_board.channels["relay"]
    setting = hass.async_create_background_task(
        entity_board.dialogue.async_set(channel, True), "set"
    )
    await obey(again)
    await setting
    assert house.shows() == ("20", STATE_UNAVAILABLE, "on")


async def test_silent_on_one_connection(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    house: House,
) -> None:
    """Over a connection that never ended nothing was missed: all shows at once."""
    await pass_time(hass, freezer, 601)
    assert house.shows() == (STATE_UNAVAILABLE,) * 3
    await board.send({"temp": 20})
    assert house.shows() == ("20", "on", "on")


async def test_sleeper_that_was_late(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
    house: House,
) -> None:
    """A board that sleeps again at once has said what there was to say."""
    await board.send({**HELLO, "sleeps": True})
    await disconnect(hass, board)
    await pass_time(hass, freezer, 601)
    assert house.shows() == (STATE_UNAVAILABLE,) * 3
    again = await connect_token()
    await again.send({"temp": 20})
    await disconnect(hass, again)
    assert house.shows() == ("20", STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 11)
    assert house.shows() == ("20", "on", "on")
