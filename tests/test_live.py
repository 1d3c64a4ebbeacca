"""A board's numbers as they come, for whoever watches."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
import json
import time
from typing import Any

from aiohttp.http_websocket import WebSocketWriter
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.arduino_sensor import live
from custom_components.arduino_sensor.board import Board
from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_PUBLISH_INTERVAL,
    DOMAIN,
)
from homeassistant.components.websocket_api import const as api
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .common import Sketch, add, channels, disconnect, obey, state, token_entry

COMMAND = "arduino_sensor/subscribe"
TEMPERATURE = "sensor.kitchen_temperature"

TEMP = {
    "key": "temp",
    "name": "Temperature",
    "unit": "°C",
    "entity_id": TEMPERATURE,
}


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a board's device."""
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


class Viewer:
    """Somebody who watches a board."""

    def __init__(self, socket: MockHAClientWebSocket, message_id: int) -> None:
        """Take a subscription that was made."""
        self.socket = socket
        self.id = message_id

    async def next(self) -> dict[str, Any]:
        """Return the next event."""
        async with asyncio.timeout(5):
            message = await self.socket.receive_json()
        assert (message["id"], message["type"]) == (self.id, "event"), message
        event: dict[str, Any] = message["event"]
        return event

    async def until(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the first event for which something holds."""
        while not wanted(event := await self.next()):
            pass
        return event

    async def rows(self, count: int) -> list[list[Any]]:
        """Return so many rows, from as many messages as it takes."""
        rows: list[list[Any]] = []
        while len(rows) < count:
            rows += (await self.next()).get("rows", [])
        return rows

    async def nothing(self) -> None:
        """Make sure that nothing comes."""
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(4 * live.INTERVAL):
                pytest.fail(str(await self.socket.receive_json()))


type Watch = Callable[..., Awaitable[Viewer]]


@pytest.fixture
def watch(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Watch:
    """Return what begins to watch a board."""

    async def _watch(
        entry: MockConfigEntry, socket: MockHAClientWebSocket | None = None
    ) -> Viewer:
        socket = socket or await hass_ws_client(hass)
        await socket.send_json_auto_id(
            {"type": COMMAND, "device_id": device_of(hass, entry)}
        )
        answer = await socket.receive_json()
        assert answer["success"], answer
        assert answer["result"] is None
        return Viewer(socket, answer["id"])

    return _watch


class Gate:
    """What keeps in Home Assistant all that it sends, while it is shut."""

    def __init__(self) -> None:
        """Begin open."""
        self.open = asyncio.Event()
        self.open.set()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Be shut meanwhile."""
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Return what can stop all that is sent."""
    gate = Gate()
    send = WebSocketWriter.send_frame

    async def _send(self: WebSocketWriter, *args: Any, **kwargs: Any) -> None:
        await gate.open.wait()
        await send(self, *args, **kwargs)

    monkeypatch.setattr(WebSocketWriter, "send_frame", _send)
    return gate


def _board(entry: MockConfigEntry) -> Board:
    board: Board = entry.runtime_data
    return board


def _receive(entry: MockConfigEntry, reading: object) -> None:
    _board(entry).receive(json.dumps(reading).encode())


async def _ask(socket: MockHAClientWebSocket, device_id: object) -> dict[str, Any]:
    """Ask for what is refused; return the error."""
    await socket.send_json_auto_id({"type": COMMAND, "device_id": device_id})
    answer = await socket.receive_json()
    assert not answer["success"]
    error: dict[str, Any] = answer["error"]
    return error


# What is sent.


async def test_each_reading_is_a_row(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """First come the channels, then the readings, with the time of each."""
    await board.send({"temp": 20, "door": True, "hum": 50})
    before = time.time()
    viewer = await watch(entry)
    first = await viewer.next()
    assert first["state"] == "available"
    assert first["channels"] == [
        TEMP,
        {
            "key": "hum",
            "name": "Humidity",
            "unit": "%",
            "entity_id": "sensor.kitchen_humidity",
        },
    ]
    assert before - 1 <= first["start"] <= time.time()
    await board.send({"temp": 20.5, "door": False, "hum": 51})
    await asyncio.sleep(0.1)
    await board.send({"temp": 21.5, "door": False, "hum": 52})
    (early, *one), (late, *two) = await viewer.rows(2)
    assert (one, two) == ([20.5, 51], [21.5, 52])
    assert 90 <= late - early <= 1000
    assert before <= first["start"] + late / 1000 <= time.time() + 0.01


async def test_full_rate(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """Every reading is sent, whatever is published, in few messages."""
    hass.config_entries.async_update_entry(entry, options={CONF_PUBLISH_INTERVAL: 60})
    await hass.config_entries.async_reload(entry.entry_id)
    await board.send({"temp": 0})
    viewer = await watch(entry)
    await viewer.next()
    for number in range(1, 101):
        _receive(entry, {"temp": number})
    event = await viewer.next()
    assert [row[1] for row in event["rows"]] == list(range(1, 101))
    # Nothing changed for all others, or it is shown in a minute.
    assert state(hass, TEMPERATURE) == "0"


async def test_messages_are_batched(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """There is a message every 50 ms at most."""
    await board.send({"temp": 0})
    viewer = await watch(entry)
    await viewer.next()
    began = time.monotonic()
    for number in range(100):
        _receive(entry, {"temp": number})
        await asyncio.sleep(0.005)
    sent, rows = 0, list[list[Any]]()
    while len(rows) < 100:
        rows += (await viewer.next())["rows"]
        sent += 1
    assert 2 <= sent <= (time.monotonic() - began) / live.INTERVAL + 1
    assert [row[1] for row in rows] == list(range(100))


async def test_what_is_not_in_a_reading(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """An unknown value is null; what was not sent, or was refused, is false."""
    await board.send({"temp": 20, "hum": 50})
    viewer = await watch(entry)
    await viewer.next()
    await board.send({"temp": None})
    await board.send('{"temp":nan,"hum":51}')
    await board.send({"temp": True, "hum": 52})
    await board.send({"temp": "warm", "hum": [1]})
    await board.send({"temp": 1, "hum": 53})
    assert [row[1:] for row in await viewer.rows(4)] == [
        [None, False],
        [None, 51],
        [False, 52],
        [1, 53],
    ]


async def test_values_are_as_they_are_shown(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """They are corrected, and in the unit that a person has chosen."""
    options = {CONF_CALIBRATION: {"temp": {"offset": 1, "factor": 2}}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_reload(entry.entry_id)
    await board.send({"temp": 9.5})
    viewer = await watch(entry)
    await viewer.next()
    await board.send({"temp": 12})
    assert [row[1:] for row in await viewer.rows(1)] == [[25]]
    assert state(hass, TEMPERATURE) == "25.0"

    er.async_get(hass).async_update_entity_options(
        TEMPERATURE, "sensor", {"unit_of_measurement": "°F"}
    )
    event = await viewer.next()
    assert event["channels"] == [{**TEMP, "unit": "°F"}]
    assert "state" not in event
    await board.send({"temp": 12})
    [[_, value]] = await viewer.rows(1)
    assert value == pytest.approx(77)
    assert state(hass, TEMPERATURE) == "77.0"


async def test_value_without_equivalent(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """What cannot be told in the chosen unit is unknown."""
    item = {
        "key": "use",
        "kind": "sensor",
        "device_class": "energy_distance",
        "unit": "kWh/100km",
    }
    await board.send(channels(item))
    await board.send({"use": 20})
    er.async_get(hass).async_update_entity_options(
        "sensor.kitchen_use", "sensor", {"unit_of_measurement": "km/kWh"}
    )
    await hass.async_block_till_done()
    viewer = await watch(entry)
    assert (await viewer.next())["channels"][0]["unit"] == "km/kWh"
    await board.send({"use": 20})
    await board.send({"use": 0})
    (_, one), (_, other) = await viewer.rows(2)
    assert one == pytest.approx(5)
    assert other is None


async def test_new_channels(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """The channels are sent anew when there is one more, or one has another name."""
    viewer = await watch(entry)
    assert (await viewer.next())["channels"] == []
    await board.send({"temp": 20})
    assert (await viewer.until(lambda event: "channels" in event))["channels"] == [TEMP]
    await board.send({"temp": 21, "hum": 50})
    # That reading is still as the channels were.
    event = await viewer.next()
    assert [row[1:] for row in event["rows"]] == [[21]]
    if "channels" not in event:
        event = await viewer.until(lambda event: "channels" in event)
    assert [one["key"] for one in event["channels"]] == ["temp", "hum"]
    await board.send({"temp": 22, "hum": 51})
    assert [row[1:] for row in await viewer.rows(1)] == [[22, 51]]

    er.async_get(hass).async_update_entity(TEMPERATURE, name="Oven")
    assert (await viewer.next())["channels"][0] == {**TEMP, "name": "Oven"}
    er.async_get(hass).async_update_entity(
        TEMPERATURE, disabled_by=er.RegistryEntryDisabler.USER
    )
    assert [one["key"] for one in (await viewer.next())["channels"]] == ["hum"]
    er.async_get(hass).async_remove("sensor.kitchen_humidity")
    assert (await viewer.next())["channels"] == []


async def test_other_entities_are_no_news(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """Nothing is sent when nothing of the channels has changed."""
    await board.send({"temp": 20})
    viewer = await watch(entry)
    await viewer.next()
    registry = er.async_get(hass)
    registry.async_update_entity("binary_sensor.kitchen_connectivity", name="There")
    other = registry.async_get_or_create("sensor", "test", "other")
    registry.async_update_entity(other.entity_id, name="Another")
    await board.send({"door": True})
    await viewer.nothing()


async def test_what_the_board_confirms(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, watch: Watch
) -> None:
    """A number that was set is sent as well: a board need not repeat it."""
    await board.send(channels({"key": "goal", "kind": "number"}))
    await board.send({"goal": 20})
    viewer = await watch(entry)
    await viewer.next()
    action = hass.async_create_task(
        hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": "number.kitchen_goal", "value": 30},
            blocking=True,
        )
    )
    await obey(board)
    await action
    assert [row[1:] for row in await viewer.rows(1)] == [[30]]


# Whoever is slow.


async def test_slow_client(
    hass: HomeAssistant,
    gate: Gate,
    board: Sketch,
    entry: MockConfigEntry,
    watch: Watch,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For one who takes nothing little is kept; he is told how much was dropped."""
    monkeypatch.setattr(live, "INTERVAL", 0.001)
    await board.send({"temp": 0})
    slow, fast = await watch(entry), await watch(entry)
    await slow.next()
    await fast.next()
    watchers = list(_board(entry).live._watchers.values())  # type: ignore[union-attr]
    assert len(watchers) == 2
    with gate.shut():
        for number in range(10_000):
            _receive(entry, {"temp": number})
            if number % 50 == 0:
                await asyncio.sleep(0.002)
            for watcher in watchers:
                assert len(watcher.rows) <= live.MAX_ROWS
                assert live._waiting(watcher.connection) <= live.MAX_WAITING
        assert all(
            live._waiting(watcher.connection) == live.MAX_WAITING
            for watcher in watchers
        )
    for viewer in (slow, fast):
        rows: list[list[Any]] = []
        dropped = 0
        while not rows or rows[-1][1] != 9_999:
            event = await viewer.next()
            rows += event.get("rows", [])
            dropped += event.get("dropped", 0)
        values = [row[1] for row in rows]
        assert values == sorted(values)
        assert len(values) + dropped == 10_000
        # What is left is from all of that time.
        gaps = [b - a for a, b in pairwise(values)]
        assert 1 < max(gaps) <= 64
    # From here on, all is as before.
    _receive(entry, {"temp": -1})
    assert [row[1] for row in await slow.rows(1)] == [-1]
    assert "unable to keep up" not in caplog.text


async def test_messages_of_others_count(
    hass: HomeAssistant,
    gate: Gate,
    board: Sketch,
    entry: MockConfigEntry,
    watch: Watch,
) -> None:
    """Whatever waits for a client, ours does not get it disconnected."""
    await board.send({"temp": 0})
    viewer = await watch(entry)
    await viewer.next()
    [watcher] = _board(entry).live._watchers.values()  # type: ignore[union-attr]
    with gate.shut():
        for _ in range(live.MAX_WAITING + 1):
            watcher.connection.send_result(0)
        _receive(entry, {"temp": 1})
        await asyncio.sleep(3 * live.INTERVAL)
        assert watcher.rows
    while (message := await viewer.socket.receive_json())["type"] == "result":
        pass
    assert [row[1] for row in message["event"]["rows"]] == [1]


def test_limits() -> None:
    """Ours are far below those at which Home Assistant closes a connection."""
    assert min(api.PENDING_MSG_PEAK, api.MAX_PENDING_MSG) > 10 * live.MAX_WAITING


async def test_rows_of_other_channels_are_dropped(
    hass: HomeAssistant,
    gate: Gate,
    board: Sketch,
    entry: MockConfigEntry,
    watch: Watch,
) -> None:
    """Rows that could not be sent before the channels changed are counted."""
    await board.send({"temp": 0})
    viewer = await watch(entry)
    await viewer.next()
    [watcher] = _board(entry).live._watchers.values()  # type: ignore[union-attr]
    with gate.shut():
        for _ in range(live.MAX_WAITING + 2):
            watcher.connection.send_result(0)
        for number in range(5):
            _receive(entry, {"temp": number})
        er.async_get(hass).async_update_entity(TEMPERATURE, name="Oven")
        await asyncio.sleep(3 * live.INTERVAL)
    while (message := await viewer.socket.receive_json())["type"] == "result":
        pass
    event = message["event"]
    assert event["dropped"] == 5
    assert "rows" not in event
    assert event["channels"][0]["name"] == "Oven"


async def test_other_news_drop_nothing(
    hass: HomeAssistant,
    gate: Gate,
    board: Sketch,
    entry: MockConfigEntry,
    watch: Watch,
) -> None:
    """Rows go on to wait when something else about the board has changed."""
    await board.send({"temp": 0})
    viewer = await watch(entry)
    await viewer.next()
    [watcher] = _board(entry).live._watchers.values()  # type: ignore[union-attr]
    with gate.shut():
        for _ in range(live.MAX_WAITING + 2):
            watcher.connection.send_result(0)
        _receive(entry, {"temp": 1})
        er.async_get(hass).async_update_entity(
            "binary_sensor.kitchen_connectivity", name="There"
        )
        await asyncio.sleep(3 * live.INTERVAL)
    while (message := await viewer.socket.receive_json())["type"] == "result":
        pass
    assert [row[1:] for row in message["event"]["rows"]] == [[1]]
    assert "dropped" not in message["event"]


# Who may watch what.


@pytest.mark.parametrize("device_id", ["no-such-device", ""])
async def test_unknown_board(
    hass: HomeAssistant,
    board: Sketch,
    hass_ws_client: WebSocketGenerator,
    device_id: str,
) -> None:
    """A board that does not exist is refused, in words."""
    error = await _ask(await hass_ws_client(hass), device_id)
    assert error["code"] == "not_found"
    assert error["message"] == "There is no such board"
    assert error["translation_domain"] == DOMAIN
    assert error["translation_key"] == "no_such_board"


async def test_device_of_others(
    hass: HomeAssistant, board: Sketch, hass_ws_client: WebSocketGenerator
) -> None:
    """A device that is no board is no board."""
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("test", "1")}
    )
    error = await _ask(await hass_ws_client(hass), device.id)
    assert error["code"] == "not_found"


