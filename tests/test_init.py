"""Adding a board to Home Assistant and taking it out again."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    add,
    assert_quiet,
    fixed_entry,
    state,
    token_entry,
    virtual_entry,
    wait_until,
)


async def test_without_a_board(hass: HomeAssistant, client: Any) -> None:
    """The integration can be set up with nothing in it."""
    assert DOMAIN in hass.config.components
    assert not hass.states.async_all()


async def test_set_up_and_unload(
    hass: HomeAssistant,
    loopback: None,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every kind of board is set up, unloaded, set up again and removed."""
    entries = [
        await add(hass, entry)
        for entry in (token_entry(), fixed_entry(port), virtual_entry())
    ]
    for entry in entries:
        states = [entry.state]
        assert await hass.config_entries.async_unload(entry.entry_id)
        states.append(entry.state)
        await add(hass, entry)
        states.append(entry.state)
        assert states == [
            ConfigEntryState.LOADED,
            ConfigEntryState.NOT_LOADED,
            ConfigEntryState.LOADED,
        ]
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not hass.states.async_all()
    assert_quiet(caplog)


async def test_device(
    hass: HomeAssistant,
    connect_token: Connect,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """A board is one device, with everything that belongs to it on it."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send({"temp": 20, "red": True, "note": "x", "connection": 1})
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.name == "Kitchen"
    assert device.identifiers == {(DOMAIN, entry.entry_id)}
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert {entity.device_id for entity in entities} == {device.id}
    # A channel can have any name without being taken for something else.
    assert {entity.unique_id for entity in entities} == {
        f"{entry.entry_id}{rest}"
        for rest in (
            "-temp",
            "-red",
            "-note",
            "-connection",
            "_connection",
            "_last_problem",
            "_last_seen",
            "_reconnects",
            "_rejected",
            "_sensor_problem",
        )
    }
    assert all(entity.has_entity_name for entity in entities)


async def test_two_boards(hass: HomeAssistant, connect_token: Connect) -> None:
    """Boards with the same channels do not get in each other's way."""
    await add(hass, token_entry())
    await add(hass, token_entry("other", title="Garage"))
    first = await connect_token()
    second = await connect_token("/api/arduino_sensor/ws/other")
    await first.send({"temp": 1})
    await second.send({"temp": 2})
    assert state(hass, "sensor.kitchen_temperature") == "1"
    assert state(hass, "sensor.garage_temperature") == "2"


async def test_unload_that_fails(
    hass: HomeAssistant,
    connect_token: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A board whose entities do not let go keeps its connection."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send({"temp": 20})

    async def _no(*_: Any) -> bool:
        return False

    with monkeypatch.context() as patched:
        patched.setattr(hass.config_entries, "async_unload_platforms", _no)
        assert not await hass.config_entries.async_unload(entry.entry_id)
    await board.send({"temp": 21})
    assert state(hass, "sensor.kitchen_temperature") == "21"
    # Home Assistant asks no second time.
    assert entry.state is ConfigEntryState.FAILED_UNLOAD
    await board.socket.close()
    await wait_until(hass, lambda: not entry.runtime_data.connected)
    entry.runtime_data.close()


@pytest.mark.freeze_time("2026-06-01 12:00:00+00:00")
async def test_statistics(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The recorder makes statistics of what can have them."""
    assert await async_setup_component(hass, "sensor", {})
    await add(hass, token_entry())
    board = await connect_token()
    begin = dt_util.utcnow()
    await board.send({"temp": 20.5, "distance": 150, "x": 5, "note": "x", "red": True})
    await async_wait_recording_done(hass)
    get_instance(hass).queue_task(StatisticsTask(begin, False))
    await async_wait_recording_done(hass)
    known = {
        found["statistic_id"]: (
            found["has_sum"],
            found["statistics_unit_of_measurement"],
        )
        for found in await async_list_statistic_ids(hass)
    }
    assert known == {
        "sensor.kitchen_temperature": (False, "°C"),
        "sensor.kitchen_distance": (False, "cm"),
        "sensor.kitchen_x": (False, None),
        "sensor.kitchen_reconnects_in_the_last_24_hours": (False, None),
    }
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        begin - timedelta(minutes=5),
        None,
        {"sensor.kitchen_temperature"},
        "5minute",
        None,
        {"mean"},
    )
    assert [row.get("mean") for row in rows["sensor.kitchen_temperature"]] == [20.5]
    assert_quiet(caplog)
