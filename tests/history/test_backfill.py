"""What a board hands over is in the history, once, and nowhere else."""

from dataclasses import dataclass
import sys
import threading
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_purge_done,
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.arduino_sensor.const import CONF_PUBLISH_INTERVAL
from custom_components.arduino_sensor.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.history import recorder_task, recording
from custom_components.arduino_sensor.history.mode import Mode
from homeassistant.components.history import websocket_api
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED, MATCH_ALL
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import Sketch, assert_quiet, channels, state, token_entry, wait_until

from .common import BEGIN, DOOR, ENERGY, TEMPERATURE, House

pytestmark = pytest.mark.freeze_time(BEGIN)


async def test_outage(house: House, hass: HomeAssistant) -> None:
    """After 20 minutes without Wi-Fi, every value is there, in order."""
    await house.live(5, temp=20, energy=1, door=False)
    await house.live(60, temp=21)
    await house.wait(100)
    await house.disconnect()
    await house.wait(1300)
    assert state(hass, TEMPERATURE) == "unavailable"
    welcome = await house.connect()
    assert welcome["backlog"] is True
    assert state(hass, TEMPERATURE) == "unavailable"
    answers = await house.hand_over(
        # This one had arrived.
        (60, {"temp": 21}),
        (110, {"temp": 22}),
        (200, {"temp": 23, "energy": 2}),
        (500, {"temp": 24, "door": True}),
        (800, {"temp": 24}),
        (1200, {"temp": 25, "energy": 4}),
    )
    assert answers == [{"type": "ack", "batch": "0badc0de-1"}]
    assert state(hass, TEMPERATURE) == "unavailable"
    await house.live(1305, temp=26)
    assert state(hass, TEMPERATURE) == "26"
    assert state(hass, DOOR) == "on"
    assert (await house.states(TEMPERATURE))[1:] == [
        (5, "20"),
        (60, "21"),
        (110, "22"),
        (130, "unavailable"),
        (200, "23"),
        (500, "24"),
        (1200, "25"),
        (1305, "26"),
    ]
    assert (await house.states(DOOR))[1:] == [
        (5, "off"),
        (130, "unavailable"),
        (200, "off"),
        (500, "on"),
        # Shown again: nothing of before was, when the board came back.
        (1305, "on"),
    ]
    assert (await house.states(ENERGY))[1:] == [
        (5, "1"),
        (130, "unavailable"),
        (200, "2"),
        (1200, "4"),
        (1305, "4"),
    ]
    await house.wait(1600)
    found = await house.statistics(TEMPERATURE)
    assert found[0] == {
        "mean": pytest.approx((20 * 55 + 21 * 50 + 22 * 90 + 23 * 100) / 295),
        "min": 20,
        "max": 23,
    }
    assert found[300]["mean"] == pytest.approx((23 * 200 + 24 * 100) / 300)
    assert found[600] == {"mean": 24, "min": 24, "max": 24}
    assert found[900] == {"mean": 24, "min": 24, "max": 24}
    assert found[1200]["mean"] == pytest.approx((25 * 105 + 26 * 195) / 300)
    sums = await house.statistics(ENERGY)
    assert {start: row["sum"] for start, row in sums.items()} == {
        0: 1,
        300: 1,
        600: 1,
        900: 1,
        1200: 3,
    }


