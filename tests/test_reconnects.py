"""How often a board had to connect again in the last 24 hours, and why it has started."""

import asyncio
from pathlib import Path
import re
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
    mock_restore_cache_with_extra_data,
)

from custom_components.arduino_sensor.const import CONF_ABOUT
from custom_components.arduino_sensor.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.arduino_sensor.hello import RESETS
from custom_components.arduino_sensor.reconnects import BUCKET, DAY, HOUR, Reconnects
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    EVENT_STATE_REPORTED,
    STATE_UNKNOWN,
)
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, restore_state as rs
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    Sketch,
    add,
    attributes,
    disconnect,
    pass_time,
    state,
    token_entry,
    wait_until,
)
from .serial_cable import Cable, hurry, is_open, serial_entry

RECONNECTS: Final = "sensor.kitchen_reconnects_in_the_last_24_hours"
TEMPERATURE: Final = "sensor.kitchen_temperature"
CONNECTION: Final = "binary_sensor.kitchen_connectivity"
RESET: Final = "sensor.kitchen_last_reset_reason"
FIRMWARE: Final = Path(__file__).parents[1] / "firmware" / "src" / "sensorboard"


# Counting. A bucket begins at 0.


def test_no_reconnects() -> None:
    """There are none at first, and nothing to wait for."""
    reconnects = Reconnects()
    assert reconnects.count(1000.0) == 0
    assert reconnects.next_change(1000.0) is None
    assert reconnects.as_stored() == []


def test_they_are_forgotten_after_a_day() -> None:
    """Each counts for a day, or up to half an hour less."""
    reconnects = Reconnects()
    for at in (10.0, 20.0, BUCKET - 0.1, BUCKET, 5 * HOUR):
        reconnects.note(at)
    assert reconnects.count(5.0 * HOUR) == 5
    assert reconnects.next_change(5.0 * HOUR) == DAY
    assert reconnects.count(DAY - 0.1) == 5
    assert reconnects.count(DAY) == 2
    assert reconnects.next_change(DAY) == DAY + BUCKET
    assert reconnects.count(DAY + BUCKET) == 1
    assert reconnects.count(DAY + 5 * HOUR - 1) == 1
    assert reconnects.count(DAY + 5 * HOUR) == 0


def test_there_is_a_bound() -> None:
    """A board that never stops connecting takes no more than a day's room."""
    reconnects = Reconnects()
    for at in range(0, 3 * DAY, 60):
        reconnects.note(float(at))
        assert len(reconnects.as_stored()) <= DAY // BUCKET
    assert reconnects.count(3.0 * DAY) <= DAY // 60


def test_wrong_clock() -> None:
    """What was counted under a clock that was ahead does not stay for ever."""
    reconnects = Reconnects()
    reconnects.note(1000.0 * DAY)
    assert reconnects.count(2.0 * DAY) == 0
    assert reconnects.next_change(2.0 * DAY) is None
    reconnects.note(2.0 * DAY)
    assert reconnects.count(2.0 * DAY) == 1


def test_recall() -> None:
    """What was kept counts on, beside what came since, and only once."""
    before = Reconnects()
    for at in (0.0, 10.0 * HOUR, 10.0 * HOUR):
        before.note(at)
    after = Reconnects()
    after.note(10.0 * HOUR + 60)
    after.recall(before.as_stored(), DAY + 1.0)
    assert after.count(DAY + 1.0) == 3
    after.recall(before.as_stored(), DAY + 1.0)
    assert after.count(DAY + 1.0) == 3


@pytest.mark.parametrize(
    "stored",
    [
        None,
        5,
        "12",
        {},
        [None, 5, [], [1], ["1", 1], [1, "1"], [1, 2, 3], [1.0, 1], [1, -1], [1, 0]],
        [[1, 10**9]],
        # Of the future.
        [[10**9, 1]],
    ],
)
def test_recall_of_nonsense(stored: object) -> None:
    """What nobody has counted does not count."""
    reconnects = Reconnects()
    reconnects.recall(stored, 1.0 * HOUR)
    assert reconnects.count(1.0 * HOUR) == 0
    assert reconnects.recalled


# The sensor.


async def reconnect(hass: HomeAssistant, board: Sketch, connect: Connect) -> Sketch:
    """Have a board connect again."""
    await disconnect(hass, board)
    again = await connect()
    await again.send({"temp": 1})
    return again


