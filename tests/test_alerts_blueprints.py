"""The blueprints for alerts: what automations made from them do."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
import time
from typing import Any, Final, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.arduino_sensor import alerts_blueprints
from custom_components.arduino_sensor.alerts import async_get_alerts
from custom_components.arduino_sensor.alerts_blueprints import (
    FOLDER,
    async_copy_blueprints,
    async_renew_blueprints,
)
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.endpoint import address_of
from custom_components.arduino_sensor.happenings import Happening, async_tell
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.notify import DATA_COMPONENT, NotifyEntity
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

from .common import (
    Connect,
    Sketch,
    add,
    channels,
    pass_time,
    state,
    token_entry,
    wait_until,
)

TEMPERATURE: Final = "sensor.kitchen_temperature"
NAMES: Final = {path.stem for path in FOLDER.glob("*.yaml")}
NUMBERS: Final = ("temperature", "humidity", "distance", "value")
URL: Final = (
    "https://github.com/arduino-sensor/arduino_sensor/blob/main/custom_components/"
    "arduino_sensor/blueprints/automation/arduino_sensor/"
)


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return where Home Assistant looks for our copies, in a place of its own."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path / "blueprints" / "automation" / DOMAIN


@pytest.fixture
def more(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what was done besides."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    return calls


def tell(word: str) -> list[dict[str, Any]]:
    """Return an action of a person's own."""
    said = f"{word}: {{{{ alert.title }}}}, {{{{ alert.message }}}}"
    return [{"action": "test.tell", "data": {"said": said}}]


def automation(name: str, **inputs: Any) -> dict[str, Any]:
    """Return an automation that is made from a blueprint, as it is in the file."""
    path = f"{DOMAIN}/{name}.yaml"
    inputs = {"phones": ["notify.phone"], **inputs}
    return {
        "id": "guard",
        "alias": "Guard",
        "use_blueprint": {"path": path, "input": inputs},
    }


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation from a blueprint."""
    await async_copy_blueprints(hass)
    config = {"automation": automation(name, **inputs)}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    assert state(hass, "automation.guard") == "on"


def messages(calls: list[ServiceCall]) -> list[str]:
    """Return what was told until now, and forget it."""
    told = [call.data["message"] for call in calls]
    assert all(call.data["title"] == "Kitchen" for call in calls)
    assert all(call.data["entity_id"] == ["notify.phone"] for call in calls)
    calls.clear()
    return told


def notifications(hass: HomeAssistant) -> list[str]:
    """Return the notifications that there are."""
    found: Mapping[str, Any] = hass.data.get("persistent_notification", {})
    lines = [one["message"].split("\n")[0] for one in found.values()]
    return [line.replace("\\", "") for line in lines]


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a board's device."""
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


async def show(board: Sketch, hass: HomeAssistant, **values: Any) -> None:
    """Have a board send a reading, and wait until it is shown."""
    board_of = hass.config_entries.async_entries(DOMAIN)[0].runtime_data
    for channel in board_of.channels.values():
        channel.open = 0.0
    await board.send(values)
    await hass.async_block_till_done()


async def settle() -> None:
    """Let automations run until they wait for a time, which tests turn on."""
    for _ in range(100):
        await asyncio.sleep(0)


# A number.


async def test_threshold(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    more: list[ServiceCall],
) -> None:
    """It fires once at the limit, and is over when the value is back behind it."""
    await show(board, hass, temp=20)
    await automate(
        hass,
        "temperature",
        sensors=[TEMPERATURE],
        more_when_raised=tell("raised"),
        more_when_over=tell("over"),
    )
    await show(board, hass, temp=34.9)
    assert not messages(phone) and not notifications(hass)
    await show(board, hass, temp=35)
    text = "Kitchen: Temperature rose to 35.0 °C. The upper limit is 35 °C."
    assert messages(phone) == [text]
    assert notifications(hass) == [text]
    # While it wavers around the limit, that is one alert.
    for value in (36.2, 34.5, 35.5, 34.1, 40):
        await show(board, hass, temp=value)
    assert not messages(phone)
    assert notifications(hass) == [text]
    await show(board, hass, temp=34)
    assert messages(phone) == [f"Over: {text}"]
    assert not notifications(hass)
    assert [call.data["said"] for call in more] == [
        f"raised: Kitchen, {text}",
        f"over: Kitchen, Over: {text}",
    ]
    [alert] = (await async_get_alerts(hass)).shown
    assert (alert.board, alert.channel) == ("Kitchen", "Temperature")
    assert (alert.kind, alert.value, alert.unit, alert.limit) == (
        *("above", "35.0", "°C"),
        "35",
    )
    assert alert.cleared is not None

    # The other limit, and from one to the other at once.
    await show(board, hass, temp=9.5)
    assert messages(phone) == [
        "Kitchen: Temperature fell to 9.5 °C. The lower limit is 10 °C."
    ]
    await show(board, hass, temp=50)
    assert messages(phone) == [
        "Kitchen: Temperature rose to 50.0 °C. The upper limit is 35 °C."
    ]
    assert len(notifications(hass)) == 1
    await show(board, hass, temp=20)
    assert len(messages(phone)) == 1
    assert not notifications(hass)