async def test_malformed(
    hass: HomeAssistant, board: Sketch, hass_ws_client: WebSocketGenerator
) -> None:
    """What is no id at all is refused as Home Assistant does."""
    error = await _ask(await hass_ws_client(hass), 7)
    assert error["code"] == "invalid_format"


async def test_not_loaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A board that is not set up cannot be watched."""
    device_id = device_of(hass, entry)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    error = await _ask(await hass_ws_client(hass), device_id)
    assert error["code"] == "not_loaded"
    assert error["message"] == "Kitchen is not set up at the moment"
    assert error["translation_key"] == "board_not_loaded"
    assert error["translation_placeholders"] == {"board": "Kitchen"}


@pytest.mark.parametrize(
    ("policy", "keys"),
    [
        ({}, None),
        ({"entities": {"entity_ids": {"sensor.other": True}}}, None),
        ({"entities": {"entity_ids": {TEMPERATURE: {"control": True}}}}, None),
        ({"entities": {"entity_ids": {TEMPERATURE: {"read": True}}}}, ["temp"]),
        (
            {"entities": {"entity_ids": {"binary_sensor.kitchen_connectivity": True}}},
            [],
        ),
        ({"entities": {"all": {"read": True}}}, ["hum", "temp"]),
    ],
)
async def test_permission(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    watch: Watch,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    policy: dict[str, Any],
    keys: list[str] | None,
) -> None:
    """A user sees what he may read, and is refused if that is nothing."""
    await board.send({"hum": 50, "temp": 20})
    socket = await hass_ws_client(hass)
    hass_admin_user.groups = []
    hass_admin_user.mock_policy(policy)
    if keys is None:
        error = await _ask(socket, device_of(hass, entry))
        assert error["code"] == "unauthorized"
        return
    viewer = await watch(entry, socket)
    assert [one["key"] for one in (await viewer.next())["channels"]] == keys
    await board.send({"hum": 51, "temp": 21})
    if keys:
        values = {"hum": 51, "temp": 21}
        [row] = await viewer.rows(1)
        assert row[1:] == [values[key] for key in keys]


# What goes on meanwhile.


async def test_board_is_away(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    watch: Watch,
    connect_token: Callable[[], Awaitable[Sketch]],
) -> None:
    """It is said when the board is away, and when it is back."""
    hass.config_entries.async_update_entry(entry, options={"grace": 0})
    await hass.config_entries.async_reload(entry.entry_id)
    await board.send({"temp": 20})
    viewer = await watch(entry)
    assert (await viewer.next())["state"] == "available"
    await disconnect(hass, board)
    assert await viewer.next() == {"state": "away"}
    board = await connect_token()
    await board.send({"temp": 21})
    event = await viewer.next()
    assert event["state"] == "available"
    assert [row[1] for row in event["rows"]] == [21]


async def test_unload(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """It is said when the entry is not set up any more."""
    await board.send({"temp": 20})
    viewer = await watch(entry)
    await viewer.next()
    await hass.config_entries.async_unload(entry.entry_id)
    assert await viewer.next() == {"state": "not_loaded"}
    # The connection is kept meanwhile, and what comes over it.
    await board.send({"temp": 21})
    await viewer.nothing()


async def test_reload(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """It goes on when the entry is set up anew, with the same channels and times."""
    await board.send({"temp": 20})
    viewer = await watch(entry)
    assert "start" in await viewer.next()
    before = _board(entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert before.live is None
    # The connection is kept meanwhile, and what comes over it.
    await board.send({"temp": 21})
    await hass.config_entries.async_setup(entry.entry_id)
    assert _board(entry) is not before
    await board.send({"temp": 22})
    events = [await viewer.next()]
    while events[-1].get("rows", [[0, 0]])[-1][1] != 22:
        events.append(await viewer.next())
    assert [row[1] for event in events for row in event.get("rows", [])] == [21, 22]
    assert not [event for event in events if "channels" in event]


async def test_removed(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """It ends with the entry, and says so."""
    await board.send({"temp": 20})
    viewer = await watch(entry)
    await viewer.next()
    await hass.config_entries.async_remove(entry.entry_id)
    event = await viewer.until(lambda event: event["state"] != "not_loaded")
    assert event == {"state": "removed"}
    await viewer.nothing()
    assert hass.data[live._FEEDS] == {}
    # Ending it once more does no harm.
    await viewer.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": viewer.id}
    )
    assert (await viewer.socket.receive_json())["success"]


async def test_costs_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """There is no feed before the first and after the last who watches."""
    await board.send({"temp": 20})
    assert _board(entry).live is None
    one, other = await watch(entry), await watch(entry)
    listeners = hass.bus.async_listeners()
    feed = _board(entry).live
    assert feed is not None
    await one.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": one.id}
    )
    await other.next()
    _receive(entry, {"temp": 21})
    assert [row[1] for row in await other.rows(1)] == [21]
    _receive(entry, {"temp": 22})
    # A connection that is closed is the end as well.
    await other.socket.close()
    await hass.async_block_till_done()
    assert _board(entry).live is None
    assert hass.data[live._FEEDS] == {}
    assert feed._timer is None
    event = er.EVENT_ENTITY_REGISTRY_UPDATED
    assert hass.bus.async_listeners()[event] == listeners[event] - 1


async def test_two_boards(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, watch: Watch
) -> None:
    """One sees the board that one has asked for."""
    other = await add(hass, token_entry("b" * 32, title="Shed"))
    await board.send({"temp": 20})
    viewer = await watch(other)
    assert await viewer.next() == {
        "start": pytest.approx(time.time(), abs=5),
        "channels": [],
        "state": "away",
    }
    await board.send({"temp": 21})
    await viewer.nothing()