async def test_sensor(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    client: Any,
    connect_token: Connect,
) -> None:
    """Each new connection but the first counts, and comes down again by itself."""
    freezer.move_to("2026-11-21 12:10:00+00:00")
    await add(hass, token_entry())
    assert state(hass, RECONNECTS) == "0"
    assert attributes(hass, RECONNECTS) == {
        "state_class": "measurement",
        "friendly_name": "Kitchen Reconnects in the last 24 hours",
    }
    registry = er.async_get(hass)
    entity = registry.async_get(RECONNECTS)
    assert entity is not None
    assert entity.entity_category == "diagnostic"
    assert entity.options["sensor"] == {"suggested_display_precision": 0}

    board = await connect_token()
    await board.send({"temp": 1})
    assert state(hass, RECONNECTS) == "0"
    board = await reconnect(hass, board, connect_token)
    assert state(hass, RECONNECTS) == "1"
    await pass_time(hass, freezer, 3000)  # 13:00
    board = await reconnect(hass, board, connect_token)
    # A connection that was lost unnoticed has ended all the same.
    board = await connect_token()
    await board.send({"temp": 1})
    assert state(hass, RECONNECTS) == "3"
    await pass_time(hass, freezer, 23 * 3600 - 60)  # 11:59
    assert state(hass, RECONNECTS) == "3"
    await pass_time(hass, freezer, 61)
    assert state(hass, RECONNECTS) == "2"
    await pass_time(hass, freezer, 3600)
    assert state(hass, RECONNECTS) == "0"


async def test_sensor_is_written_when_it_changes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    board: Sketch,
    connect_token: Connect,
) -> None:
    """Readings, and a connection that goes, are no news of it."""
    reported: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        reported.append(event.data["entity_id"])

    @callback
    def is_it(data: Any) -> bool:
        return bool(data["entity_id"] == RECONNECTS)

    hass.bus.async_listen(EVENT_STATE_REPORTED, note, is_it)
    for _ in range(5):
        await board.send({"temp": 1})
        await pass_time(hass, freezer, 70)
    await reconnect(hass, board, connect_token)
    assert state(hass, RECONNECTS) == "1"
    assert reported == []


async def test_entry_is_set_up_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    board: Sketch,
    connect_token: Connect,
) -> None:
    """That is no reconnect, and the count goes on."""
    freezer.move_to("2026-11-21 12:10:00+00:00")
    board = await reconnect(hass, board, connect_token)
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        await board.send({"temp": 1})
        assert state(hass, RECONNECTS) == "1"
    board = await reconnect(hass, board, connect_token)
    assert state(hass, RECONNECTS) == "2"
    # Meanwhile it was another board's time: the timer is of the new one.
    await pass_time(hass, freezer, 24 * 3600)
    assert state(hass, RECONNECTS) == "0"


async def test_entry_was_disabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    connect_token: Connect,
) -> None:
    """What a person does to a board's entry is no reconnect of the board."""
    await reconnect(hass, board, connect_token)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert state(hass, RECONNECTS) == "1"
    board = await connect_token()
    await board.send({"temp": 1})
    assert state(hass, RECONNECTS) == "1"


async def test_home_assistant_is_started_again(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    board: Sketch,
    connect_token: Connect,
) -> None:
    """Its own restart does not count, and what was before it still does."""
    freezer.move_to("2026-11-21 12:10:00+00:00")
    await board.send({"type": "hello", "reset": "panic"})
    board = await reconnect(hass, board, connect_token)
    board = await reconnect(hass, board, connect_token)
    await rs.async_get(hass).async_dump_states()
    freezer.tick(3600)
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
            assert state(again, RECONNECTS) == "2"
            # Why it has started is known before it is back, too.
            assert state(again, RESET) == "panic"
            await pass_time(again, freezer, 24 * 3600)
            assert state(again, RECONNECTS) == "0"
        finally:
            await again.async_stop(force=True)