async def test_nobody_hears_of_it(house: House, hass: HomeAssistant) -> None:
    """What was is not shown as what is: no event, no automation, no new state."""
    await house.live(5, temp=20, door=False)
    await house.disconnect()
    # Not for long enough to be missed.
    await house.wait(25)
    await house.connect()
    heard: list[Event[Any]] = []

    @callback
    def _hear(event: Event[Any]) -> None:
        heard.append(event)

    hass.bus.async_listen(MATCH_ALL, _hear)
    before = {found.entity_id: found for found in hass.states.async_all()}
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "state", "entity_id": [TEMPERATURE, DOOR]},
                "actions": {"event": "started"},
            }
        },
    )
    heard.clear()
    assert (await house.hand_over((10, {"temp": 30}), (15, {"door": True})))[0][
        "type"
    ] == "ack"
    assert [
        event
        for event in heard
        if event.event_type in ("started", EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
    ] == []
    for entity_id, found in before.items():
        assert hass.states.get(entity_id) is found
    assert state(hass, TEMPERATURE) == "20"
    await house.live(30, temp=21)
    assert state(hass, TEMPERATURE) == "21"
    assert len([event for event in heard if event.event_type == "started"]) == 1
    assert (await house.states(TEMPERATURE))[1:] == [
        (5, "20"),
        (10, "30"),
        (30, "21"),
    ]


async def test_twice(
    house: House, hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """A batch that comes again counts once, also after a restart."""
    await house.live(5, temp=20)
    batch = [(10.0, {"temp": 21}), (15.0, {"temp": 22})]
    await house.wait(20)
    ack = {"type": "ack", "batch": "b-1"}
    assert await house.hand_over(*batch, batch="b-1") == [ack]
    await house.wait(28.4)
    assert await house.hand_over(*batch, batch="b-1") == [ack]
    # Of another id, its ages are not quite the same.
    await house.wait(35.3)
    again = [(10.3, {"temp": 21}), (14.9, {"temp": 22}), (16.0, {"temp": 23})]
    assert await house.hand_over(*again) == [{"type": "ack", "batch": "0badc0de-1"}]
    expected = [(5, "20"), (10, "21"), (15, "22"), (16, "23")]
    assert (await house.states(TEMPERATURE))[1:] == expected
    journal = hass_storage["arduino_sensor.history"]["data"]
    assert journal == {
        house.entry.entry_id: {"open": {}, "done": ["b-1", "0badc0de-1"]}
    }

    domain = await async_get_domain(hass)
    await domain.backfill.async_load()
    assert await house.hand_over(*batch, batch="b-1") == [ack]
    assert (await house.states(TEMPERATURE))[1:] == expected

    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert hass_storage["arduino_sensor.history"]["data"] == {}


async def test_live_and_handed_over(house: House) -> None:
    """What arrived just before the connection broke is there once."""
    for at in range(4, 30):
        await house.live(at, temp=at % 3)
    await house.disconnect()
    await house.wait(60)
    await house.connect()
    readings = [(at - 0.3, {"temp": at % 3}) for at in range(20, 50)]
    await house.hand_over(*readings)
    assert (await house.states(TEMPERATURE))[1:] == [
        *((at, str(at % 3)) for at in range(4, 30)),
        *((pytest.approx(at - 0.3), str(at % 3)) for at in range(30, 50)),
        (59, "unavailable"),
    ]


@pytest.mark.parametrize(
    "entry", [token_entry(channels={"temp": "number", "note": "text"})]
)
async def test_every_kind(house: House, hass: HomeAssistant) -> None:
    """Each entity says what it was at in its own words, its attributes included."""
    assert house.board is not None
    await house.board.send(
        channels(
            {"key": "pump", "kind": "switch"},
            {"key": "level", "kind": "number", "max": 10},
            {"key": "mode", "kind": "select", "options": ["eco", "on"]},
            {"key": "text", "kind": "text"},
            {"key": "lamp", "kind": "light", "color": "rgb"},
            {"key": "dimmer", "kind": "light", "color": "brightness"},
            {"key": "bulb", "kind": "light"},
            {"key": "bell", "kind": "event", "options": ["ring"]},
            {"key": "three", "kind": "light", "channels": ["red", "green", "blue"]},
            {"key": "red", "kind": "binary_sensor"},
            {"key": "green", "kind": "binary_sensor"},
            {"key": "blue", "kind": "binary_sensor"},
            {"key": "air", "kind": "sensor", "options": ["good", "bad"]},
        )
    )
    now = {"pump": False, "level": 1, "mode": "eco", "text": "a", "lamp": "#0000ff"}
    now |= {"dimmer": 9, "bulb": False, "note": "x", "temp": 1, "air": "good"}
    await house.live(5, **now, red=True, green=False, blue=False)
    before = {found.entity_id: found for found in hass.states.async_all()}
    # What is wrong with a batch is told now.
    del before["sensor.kitchen_last_problem"]
    await house.wait(20)
    then = {"pump": True, "level": 2, "mode": "on", "text": "b", "lamp": "#ff0000"}
    then |= {"dimmer": 99, "bulb": True, "note": None, "temp": None, "air": "bad"}
    answers = await house.hand_over(
        (10, {**then, "bell": "ring"}),
        (11, {"level": 11, "mode": "off", "air": "?", "green": True, "red": False}),
        (12, {"lamp": "#800000", "dimmer": 0, "blue": True, "what": 5}),
    )
    assert [answer["type"] for answer in answers] == ["error", "ack"]
    assert (answers[0]["code"], answers[0]["key"]) == ("wrong_type", "bell")
    for entity_id, found in before.items():
        assert hass.states.get(entity_id) is found
    await house.live(22, dimmer=0)
    await house.live(24, dimmer=9)
    dimmed = hass.states.get("light.kitchen_dimmer")
    assert dimmed is not None and dimmed.attributes["brightness"] == 9

    for entity_id, expected in {
        "switch.kitchen_pump": ["off", "on"],
        "number.kitchen_level": ["1", "2", "unknown"],
        "select.kitchen_mode": ["eco", "on", "unknown"],
        "text.kitchen_text": ["a", "b"],
        "light.kitchen_lamp": ["on"],
        "light.kitchen_bulb": ["off", "on"],
        "light.kitchen_three": ["on"],
        "sensor.kitchen_note": ["x", "unknown"],
        "sensor.kitchen_air": ["good", "bad", "unknown"],
        "binary_sensor.kitchen_red": ["on", "off"],
        "binary_sensor.kitchen_green": ["off", "on"],
    }.items():
        names = [name for at, name in await house.states(entity_id) if at >= 5]
        assert names == expected, entity_id
    # Home Assistant keeps no colours.
    for kept in await house.attributes("light.kitchen_lamp"):
        assert kept == {"friendly_name": "Kitchen Lamp"}
    for kept in await house.attributes("light.kitchen_bulb"):
        assert kept == {"friendly_name": "Kitchen Bulb"}
    (three,) = [
        entity
        for entity in house.entry.runtime_data.entities.values()
        if entity.entity_id == "light.kitchen_three"
    ]
    values = {"red": True, "green": False, "blue": True}
    calculated = three.async_calculate_past(values)
    assert calculated[1]["rgb_color"] == (255, 0, 255)


async def test_unit_of_a_person(
    house: House, hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """States and statistics are in the units that a person has chosen."""
    await house.live(5, temp=20)
    await house.wait(400)
    entity_registry.async_update_entity_options(
        TEMPERATURE, "sensor", {"unit_of_measurement": "°F"}
    )
    await hass.async_block_till_done()
    await house.live(410, temp=20)
    await house.wait(700)
    await house.hand_over((500, {"temp": 30}), (550, {"temp": 20}))
    assert (await house.states(TEMPERATURE))[-3:] == [
        (400, "68.0"),
        (500, "86.0"),
        (550, "68.0"),
    ]
    units = {"temperature": "°C"}
    found = await house.statistics(TEMPERATURE, units=units)
    assert found[300]["mean"] == pytest.approx((20 * 250 + 30 * 50) / 300)
    assert found[300]["max"] == pytest.approx(30)


@pytest.mark.parametrize("recorder_config", [{"exclude": {"entities": [TEMPERATURE]}}])
async def test_not_recorded(
    house: House, hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """What a person does not want to have in the history, or at all, is left out."""
    await house.live(5, temp=20, energy=1, door=False)
    entity_registry.async_update_entity(
        ENERGY, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    await house.wait(20)
    answers = await house.hand_over((10, {"temp": 21, "energy": 2, "door": True}))
    assert answers == [{"type": "ack", "batch": "0badc0de-1"}]
    assert await house.states(TEMPERATURE) == []
    assert "2" not in dict(await house.states(ENERGY)).values()
    assert (await house.states(DOOR))[-1] == (10, "on")
    assert await house.statistics(TEMPERATURE) == {}


async def test_wrong_readings(house: House, hass: HomeAssistant) -> None:
    """What is wrong is refused by name, and the rest is written."""
    await house.live(5, temp=20)
    await house.wait(20)
    message = house.message((10, {"temp": 21}), (11, {"temp": "x", "note": "y"}))
    ages = [-1, 1e9, 10 * 86400 - 3599, "1", None, True, 86400 * 9]
    message["readings"] += [{"age": age, "temp": 99} for age in ages]
    answers = await house.send(message)
    assert [answer["type"] for answer in answers] == ["error", "ack"]
    assert (answers[0]["code"], answers[0]["field"]) == ("invalid_age", "age")
    # The others are only counted.
    assert (answers[0]["more"], house.entry.runtime_data.reporter.count) == (6, 7)
    found = await house.states(TEMPERATURE)
    assert (10, "21") in found
    assert [at for at, name in found if name == "99"] == [20 - 86400 * 9]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({}, {"field": "batch"}),
        ({"batch": 5, "readings": []}, {"field": "batch"}),
        ({"batch": "b-1"}, {"field": "readings", "batch": "b-1"}),
        ({"batch": "b-1", "readings": {}}, {"field": "readings", "batch": "b-1"}),
    ],
)
async def test_wrong_batches(
    house: House, message: dict[str, Any], answer: dict[str, Any]
) -> None:
    """One that can never be taken is refused each time, so that it is dropped."""
    for _ in range(3):
        (error,) = await house.send({"type": "backlog", **message})
        assert error.pop("message")
        assert error == {"type": "error", "code": "invalid_batch", **answer}
    assert house.entry.runtime_data.reporter.count == 3
    assert await house.hand_over(batch="b-2") == [{"type": "ack", "batch": "b-2"}]


async def test_flood(house: House, hass: HomeAssistant) -> None:
    """A board that does not wait for the ack has few batches waiting."""
    await house.live(5, temp=20)
    await house.wait(20)
    assert house.board is not None
    instance = get_instance(hass)
    blocked, released = threading.Event(), threading.Event()

    @dataclass
    class Block(RecorderTask):
        @override
        def run(self, instance: Recorder) -> None:
            blocked.set()
            released.wait(20)

    instance.queue_task(Block())
    await hass.async_add_executor_job(blocked.wait)
    answers = []
    for number in range(20):
        answers += await house.board.send(
            house.message((10 + number / 10, {"temp": number}), batch=f"b-{number}")
        )
        # The first is on its way already.
        await house.board.send(house.message((10, {"temp": 0}), batch="b-0"))
    assert house.entry.runtime_data.past.waiting == 4
    assert [answer["code"] for answer in answers] == ["too_many_batches"]
    released.set()
    await wait_until(hass, lambda: not house.entry.runtime_data.past.waiting)
    acks = await house.board.answers()
    assert acks == [{"type": "ack", "batch": f"b-{number}"} for number in range(4)]
    assert [name for at, name in await house.states(TEMPERATURE) if at >= 10] == [
        "0",
        "1",
        "2",
        "3",
    ]


async def test_recorder_is_off(
    house: House, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be written is not acknowledged, until it can."""
    await house.live(5, temp=20)
    await house.wait(20)
    assert house.board is not None
    await hass.services.async_call("recorder", "disable", blocking=True)
    batch = house.message((10, {"temp": 21}))
    assert await house.board.send(batch) == []
    past = house.entry.runtime_data.past
    await house.wait(house.now + 31)
    assert past.waiting == 1
    await house.wait(house.now + 31)
    await wait_until(hass, lambda: not past.waiting)
    assert await house.board.answers() == []
    assert caplog.text.count("could not be written into the history") == 1
    await hass.services.async_call("recorder", "enable", blocking=True)
    (ack,) = await house.send(batch)
    assert ack["type"] == "ack"
    # Its times are those of the first time.
    assert (10, "21") in await house.states(TEMPERATURE)
    assert_quiet(caplog)


async def test_set_up_anew(house: House, hass: HomeAssistant) -> None:
    """A batch that is being written when the entry is set up anew is not lost."""
    await house.live(5, temp=20)
    await house.wait(20)
    assert house.board is not None
    await hass.services.async_call("recorder", "disable", blocking=True)
    assert await house.board.send(house.message((10, {"temp": 21}))) == []
    await hass.services.async_call("recorder", "enable", blocking=True)
    await hass.config_entries.async_reload(house.entry.entry_id)
    await wait_until(hass, lambda: not house.entry.runtime_data.past.waiting)
    assert (10, "21") in await house.states(TEMPERATURE)
    assert await house.board.answers() == [{"type": "ack", "batch": "0badc0de-1"}]


async def test_just_described(house: House) -> None:
    """A batch can follow the description of its channels at once."""
    assert house.board is not None
    await house.wait(20)
    described = channels({"key": "fresh", "kind": "sensor", "unit": "°C"})
    await house.board.socket.send_json(described)
    (ack,) = await house.hand_over((10, {"fresh": 21}))
    assert ack["type"] == "ack"
    assert (10, "21") in await house.states("sensor.kitchen_fresh")

    # Also if Home Assistant is slow to add the entity.
    entities = house.entry.runtime_data.entities
    fresh = entities.pop("fresh")
    message = house.message((12, {"fresh": 22}))
    assert await house.board.send(message) == []
    await house.wait(house.now + 0.5)
    assert house.entry.runtime_data.past.waiting == 1
    entities["fresh"] = fresh
    await house.wait(house.now + 0.5)
    assert [answer["type"] for answer in await house.send(message)] == ["ack"]
    assert (12, "22") in await house.states("sensor.kitchen_fresh")


async def test_purge(house: House, hass: HomeAssistant) -> None:
    """States of the past are deleted like all others."""
    await house.live(5, temp=20, energy=1)
    await house.wait(30)
    await house.hand_over((10 - 86400 * 3, {"temp": 19}), (10, {"temp": 21}))
    await house.live(40, temp=22)
    await hass.services.async_call("recorder", "purge", {"keep_days": 1}, blocking=True)
    await async_wait_purge_done(hass)
    found = await house.states(TEMPERATURE)
    assert [at for at, _ in found if at < 0] == []
    assert found[-2:] == [(10, "21"), (40, "22")]
    await house.live(50, temp=23)
    assert (await house.states(TEMPERATURE))[-1] == (50, "23")


@pytest.mark.parametrize("missing", ["task", "rows"])
async def test_statistics_alone(
    house: House,
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    """Where states of the past cannot be written, there are statistics of them."""
    if missing == "task":
        # As if the class had been renamed.
        monkeypatch.setitem(sys.modules, recorder_task.__name__, None)
    else:
        monkeypatch.setattr(recording, "_event", lambda *_: Event("nothing"))
    domain = await async_get_domain(hass)
    await domain.backfill.async_load()
    await house.live(5, temp=20, energy=1)
    await house.wait(10)
    await house.disconnect()
    await house.wait(620)
    assert (await house.connect())["backlog"] is True
    await house.hand_over((100, {"temp": 30, "energy": 2}), (150, {"temp": 40}))
    await house.hand_over((200, {"temp": 50, "energy": 4}), (400, {"temp": 60}))
    await house.live(625, temp=20, energy=5)
    assert domain.backfill.mode is Mode.STATISTICS
    assert caplog.text.count("takes no states of the past") == 1
    assert [name for _, name in await house.states(TEMPERATURE)][-2:] == [
        "unavailable",
        "20",
    ]
    await house.wait(3600)
    found = await house.statistics(TEMPERATURE)
    assert found[0] == {
        "mean": pytest.approx((20 * 95 + 30 * 50 + 40 * 50 + 50 * 100) / 295),
        "min": 20,
        "max": 50,
    }
    assert found[300]["mean"] == pytest.approx((50 * 100 + 60 * 200) / 300)
    sums = await house.statistics(ENERGY)
    assert [sums[start]["sum"] for start in (0, 300, 600)] == [3, 3, 4]
    assert (await house.statistics(ENERGY, "hour"))[0]["sum"] == 4


async def test_no_recorder(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """Without a recorder nothing is offered, and nothing is taken."""
    (welcome,) = await board.send({"type": "hello"})
    assert "backlog" not in welcome
    batch = {"type": "backlog", "batch": "b-1", "readings": [{"age": 1, "temp": 1}]}
    assert await board.send(batch) == []
    assert entry.runtime_data.past.as_dict() == {
        "written_as": "nothing",
        "batches": 0,
        "waiting": 0,
    }


async def test_other_recorder(
    house: House,
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A recorder that is another one altogether is no failure of the board."""
    monkeypatch.setitem(sys.modules, recording.__name__, None)
    domain = await async_get_domain(hass)
    await domain.backfill.async_load()
    assert domain.backfill.mode is Mode.NOTHING
    assert caplog.text.count("cannot be written into the history with") == 1
    await house.disconnect()
    assert "backlog" not in await house.connect()


async def test_not_backwards(house: House, hass: HomeAssistant) -> None:
    """What a board has kept shows at its return where it is newer, and only there."""
    await house.live(5, temp=20, energy=1, note="a")
    await house.live(60, temp=21)
    await house.disconnect()
    await house.wait(200)
    await house.connect()
    await house.hand_over(
        (30, {"temp": 99, "energy": 98}), (100, {"energy": 2}), (110, {"note": "b"})
    )
    await house.live(205)
    assert state(hass, ENERGY) == "2"
    assert state(hass, "sensor.kitchen_note") == "b"
    # Nothing of it came since.
    assert state(hass, TEMPERATURE) == "unavailable"
    await house.wait(216)
    assert state(hass, TEMPERATURE) == "21"


async def test_board_comes_back(house: House, hass: HomeAssistant) -> None:
    """Neither hello nor a description shows the values of before, not for a moment."""
    await house.live(5, temp=20, door=True)
    await house.disconnect()
    await house.wait(60)
    seen: list[tuple[str, str]] = []

    @callback
    def _changed(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and event.data["entity_id"] in (TEMPERATURE, DOOR):
            seen.append((event.data["entity_id"], new.state))

    hass.bus.async_listen(EVENT_STATE_CHANGED, _changed)
    await house.connect()
    assert state(hass, "binary_sensor.kitchen_connectivity") == "on"
    await house.live(65)
    await hass.async_block_till_done()
    seen.clear()

    await house.disconnect()
    await house.wait(125)
    seen.clear()
    await house.connect()
    assert house.board is not None
    await house.board.send(channels())
    await house.live(130, temp=22, door=False)
    assert sorted(seen) == [(DOOR, "off"), (TEMPERATURE, "22")]


async def test_board_without_readings(house: House, hass: HomeAssistant) -> None:
    """One that only introduces itself is there after a while."""
    await house.live(5, temp=20)
    await house.disconnect()
    await house.wait(100)
    await house.connect()
    await house.wait(109)
    assert state(hass, TEMPERATURE) == "unavailable"
    # What it has kept takes its time.
    await house.hand_over((50, {"temp": 21}))
    await house.wait(118)
    assert state(hass, TEMPERATURE) == "unavailable"
    await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "unavailable"
    await house.wait(130)
    assert state(hass, TEMPERATURE) == "21"
    # An event says that it is there, but nothing of what its channels are at.
    await house.disconnect()
    await house.wait(200)
    await house.connect()
    assert state(hass, TEMPERATURE) == "unavailable"
    assert house.board is not None
    await house.board.send({"type": "event", "key": "bell"})
    assert state(hass, TEMPERATURE) == "unavailable"
    await house.wait(211)
    assert state(hass, TEMPERATURE) == "21"
    # It did not come back to be forgotten again.
    await house.disconnect()
    await house.wait(300)
    await house.connect()
    await house.disconnect()
    await house.wait(330)
    assert state(hass, TEMPERATURE) == "unavailable"


async def test_history_api(
    house: House, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """A person's browser gets it in order, like everything else."""
    websocket_api.async_setup(hass)
    await house.live(5, temp=20)
    await house.live(10, temp=21)
    await house.wait(300)
    await house.hand_over((100, {"temp": 30}), (7, {"temp": 29}), (15, {"temp": 20}))
    await async_wait_recording_done(hass)
    socket = await hass_ws_client()
    await socket.send_json_auto_id(
        {
            "type": "history/history_during_period",
            "start_time": house.begin.isoformat(),
            "end_time": house.at(400).isoformat(),
            "entity_ids": [TEMPERATURE],
            "include_start_time_state": False,
            "minimal_response": True,
            "no_attributes": True,
        }
    )
    found = (await socket.receive_json())["result"][TEMPERATURE]
    begin = house.begin.timestamp()
    assert [
        (round(row["lu"] - begin, 3), row["s"]) for row in found if row["lu"] > begin
    ] == [
        (5, "20"),
        (7, "29"),
        (10, "21"),
        (15, "20"),
        (100, "30"),
    ]
    await socket.send_json_auto_id(
        {
            "type": "recorder/statistics_during_period",
            "start_time": house.begin.isoformat(),
            "statistic_ids": [TEMPERATURE],
            "period": "5minute",
            "types": ["min", "max"],
        }
    )
    (row,) = (await socket.receive_json())["result"][TEMPERATURE]
    assert (row["min"], row["max"]) == (20, 30)


async def test_reports(house: House, hass: HomeAssistant) -> None:
    """System information and diagnostics say how it goes."""
    assert await async_setup_component(hass, "system_health", {})
    await house.hand_over(batch="b-1")
    info = await get_system_health_info(hass, "arduino_sensor")
    assert info["history"] == "states and statistics"
    report = await async_get_config_entry_diagnostics(hass, house.entry)
    assert report["history"] == {
        "written_as": "states and statistics",
        "batches": 1,
        "waiting": 0,
    }


@pytest.mark.parametrize(
    "entry",
    [token_entry(channels={"temp": "number"}, options={CONF_PUBLISH_INTERVAL: 1})],
)
async def test_extremes_stay(house: House) -> None:
    """Statistics that are made again still have what was received and not shown."""
    await house.live(5, temp=20)
    await house.live(5.2, temp=99)
    await house.live(5.4, temp=20)
    await house.wait(320)
    await house.hand_over((100, {"temp": 30}))
    assert "99" not in dict(await house.states(TEMPERATURE)).values()
    found = (await house.statistics(TEMPERATURE))[0]
    assert (found["min"], found["max"]) == (20, 99)


async def test_older_than_all(house: House, hass: HomeAssistant) -> None:
    """What is older than all that the recorder has is known as well."""
    await house.live(5, temp=20)
    await house.hand_over((-5000, {"temp": 1}))
    found = await get_instance(hass).async_add_executor_job(
        get_significant_states, hass, house.at(-1000), house.at(-900), [TEMPERATURE]
    )
    (first,) = found[TEMPERATURE]
    assert isinstance(first, State) and first.state == "1"