async def test_duration(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """A moment beyond the limit does not count, nor does one before the board went."""
    await show(board, hass, temp=20)
    await automate(hass, "temperature", sensors=[TEMPERATURE], duration={"minutes": 1})
    await show(board, hass, temp=36)
    await pass_time(hass, freezer, 59)
    await show(board, hass, temp=20)
    await pass_time(hass, freezer, 5)
    await show(board, hass, temp=36)
    await pass_time(hass, freezer, 58)
    await show(board, hass, temp=37)
    assert not messages(phone)
    await pass_time(hass, freezer, 3)
    assert messages(phone) == [
        "Kitchen: Temperature rose to 37.0 °C. The upper limit is 35 °C."
    ]


async def test_already_beyond(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """What is so already when the automation is made counts, and other limits do."""
    await show(board, hass, temp=40)
    await automate(hass, "temperature", sensors=[TEMPERATURE], duration={"seconds": 10})
    # As it is when a person saves one.
    hass.bus.async_fire("automation_reloaded")
    await settle()
    assert not messages(phone)
    await pass_time(hass, freezer, 11)
    assert len(messages(phone)) == 1
    hass.bus.async_fire("automation_reloaded")
    await settle()
    await pass_time(hass, freezer, 11)
    assert not messages(phone)


async def test_beyond_since_a_moment(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """What has only begun when others are looked at again has its own time."""
    await show(board, hass, temp=40, water_temp=20)
    water = "sensor.kitchen_water_temperature"
    await automate(
        hass, "temperature", sensors=[TEMPERATURE, water], duration={"seconds": 60}
    )
    hass.bus.async_fire("automation_reloaded")
    await settle()
    freezer.tick(50)
    await board.socket.send_json({"water_temp": 50})
    await board.socket.ping()
    for _ in range(100):
        await settle()
        if state(hass, water) == "50":
            break
        await asyncio.to_thread(time.sleep, 0.01)
    await pass_time(hass, freezer, 11)
    assert messages(phone) == [
        "Kitchen: Temperature rose to 40.0 °C. The upper limit is 35 °C."
    ]
    await pass_time(hass, freezer, 50)
    assert messages(phone) == [
        "Kitchen: Water temperature rose to 50.0 °C. The upper limit is 35 °C."
    ]


async def see(board: Sketch, hass: HomeAssistant, temp: float) -> None:
    """Have a reading shown, and leave alone what waits for a time."""
    board_of = hass.config_entries.async_entries(DOMAIN)[0].runtime_data
    for channel in board_of.channels.values():
        channel.open = 0.0
    await board.socket.send_json({"temp": temp})
    await board.socket.ping()
    for _ in range(100):
        await settle()
        if float(state(hass, TEMPERATURE) or 0) == temp:
            return
        await asyncio.to_thread(time.sleep, 0.01)
    raise AssertionError(state(hass, TEMPERATURE))


@pytest.mark.parametrize("between", [20, 5])
async def test_inside_for_a_moment_after_a_start(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    between: float,
) -> None:
    """What was well in between, or wrong in another way, has its time anew."""
    await show(board, hass, temp=40)
    await automate(hass, "temperature", sensors=[TEMPERATURE], duration={"seconds": 60})
    hass.bus.async_fire("automation_reloaded")
    await settle()
    freezer.tick(10)
    await see(board, hass, between)
    freezer.tick(40)
    await see(board, hass, 40)
    freezer.tick(11)
    async_fire_time_changed(hass)
    await settle()
    assert not messages(phone)
    await pass_time(hass, freezer, 50)
    assert messages(phone) == [
        "Kitchen: Temperature rose to 40.0 °C. The upper limit is 35 °C."
    ]


async def test_optional_limits(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """A limit that was left empty is none; no unit, no hysteresis."""
    await show(board, hass, stock=5, other=5)
    await automate(
        hass,
        "value",
        sensors=["sensor.kitchen_stock", "sensor.kitchen_other"],
        lower=2,
    )
    await show(board, hass, stock=10_000, other=2.5)
    assert not messages(phone)
    await show(board, hass, stock=2)
    await show(board, hass, other=1)
    assert messages(phone) == [
        "Kitchen: Stock fell to 2. The lower limit is 2.",
        "Kitchen: Other fell to 1. The lower limit is 2.",
    ]
    await show(board, hass, stock=2.1)
    assert len(messages(phone)) == 1
    assert len(notifications(hass)) == 1


async def test_unknown_values(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """No value is neither too much nor well."""
    await show(board, hass, temp=40)
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    await show(board, hass, temp=20)
    await show(board, hass, temp=36)
    assert len(messages(phone)) == 1
    await show(board, hass, temp=None)
    assert not messages(phone)
    await show(board, hass, temp=36)
    assert not messages(phone)


@pytest.fixture
def kept(hass: HomeAssistant, hass_storage: dict[str, Any]) -> MockConfigEntry:
    """Return a board that had an alert before Home Assistant was started."""
    entry = token_entry(channels={"temp": "number"})
    alert = {
        "id": "before",
        "kind": "above",
        "key": "guard",
        "device_id": "x",
        "entry_id": entry.entry_id,
        "entity_id": TEMPERATURE,
        "board": "Kitchen",
        "channel": "Temperature",
        "value": "36.0",
        "unit": "°C",
        "limit": "35",
        "message": None,
        "raised": "2026-11-21T10:00:00+00:00",
        "cleared": None,
        "hidden": False,
        "from_a_later_version": 1,
    }
    key = f"{DOMAIN}.alerts"
    hass_storage[key] = {"version": 1, "key": key, "data": [alert]}
    return entry


async def test_restart(
    hass: HomeAssistant,
    kept: MockConfigEntry,
    folder: Path,
    connect_token: Connect,
    phone: list[ServiceCall],
) -> None:
    """An alert from before a restart is not told again, but its end is."""
    hass.set_state(CoreState.starting)
    await add(hass, kept)
    assert len(notifications(hass)) == 1
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    board = await connect_token()
    await board.send({"temp": 37})
    await hass.async_block_till_done()
    assert not messages(phone)
    assert len(notifications(hass)) == 1
    await show(board, hass, temp=20)
    assert len(messages(phone)) == 1
    assert not notifications(hass)
    # From now on as ever.
    await show(board, hass, temp=37)
    assert len(messages(phone)) == 1


async def test_over_while_home_assistant_was_off(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """What was raised and is well when Home Assistant starts is over."""
    await show(board, hass, temp=20)
    await hass.services.async_call(
        DOMAIN,
        "raise_alert",
        {"entity_id": TEMPERATURE, "kind": "above", "limit": 35, "key": "guard"},
        blocking=True,
    )
    assert len(notifications(hass)) == 1
    hass.set_state(CoreState.starting)
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    assert len(notifications(hass)) == 1
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert not notifications(hass)
    assert len(messages(phone)) == 1


# The others.


async def test_battery(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """A charge counts, and a board that only says that it is low."""
    await show(board, hass, battery=80, battery_low=False)
    await automate(
        hass,
        "battery",
        sensors=["sensor.kitchen_battery", "binary_sensor.kitchen_battery_low"],
    )
    await show(board, hass, battery=20)
    assert messages(phone) == [
        "Kitchen: The battery is down to 20 %. The limit is 20 %."
    ]
    await show(board, hass, battery_low=True)
    assert messages(phone) == ["Kitchen: The battery is nearly empty."]
    await show(board, hass, battery=24)
    assert not messages(phone)
    await show(board, hass, battery=25, battery_low=False)
    assert len(messages(phone)) == 2
    assert not notifications(hass)


async def test_silent(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    connect_token: Connect,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Ten minutes without a word from a board, and then it is back."""
    await show(board, hass, temp=20)
    await automate(hass, "silent")
    await board.socket.close()
    await wait_until(hass, lambda: not entry.runtime_data.connected)
    await pass_time(hass, freezer, 590)
    await pass_time(hass, freezer, 5)
    assert not messages(phone)
    await pass_time(hass, freezer, 10)
    text = "Kitchen: Nothing was heard for 10 min."
    assert messages(phone) == [text]
    assert notifications(hass) == [text]
    await pass_time(hass, freezer, 3600)
    assert not messages(phone)
    board = await connect_token()
    await show(board, hass, temp=20)
    assert messages(phone) == [f"Over: {text}"]
    assert not notifications(hass)


async def test_silent_boards_that_were_chosen(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """With a choice it is no other; a board that never came counts as well."""
    await add(hass, token_entry("garage", title="Garage"))
    await automate(
        hass, "silent", boards=[device_of(hass, entry)], duration={"seconds": 90}
    )
    await pass_time(hass, freezer, 91)
    assert messages(phone) == ["Kitchen: Nothing was heard for 90 s."]


async def test_silent_while_it_is_connected(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """A sketch hangs for less than its board's own settings allow for, and goes on."""
    await show(board, hass, temp=20)
    await automate(hass, "silent", duration={"minutes": 1})
    await show(board, hass, temp=21)
    await pass_time(hass, freezer, 59)
    assert not messages(phone)
    await pass_time(hass, freezer, 2)
    text = "Kitchen: Nothing was heard for 1 min."
    assert messages(phone) == [text]
    assert entry.runtime_data.available
    # It is looked at again, and is as silent as before.
    hass.bus.async_fire("automation_reloaded")
    await settle()
    assert notifications(hass) == [text]
    assert not messages(phone)
    await show(board, hass, temp=22)
    await pass_time(hass, freezer, 6)
    assert messages(phone) == [f"Over: {text}"]
    assert not notifications(hass)


async def raise_silent(
    hass: HomeAssistant, entry: MockConfigEntry, key: str = "guard"
) -> None:
    """Have an alert from before."""
    about = {"device_id": device_of(hass, entry), "kind": "silent", "key": key}
    await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)


@pytest.mark.parametrize("chosen", [True, False])
async def test_silent_board_is_back_before_home_assistant_has_started(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
    chosen: bool,
) -> None:
    """What came back before automations listened is over; what is away is not."""
    await show(board, hass, temp=20)
    garage = await add(hass, token_entry("garage", title="Garage"))
    await raise_silent(hass, entry)
    await raise_silent(hass, garage)
    hass.set_state(CoreState.starting)
    boards = [device_of(hass, entry), device_of(hass, garage)] if chosen else []
    await automate(hass, "silent", boards=boards)
    assert len(notifications(hass)) == 2
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert [one.split(":")[0] for one in notifications(hass)] == ["Garage"]
    assert len(messages(phone)) == 1


async def test_silent_boards_are_looked_at_again(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
) -> None:
    """Which are back is seen when automations are changed; one that hangs is not."""
    await show(board, hass, temp=20)
    await automate(hass, "silent")
    presence = entry.runtime_data.presence
    presence.last_frame -= 24 * 3600
    presence.update()
    await raise_silent(hass, entry)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert state(hass, "binary_sensor.kitchen_connectivity") == "on"
    assert len(notifications(hass)) == 1
    await show(board, hass, temp=21)
    assert not notifications(hass)
    await raise_silent(hass, entry)
    # By hand, it is about no board.
    about = {"entity_id": "automation.guard", "skip_condition": False}
    await hass.services.async_call("automation", "trigger", about, blocking=True)
    assert len(notifications(hass)) == 1
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert not notifications(hass)


@pytest.mark.parametrize("chosen", [True, False])
async def test_silent_board_whose_connectivity_is_not_shown(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    chosen: bool,
) -> None:
    """Whether a board is back does not depend on an entity that a person can disable."""
    await show(board, hass, temp=20)
    er.async_get(hass).async_update_entity(
        "binary_sensor.kitchen_connectivity",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    await hass.async_block_till_done()
    boards = [device_of(hass, entry), "gone"] if chosen else []
    await automate(hass, "silent", boards=boards)
    await raise_silent(hass, entry)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert not notifications(hass)


async def test_silent_board_that_was_not_chosen(
    hass: HomeAssistant, folder: Path, board: Sketch, entry: MockConfigEntry
) -> None:
    """What another automation says of this board is for that one to say."""
    await show(board, hass, temp=20)
    garage = await add(hass, token_entry("garage", title="Garage"))
    await automate(hass, "silent", boards=[device_of(hass, garage)])
    await raise_silent(hass, entry, "other")
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert len(notifications(hass)) == 1


async def test_sensor(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """A sensor that cannot be believed, each by itself."""
    await show(board, hass, temp=20, humidity=50)
    await automate(hass, "sensor")

    def happened(happening: Happening, channel: str, code: str) -> None:
        key = {"Temperature": "temp", "Humidity": "humidity"}[channel]
        async_tell(hass, entry.entry_id, happening, key=key, channel=channel, code=code)

    happened(Happening.CHANNEL_PROBLEM, "Temperature", "stuck")
    await hass.async_block_till_done()
    stuck = "Kitchen: Temperature is stuck: it sends the same again and again."
    assert messages(phone) == [stuck]
    happened(Happening.CHANNEL_PROBLEM, "Humidity", "no_value")
    happened(Happening.CHANNEL_PROBLEM, "Temperature", "stuck")
    await hass.async_block_till_done()
    no_value = "Kitchen: There is no value for Humidity."
    assert messages(phone) == [no_value]
    assert notifications(hass) == [stuck, no_value]
    happened(Happening.CHANNEL_RECOVERED, "Temperature", "stuck")
    await hass.async_block_till_done()
    assert messages(phone) == [f"Over: {stuck}"]
    assert notifications(hass) == [no_value]


async def test_sensors_with_one_name(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
) -> None:
    """Each is itself, whatever a person calls it, then and now."""
    await show(board, hass, a=1, b=2)
    registry = er.async_get(hass)
    for key in "ab":
        registry.async_update_entity(f"sensor.kitchen_{key}", name="Probe")
    await automate(hass, "sensor")
    about = {"channel": "Probe", "code": "stuck"}
    for key in "ab":
        async_tell(hass, entry.entry_id, Happening.CHANNEL_PROBLEM, key=key, **about)
        await hass.async_block_till_done()
    stuck = "Kitchen: Probe is stuck: it sends the same again and again."
    assert notifications(hass) == [stuck, stuck]
    registry.async_update_entity("sensor.kitchen_a", name="Boiler")
    about = {"channel": "Boiler", "code": "stuck"}
    async_tell(hass, entry.entry_id, Happening.CHANNEL_RECOVERED, key="a", **about)
    await hass.async_block_till_done()
    [left] = [a for a in (await async_get_alerts(hass)).shown if a.is_active]
    assert left.channel_key == "b"


async def test_sensor_told_of_by_its_name(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
) -> None:
    """What an older blueprint has found is over as well."""
    await show(board, hass, temp=20)
    about = {"device_id": device_of(hass, entry), "kind": "sensor", "key": "guard"}
    about = {**about, "channel": "Temperature", "value": "stuck"}
    await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)
    await automate(hass, "sensor")
    told = {"key": "temp", "channel": "Temperature", "code": "stuck"}
    async_tell(hass, entry.entry_id, Happening.CHANNEL_RECOVERED, **told)
    await hass.async_block_till_done()
    assert not notifications(hass)


async def test_sensors_mended_while_home_assistant_was_off(
    hass: HomeAssistant,
    folder: Path,
    loopback: None,
    connect_token: Connect,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each is over when it is known that it works, also while another does not."""
    keys = ("temp", "water_temp", "probe_a", "probe_b")
    entry = await add(hass, token_entry(channels=dict.fromkeys(keys, "number")))
    for key in keys:
        await raise_stuck(hass, entry, key)
    # As it is after a start.
    assert await hass.config_entries.async_unload(entry.entry_id)
    address = address_of(entry.data)
    assert address is not None
    (await async_get_domain(hass)).endpoint.drop(address)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await automate(hass, "sensor")
    # As long as the board is away, nothing is known.
    for _ in range(20):
        await pass_time(hass, freezer, 30)
    assert len(notifications(hass)) == 4
    board = await connect_token()
    described: list[dict[str, Any]] = [
        {"key": key, "kind": "sensor", "device_class": "temperature", "unit": "°C"}
        for key in keys
    ]
    for probe in described[2:]:
        probe["noisy"] = 100
    assert not await board.send(channels(*described))
    for number in range(10):
        if number == 5:
            assert await hass.config_entries.async_reload(entry.entry_id)
        moving = min(number, 1)
        values = {"temp": 20, "water_temp": None, "probe_a": moving, "probe_b": 7}
        await board.send(values)
        await pass_time(hass, freezer, 30)
        assert not messages(phone)
        assert len(notifications(hass)) == 4
    await board.send({"temp": 20})
    await pass_time(hass, freezer, 30)
    assert len(messages(phone)) == 2
    left = {
        alert.channel_key
        for alert in (await async_get_alerts(hass)).shown
        if alert.is_active
    }
    assert left == {"water_temp", "probe_b"}
    await board.send({"temp": 20, "water_temp": 20, "probe_b": 8})
    await pass_time(hass, freezer, 30)
    assert len(messages(phone)) == 2
    assert not notifications(hass)


# Switched off for a while.


async def raise_stuck(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> None:
    """Have an alert about a sensor from before."""
    about = {"device_id": device_of(hass, entry), "kind": "sensor", "key": "guard"}
    about = {**about, "channel": key, "value": "stuck"}
    await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)


async def switch(hass: HomeAssistant, action: str) -> None:
    """Switch the automation on or off."""
    about = {"entity_id": "automation.guard"}
    await hass.services.async_call("automation", action, about, blocking=True)
    await hass.async_block_till_done()


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_over_while_the_automation_was_off(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    name: str,
) -> None:
    """What is well when an automation is switched on again is over, once."""
    await show(board, hass, temp=20, battery=80)
    inputs: dict[str, Any] = {}
    if name in NUMBERS:
        inputs = {"sensors": [TEMPERATURE], "upper": 35, "lower": 10}
    elif name == "battery":
        inputs = {"sensors": ["sensor.kitchen_battery"]}
    await automate(hass, name, **inputs)
    await switch(hass, "turn_off")
    for _ in range(11 if name == "sensor" else 0):
        await show(board, hass, temp=20)
        await pass_time(hass, freezer, 30)
    if name == "silent":
        await raise_silent(hass, entry)
    elif name == "sensor":
        await raise_stuck(hass, entry, "temp")
    else:
        about = {"entity_id": inputs["sensors"][0], "key": "guard", "limit": 35}
        await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)
    assert len(notifications(hass)) == 1
    runs = async_capture_events(hass, "automation_triggered")
    await switch(hass, "turn_on")
    assert not notifications(hass)
    assert len(messages(phone)) == 1
    # It ran once: that its state changes with each run is no reason for another.
    assert len(runs) == 1
    await switch(hass, "turn_on")
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.guard"}, blocking=True
    )
    await hass.async_block_till_done()
    assert len(runs) == 2


async def test_beyond_while_the_automation_was_off(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """What is too much when an automation is switched on counts, too."""
    await show(board, hass, temp=20)
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    await switch(hass, "turn_off")
    await show(board, hass, temp=40)
    assert not messages(phone)
    await switch(hass, "turn_on")
    assert len(messages(phone)) == 1


# Automations that are edited.


async def edit(hass: HomeAssistant, *automations: Mapping[str, Any]) -> None:
    """Have other automations in the file, and Home Assistant read it again."""
    config = {"automation": list(automations)}
    with patch(
        "homeassistant.config.load_yaml_config_file", autospec=True, return_value=config
    ):
        await hass.services.async_call("automation", "reload", blocking=True)
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("temperature", {"temp": 40, "water_temp": 40}),
        ("battery", {"temp": 3, "water_temp": 3}),
    ],
)
async def test_a_sensor_is_taken_out(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    phone: list[ServiceCall],
    more: list[ServiceCall],
    name: str,
    values: dict[str, float],
) -> None:
    """Its alert is over, since nobody looks any more; that of another sensor is not."""
    water = "sensor.kitchen_water_temperature"
    await show(board, hass, temp=30, water_temp=30)
    inputs = {"more_when_over": tell("over"), "sensors": [TEMPERATURE, water]}
    await automate(hass, name, **inputs)
    await show(board, hass, **values)
    assert len(messages(phone)) == 2
    await edit(hass, automation(name, **{**inputs, "sensors": [water]}))
    [left] = [a for a in (await async_get_alerts(hass)).shown if a.is_active]
    assert left.entity_id == water
    assert len(notifications(hass)) == len(messages(phone)) == len(more) == 1


@pytest.mark.parametrize("name", ["silent", "sensor"])
async def test_a_board_is_taken_out(
    hass: HomeAssistant, folder: Path, board: Sketch, entry: MockConfigEntry, name: str
) -> None:
    """The same for boards; without a choice, it is none."""
    garage = await add(hass, token_entry("garage", title="Garage"))
    boards = [device_of(hass, entry), device_of(hass, garage)]
    await automate(hass, name, boards=boards)
    for device_id in boards:
        # What is no matter of being back is over only because nobody looks.
        about = {"device_id": device_id, "kind": "other", "key": "guard"}
        await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)
    await edit(hass, automation(name))
    assert len(notifications(hass)) == 2
    await edit(hass, automation(name, boards=boards[:1]))
    assert [one.split(":")[0] for one in notifications(hass)] == ["Kitchen"]


async def test_a_board_with_the_name_of_the_integration(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
) -> None:
    """Whatever boards are called, all of them are looked at."""
    await show(board, hass, temp=20)
    await add(hass, token_entry("garage", title=DOMAIN))
    await raise_silent(hass, entry)
    await automate(hass, "silent")
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert not notifications(hass)


async def test_an_automation_is_taken_out(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """The registry keeps one that is not in the file any more; its alerts are over."""
    await show(board, hass, temp=20)
    guard = automation("temperature", sensors=[TEMPERATURE])
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    await show(board, hass, temp=40)
    # Alerts of what is no automation, is off or cannot be used stay.
    about = {"entity_id": TEMPERATURE}
    for key in ("", "other", "sensor.gone"):
        await hass.services.async_call(
            DOMAIN, "raise_alert", {**about, "key": key}, blocking=True
        )
    await edit(hass, {**guard, "use_blueprint": {"path": "gone.yaml"}})
    assert state(hass, "automation.guard") == "unavailable"
    assert len(notifications(hass)) == 4
    await edit(hass, guard)
    er.async_get(hass).async_update_entity(
        "automation.guard", disabled_by=er.RegistryEntryDisabler.USER
    )
    await edit(hass, guard)
    assert state(hass, "automation.guard") is None
    assert len(notifications(hass)) == 4
    er.async_get(hass).async_update_entity("automation.guard", disabled_by=None)
    await edit(hass, guard)
    assert state(hass, "automation.guard") == "on"
    await edit(hass)
    active = {a.key for a in (await async_get_alerts(hass)).shown if a.is_active}
    assert active == {"", "other", "sensor.gone"}


async def test_an_automation_is_taken_out_while_home_assistant_was_off(
    hass: HomeAssistant, kept: MockConfigEntry, folder: Path
) -> None:
    """It is known when all automations are there, and not before."""
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "automation", "automation", "guard", suggested_object_id="guard"
    ).write_unavailable_state(hass)
    hass.set_state(CoreState.starting)
    await add(hass, kept)
    assert await async_setup_component(hass, "automation", {})
    await hass.async_block_till_done()
    assert len(notifications(hass)) == 1
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert not notifications(hass)


async def test_no_automations_at_all(
    hass: HomeAssistant, kept: MockConfigEntry, loopback: None
) -> None:
    """While automations cannot be set up, nothing is known of them."""
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "automation", "automation", "guard", suggested_object_id="guard"
    ).write_unavailable_state(hass)
    await add(hass, kept)
    assert len(notifications(hass)) == 1


async def test_an_automation_without_an_id(
    hass: HomeAssistant, folder: Path, board: Sketch, phone: list[ServiceCall]
) -> None:
    """Under another name it is another one: what it has found before is over."""
    await show(board, hass, temp=20)
    guard = automation("temperature", sensors=[TEMPERATURE])
    del guard["id"]
    await async_copy_blueprints(hass)
    assert await async_setup_component(hass, "automation", {"automation": guard})
    await show(board, hass, temp=40)
    await edit(hass, {**guard, "alias": "Watch"})
    [alert] = [a for a in (await async_get_alerts(hass)).shown if a.is_active]
    assert alert.key == "automation.watch"
    assert len(notifications(hass)) == 1
    await show(board, hass, temp=20)
    assert not notifications(hass)


# Phones that cannot be reached.


@pytest.mark.parametrize("error", [TimeoutError, HomeAssistantError, None])
async def test_phone_that_cannot_be_reached(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    more: list[ServiceCall],
    error: type[Exception] | None,
) -> None:
    """What else is to happen does, and other sensors are looked at."""
    tried: list[ServiceCall] = []

    async def fail(call: ServiceCall) -> None:
        tried.append(call)
        assert error is not None
        raise error("The phone is off")

    if error is not None:
        hass.services.async_register("notify", "send_message", fail)
    await show(board, hass, temp=20, water_temp=20)
    await automate(
        hass,
        "temperature",
        sensors=[TEMPERATURE, "sensor.kitchen_water_temperature"],
        more_when_raised=tell("raised"),
        more_when_over=tell("over"),
    )
    for value, word in ((40, "raised"), (20, "over")):
        await switch(hass, "turn_off")
        await show(board, hass, temp=value, water_temp=value)
        await switch(hass, "turn_on")
        assert [call.data["said"].split(":")[0] for call in more] == [word, word]
        more.clear()
    assert len(tried) == (0 if error is None else 4)


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", 40), ("battery", 3), ("silent", None)]
)
async def test_no_phone(
    hass: HomeAssistant,
    folder: Path,
    board: Sketch,
    freezer: FrozenDateTimeFactory,
    name: str,
    value: float | None,
) -> None:
    """In a file, it is easily left empty: that is nobody."""
    await show(board, hass, temp=30)
    watched = {"sensors": [TEMPERATURE]} if value else {}
    await automate(hass, name, **watched, phones=None)
    if value:
        await show(board, hass, temp=value)
    else:
        for _ in range(3):
            await pass_time(hass, freezer, 601)
    assert len(notifications(hass)) == 1


class Phone(NotifyEntity):
    """A phone that hears what it is told, or cannot be reached."""

    def __init__(self, name: str, told: list[str] | None) -> None:
        """Have a name, and where to write what was heard."""
        self._attr_name = name
        self._told = told

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Hear a message."""
        if self._told is None:
            raise TimeoutError
        self._told.append(message)


@pytest.fixture
async def heard(hass: HomeAssistant, loopback: None) -> list[str]:
    """Return what a phone hears that can be reached, beside one that cannot."""
    heard: list[str] = []
    assert await async_setup_component(hass, "notify", {})
    phones = [Phone("Broken", None), Phone("Phone", heard)]
    await hass.data[DATA_COMPONENT].async_add_entities(phones)
    return heard


async def test_phone_that_is_gone(
    hass: HomeAssistant,
    heard: list[str],
    folder: Path,
    board: Sketch,
    more: list[ServiceCall],
) -> None:
    """The phones that are there are told, and what else is to happen does."""
    await show(board, hass, temp=20)
    await automate(
        hass,
        "temperature",
        sensors=[TEMPERATURE],
        phones=["notify.broken", "notify.gone", "notify.phone"],
        more_when_raised=tell("raised"),
    )
    await show(board, hass, temp=40)
    assert heard == ["Kitchen: Temperature rose to 40.0 °C. The upper limit is 35 °C."]
    assert len(more) == 1


# The files.


@pytest.mark.parametrize("name", sorted(NAMES))
def test_blueprint(name: str) -> None:
    """Home Assistant takes each of them; what it says of itself is true."""
    path = FOLDER / f"{name}.yaml"
    blueprint = Blueprint(
        load_yaml_dict(path),
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert blueprint.name.startswith("Arduino board: ")
    assert blueprint.metadata["source_url"] == f"{URL}{name}.yaml"
    assert blueprint.metadata["homeassistant"] == {"min_version": "2026.8.0"}
    for described in blueprint.inputs.values():
        assert described["name"] and described["description"]
        [(kind, config)] = described["selector"].items()
        if kind in ("entity", "device") and described["name"] != "Also tell":
            assert all(one["integration"] == DOMAIN for one in config["filter"])


def test_numbers_are_watched_alike() -> None:
    """The blueprints for numbers differ in what they are for, and in nothing else."""
    bodies = [load_yaml_dict(FOLDER / f"{name}.yaml") for name in NUMBERS]
    for body in bodies:
        del body["blueprint"]
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize(
    ("name", "upper", "lower"),
    [
        ("temperature", 35, 10),
        ("humidity", 80, 20),
        ("distance", None, 20),
        ("value", None, None),
    ],
)
def test_usual_limits(name: str, upper: float | None, lower: float | None) -> None:
    """A person who types nothing gets the usual limits."""
    inputs = load_yaml_dict(FOLDER / f"{name}.yaml")["blueprint"]["input"]
    assert (inputs["upper"]["default"], inputs["lower"]["default"]) == (upper, lower)


# Copying them.


async def test_copy(hass: HomeAssistant, folder: Path) -> None:
    """They are there for Home Assistant at once."""
    assert await async_setup_component(hass, "automation", {})
    blueprints = async_get_blueprints(hass)

    async def ours() -> dict[str, Any]:
        found = await blueprints.async_get_blueprints()
        return {path: one for path, one in found.items() if path.startswith(DOMAIN)}

    assert await ours() == {}
    copied = await async_copy_blueprints(hass)
    assert {Path(name).stem for name in copied.written} == NAMES
    found = await ours()
    assert {f"{DOMAIN}/{name}.yaml" for name in NAMES} == found.keys()
    assert all(isinstance(blueprint, Blueprint) for blueprint in found.values())
    assert (await async_copy_blueprints(hass)).written == ()


async def test_copy_leaves_what_a_person_has_changed(
    hass: HomeAssistant, folder: Path
) -> None:
    """A changed file stays, also when ours is new; one that was deleted comes again."""
    await async_copy_blueprints(hass)
    changed, deleted, old = (folder / f"{name}.yaml" for name in NUMBERS[:3])
    changed.write_text("mine", encoding="utf-8")
    deleted.unlink()
    await async_renew_blueprints(hass)
    assert not deleted.exists()
    copied = await async_copy_blueprints(hass)
    assert copied.written == (deleted.name,)
    assert copied.changed == (changed.name,)
    assert not copied.replaced
    assert changed.read_text(encoding="utf-8") == "mine"
    assert deleted.read_bytes() == (FOLDER / deleted.name).read_bytes()
    assert old.read_bytes() == (FOLDER / old.name).read_bytes()


async def test_update(
    hass: HomeAssistant,
    folder: Path,
    tmp_path: Path,
    board: Sketch,
    monkeypatch: pytest.MonkeyPatch,
    phone: list[ServiceCall],
) -> None:
    """With a new version of the integration, copies and automations are new as well."""
    await show(board, hass, temp=20)
    await automate(hass, "temperature", sensors=[TEMPERATURE])
    newer = tmp_path / "newer"
    newer.mkdir()
    text = (FOLDER / "temperature.yaml").read_text(encoding="utf-8")
    assert text.count("kind: \"{{ 'above' if is_above else 'below' }}\"") == 1
    (newer / "temperature.yaml").write_text(
        text.replace("'above' if is_above else 'below'", "'other'"), encoding="utf-8"
    )
    monkeypatch.setattr(alerts_blueprints, "FOLDER", newer)
    reloaded = async_mock_service(hass, "automation", "reload")
    await async_renew_blueprints(hass)
    assert len(reloaded) == 1
    there = (folder / "temperature.yaml").read_bytes()
    assert there == (newer / "temperature.yaml").read_bytes()
    blueprint = await async_get_blueprints(hass).async_get_blueprint(
        f"{DOMAIN}/temperature.yaml"
    )
    assert "'other'" in str(blueprint.data)
    await async_renew_blueprints(hass)
    assert len(reloaded) == 1


async def test_nothing_is_copied_unasked(
    hass: HomeAssistant, folder: Path, loopback: None
) -> None:
    """A set-up alone copies nothing."""
    await add(hass, token_entry())
    assert not await asyncio.to_thread(folder.exists)


def link(path: Path, target: Path) -> None:
    """Have a link to something else where a blueprint is to be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


@pytest.mark.parametrize("there", [True, False])
async def test_copy_follows_no_links(
    hass: HomeAssistant, folder: Path, tmp_path: Path, there: bool
) -> None:
    """A link is what a person has put there: nothing is written at its other end."""
    await async_copy_blueprints(hass)
    other = tmp_path / "other.yaml"
    if there:
        other.write_bytes((FOLDER / "battery.yaml").read_bytes() + b"\n")
    link(folder / "battery.yaml", other)
    before = other.read_bytes() if there else None
    await async_renew_blueprints(hass)
    copied = await async_copy_blueprints(hass)
    assert copied.changed == ("battery.yaml",)
    assert copied.written == ()
    assert (folder / "battery.yaml").is_symlink()
    assert (other.read_bytes() if there else None) == before
    assert other.exists() == there


async def test_copy_is_whole_or_not_there(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the machine stops in between, there is the file of before."""
    await async_copy_blueprints(hass)
    old, before = folder / "value.yaml", folder / "before.yaml"
    # The same file by another name: it would change as well, if that was written to.
    before.hardlink_to(old)
    newer = write_blueprint(folder.parent / "newer")
    monkeypatch.setattr(alerts_blueprints, "FOLDER", newer)
    await async_renew_blueprints(hass)
    assert old.read_text(encoding="utf-8") == "of another version"
    assert before.read_bytes() == (FOLDER / "value.yaml").read_bytes()
    assert file_names(folder) == {"before.yaml", *(f"{name}.yaml" for name in NAMES)}


async def test_copy_with_a_folder_in_the_way(hass: HomeAssistant, folder: Path) -> None:
    """What stands in the way is told, and nothing half is left behind."""
    (folder / "value.yaml").mkdir(parents=True)
    with pytest.raises(OSError, match=r"value\.yaml"):
        await async_copy_blueprints(hass)
    assert file_names(folder) == {f"{name}.yaml" for name in NAMES}


def file_names(folder: Path) -> set[str]:
    """Return the names of what is in a folder."""
    return {path.name for path in folder.iterdir()}


def write_blueprint(folder: Path) -> Path:
    """Make a folder with another version of a blueprint in it."""
    folder.mkdir()
    (folder / "value.yaml").write_text("of another version", encoding="utf-8")
    return folder


async def test_what_cannot_be_written(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the way is told to whoever asked, and no reason not to start."""
    await async_copy_blueprints(hass)

    def fail(*args: object) -> None:
        raise OSError("The disk is full")

    monkeypatch.setattr(alerts_blueprints, "_copy", fail)
    with pytest.raises(OSError, match="The disk is full"):
        await async_copy_blueprints(hass)
    await async_renew_blueprints(hass)


async def test_automations_that_cannot_be_reloaded(
    hass: HomeAssistant, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong in other automations does not keep the integration from starting."""
    assert await async_setup_component(hass, "automation", {})
    with monkeypatch.context() as patch:
        patch.setattr(alerts_blueprints, "FOLDER", write_blueprint(tmp_path / "old"))
        await async_copy_blueprints(hass)

    async def fail(call: ServiceCall) -> None:
        raise HomeAssistantError("automations.yaml is no YAML")

    hass.services.async_register("automation", "reload", fail)
    await async_renew_blueprints(hass)
    there = (folder / "value.yaml").read_bytes()
    assert there == (FOLDER / "value.yaml").read_bytes()