async def test_first_connection_after_a_start(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    client: Any,
    connect_token: Connect,
) -> None:
    """It was Home Assistant that was away."""
    freezer.move_to("2026-11-21 12:10:00+00:00")
    bucket = int(dt_util.utcnow().timestamp() // BUCKET)
    mock_restore_cache_with_extra_data(
        hass,
        [(State(RECONNECTS, "4"), {"counts": [[bucket - 5, 3], [bucket - 99, 1]]})],
    )
    await add(hass, token_entry())
    assert state(hass, RECONNECTS) == "3"
    board = await connect_token()
    await board.send({"temp": 1})
    assert state(hass, RECONNECTS) == "3"
    await reconnect(hass, board, connect_token)
    assert state(hass, RECONNECTS) == "4"


async def test_boards_that_sleep_have_none(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
    connect_token: Connect,
) -> None:
    """They connect each time they wake, and are meant to."""
    assert state(hass, RECONNECTS) == "0"
    await board.send({"type": "hello", "sleeps": True})
    assert hass.states.get(RECONNECTS) is None
    assert er.async_get(hass).async_get(RECONNECTS) is None
    for _ in range(3):
        board = await reconnect(hass, board, connect_token)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(RECONNECTS) is None
    # Another sketch, which does not.
    await board.send({"type": "hello"})
    await hass.async_block_till_done()
    assert state(hass, RECONNECTS) == "0"
    board = await reconnect(hass, board, connect_token)
    assert state(hass, RECONNECTS) == "1"
    await board.send({"type": "hello", "sleeps": True})
    assert hass.states.get(RECONNECTS) is None
    # And back: the count was kept.
    await board.send({"type": "hello"})
    await hass.async_block_till_done()
    assert state(hass, RECONNECTS) == "1"


async def test_unplugged(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plug that is pulled and put back counts."""
    hurry(monkeypatch)
    await add(hass, serial_entry(cable.port, title="Kitchen"))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await wait_until(hass, lambda: state(hass, TEMPERATURE) == "1")
    assert state(hass, RECONNECTS) == "0"
    cable.unplug()
    await wait_until(hass, lambda: state(hass, CONNECTION) == "off")
    cable.plug()
    await is_open(hass, cable)
    await wait_until(hass, lambda: state(hass, CONNECTION) == "on")
    assert state(hass, RECONNECTS) == "1"


async def test_port_without_a_board(
    hass: HomeAssistant,
    socket_enabled: None,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Home Assistant opens a silent port in the network again and again: that is one."""
    hurry(monkeypatch, 0.01)
    opened = 0
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        if opened == 1:
            writer.write(b'\n{"temp":1}\n')
        await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    entry = await add(
        hass,
        serial_entry(
            f"socket://127.0.0.1:{port}", title="Kitchen", options={"silence": 0.1}
        ),
    )
    await wait_until(hass, lambda: opened >= 4)
    assert entry.runtime_data.link.connects >= 3
    assert state(hass, RECONNECTS) == "1"
    over.set()
    server.close()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()


# Why it has started.


async def test_reset_reason(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: Sketch,
) -> None:
    """The sensor is there as soon as a board says why it has started, and stays."""
    await board.send({"type": "hello", "model": "Uno"})
    assert hass.states.get(RESET) is None
    await board.send({"type": "hello", "reset": "brownout"})
    await hass.async_block_till_done()
    assert state(hass, RESET) == "brownout"
    found = attributes(hass, RESET)
    assert found["options"] == [*RESETS]
    assert found["device_class"] == "enum"
    entity = er.async_get(hass).async_get(RESET)
    assert entity is not None
    assert entity.entity_category == "diagnostic"
    await board.send({"type": "hello", "reset": "software"})
    assert state(hass, RESET) == "software"
    # A chip that cannot tell this time: what was before is not the last reason.
    for _ in range(2):
        await board.send({"type": "hello"})
        assert state(hass, RESET) == STATE_UNKNOWN
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert state(hass, RESET) == STATE_UNKNOWN


async def test_reset_reason_without_a_change_is_not_kept_again(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch
) -> None:
    """Nothing is written to the disk for a board that starts for the same reason."""
    await board.send({"type": "hello", "reset": "watchdog"})
    modified = entry.modified_at
    await board.send({"type": "hello", "reset": "watchdog"})
    assert entry.modified_at == modified
    assert entry.data[CONF_ABOUT] == {"reset": "watchdog"}


async def test_reset_reason_that_nobody_knows(
    hass: HomeAssistant, board: Sketch
) -> None:
    """It is refused by name, and the rest of the hello counts."""
    (error, welcome) = await board.send(
        {"type": "hello", "model": "ESP32", "reset": "poweron"}
    )
    assert (error["code"], error["field"]) == ("invalid_hello", "reset")
    assert "power_on, external" in error["message"]
    assert "'poweron'" in error["message"]
    assert welcome["type"] == "welcome"
    assert hass.states.get(RESET) is None


async def test_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry, board: Sketch, connect_token: Connect
) -> None:
    """Both are in a bug report."""
    await board.send({"type": "hello", "reset": "panic"})
    await reconnect(hass, board, connect_token)
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert report["link"]["reconnects_in_24_hours"] == 1
    assert report["entry"][CONF_ABOUT] == {"reset": "panic"}


def test_the_library_says_what_is_known() -> None:
    """Each word that a chip's own glue has for it is one of the protocol's."""
    said: set[str] = set()
    for source in sorted((FIRMWARE / "chips").glob("*.cpp")):
        for body in re.findall(
            r"^const __FlashStringHelper \*resetReason\(.*?^}",
            source.read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        ):
            said.update(re.findall(r'F\("(\w+)"\)', body))
    assert said == {*RESETS}
