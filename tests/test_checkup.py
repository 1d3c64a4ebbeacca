"""Sensors that something is wrong with: the entity, repairs, automations."""

import json
from pathlib import Path
import string
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.arduino_sensor import checkup
from custom_components.arduino_sensor.checkup import (
    SENSOR_REPAIRS,
    async_update_repairs,
)
from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_PUBLISH_INTERVAL,
    CONF_WATCH,
    DOMAIN,
)
from custom_components.arduino_sensor.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.arduino_sensor.health import LOOK_INTERVAL, Code, Trouble
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    Sketch,
    add,
    attributes,
    channels,
    disconnect,
    pass_time,
    state,
    token_entry,
)
from .test_refusals import issues
from .test_trigger import automate, said

PROBLEM = "binary_sensor.kitchen_sensor_problem"
STRINGS = json.loads(
    (Path(checkup.__file__).parent / "translations" / "en.json").read_text()
)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what automations have told."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    return calls


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the board: a test can have others."""
    return {}


@pytest.fixture
def entry(options: dict[str, Any]) -> MockConfigEntry:
    """Return a board that Home Assistant is about to add."""
    return token_entry(options=options)


class Bench:
    """A board on a bench, and time that passes."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
    ) -> None:
        """Begin with a board that is connected."""
        self.hass = hass
        self.freezer = freezer
        self.board = board

    async def goes_on(self, seconds: float, **values: Any) -> None:
        """Have the board send the same for a while."""
        for _ in range(round(seconds / LOOK_INTERVAL)):
            assert await self.board.send(values) == []
            await pass_time(self.hass, self.freezer, LOOK_INTERVAL)


@pytest.fixture
async def bench(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> Bench:
    """Return a board that was added just now."""
    return Bench(hass, freezer, board)


def codes(hass: HomeAssistant) -> tuple[str | None, dict[str, str]]:
    """Return what the entity shows."""
    return state(hass, PROBLEM), attributes(hass, PROBLEM)["channels"]


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str | None]:
    """Return the repairs that a person sees, by the keys of the channels."""
    prefix = f"sensor_{entry.entry_id}_"
    return {
        issue_id.removeprefix(prefix): issue.translation_key
        for issue_id, issue in issues(hass).items()
        if issue_id.startswith(prefix) and issue.dismissed_version is None
    }


# From the wire to the person.


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 60}])
async def test_null_that_waits(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """A board that says once that there is nothing need not say it again."""
    await bench.goes_on(LOOK_INTERVAL, temp=20)
    assert await bench.board.send({"temp": 21}) == []
    assert await bench.board.send({"temp": None}) == []
    await pass_time(hass, bench.freezer, LOOK_INTERVAL)
    await bench.goes_on(360)
    assert codes(hass) == ("on", {"temp": "no_value"})
    assert shown(hass, entry) == {"temp": "sensor_no_value_climate"}


async def test_right_again_after_its_entry_was_set_up_anew(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, calls: list[ServiceCall]
) -> None:
    """It is told once, also if there is an alert about it."""
    await automate(hass, "channel_recovered")
    await bench.goes_on(60, temp=20)
    await bench.goes_on(390, temp=None)
    assert codes(hass) == ("on", {"temp": "no_value"})
    about = {"entity_id": PROBLEM, "kind": "sensor", "channel": "temp"}
    about = {**about, "value": "no_value"}
    await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await bench.goes_on(120, temp=20)
    assert [told["key"] for told in said(calls)] == ["temp"]


async def test_loose_wire(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """A thermometer without a value for five minutes is told, until it has one."""
    await bench.goes_on(60, temp=21.5, humidity=40)
    assert codes(hass) == ("off", {})
    since = dt_util.now()
    await bench.goes_on(270, temp=None, humidity=40)
    assert codes(hass) == ("off", {})
    assert not issues(hass)
    await bench.goes_on(30, temp=None, humidity=40)
    assert codes(hass) == ("on", {"temp": "no_value"})
    [issue] = issues(hass).values()
    assert issue.translation_key == "sensor_no_value_climate"
    assert issue.severity is ir.IssueSeverity.WARNING
    assert not issue.is_fixable and not issue.is_persistent
    assert issue.translation_placeholders == {
        "board": "Kitchen",
        "channel": "temp",
        "since": f"{since:%Y-%m-%d %H:%M}",
    }
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert report["health"]["troubles"]["temp"]["code"] == "no_value"

    await bench.goes_on(30, temp=21.5, humidity=40)
    assert codes(hass) == ("off", {})
    assert not issues(hass)


async def test_never_a_value(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """A sensor that was wired wrongly is seen, if its name is known or not."""
    await bench.goes_on(360, temp=None, garden=None)
    assert codes(hass) == ("on", {"temp": "no_value", "garden": "no_value"})
    assert state(hass, "sensor.kitchen_garden") is None
    assert shown(hass, entry) == {
        "temp": "sensor_no_value_climate",
        "garden": "sensor_no_value",
    }
    await bench.goes_on(30, temp=20, garden=3)
    assert codes(hass) == ("off", {})
    assert not shown(hass, entry)


async def test_one_null_among_numbers(hass: HomeAssistant, bench: Bench) -> None:
    """What is missing is shown as before, and so is what comes after it."""
    for value in (21, None, None, 22):
        await bench.board.send({"temp": value})
        expected = "unknown" if value is None else str(value)
        assert state(hass, "sensor.kitchen_temperature") == expected


async def test_stuck(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, calls: list[ServiceCall]
) -> None:
    """Readings of a sensor that is described as noisy are counted, as they are sent."""
    item = {"key": "air", "kind": "sensor", "deadband": 5, "noisy": 10}
    calm = {"key": "calm", "kind": "sensor"}
    await bench.board.send(channels(item, calm))
    for value in range(30):
        # Within the deadband, so that it is not shown.
        await bench.goes_on(30, air=20 + value % 2, calm=1)
    assert codes(hass) == ("off", {})
    await bench.goes_on(270, air=20, calm=1)
    assert codes(hass) == ("off", {})
    await bench.goes_on(60, air=20, calm=1)
    assert codes(hass) == ("on", {"air": "stuck"})
    assert shown(hass, entry) == {"air": "sensor_stuck"}
    await bench.goes_on(30, air=20.1, calm=1)
    assert codes(hass) == ("off", {})


@pytest.mark.parametrize(
    "options", [{CONF_CALIBRATION: {"x": {"offset": 1e-11, "factor": 1}}}]
)
async def test_stuck_before_it_is_corrected(hass: HomeAssistant, bench: Bench) -> None:
    """What was sent is compared: a correction rounds what moves."""
    await bench.board.send(channels({"key": "x", "kind": "sensor", "noisy": 10}))
    for step in range(20):
        await bench.goes_on(30, x=20 + step % 2 * 1e-12)
    assert codes(hass) == ("off", {})
    await bench.goes_on(330, x=20)
    assert codes(hass) == ("on", {"x": "stuck"})


@pytest.mark.parametrize("options", [{CONF_WATCH: "off"}])
async def test_off(hass: HomeAssistant, bench: Bench, entry: MockConfigEntry) -> None:
    """A person who does not want to hear of it does not."""
    await bench.board.send(channels({"key": "x", "kind": "sensor", "noisy": 10}))
    await bench.goes_on(600, x=1, temp=None, distance=0)
    assert codes(hass) == ("unknown", {})
    assert not issues(hass)


async def test_a_board_that_is_there_for_long(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    connect_token: Connect,
) -> None:
    """Nothing may be near its distance sensor: that is no reason to nag."""
    entry = token_entry(channels={"distance": "number", "temp": "number"})
    freezer.tick(2 * 3600)
    await add(hass, entry)
    bench = Bench(hass, freezer, await connect_token())
    await bench.goes_on(600, distance=0)
    await bench.goes_on(600, distance=None)
    assert codes(hass) == ("off", {})
    await bench.goes_on(600, distance=None, temp=None)
    assert codes(hass) == ("on", {"temp": "no_value"})


async def test_a_board_that_is_new(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """Its distance sensor has yet to show that it was wired rightly.

    Also if it was seen while the board was added.
    """
    entry = await add(hass, token_entry(channels={"distance": "number"}))
    bench = Bench(hass, freezer, await connect_token())
    await bench.goes_on(390, distance=0, far_mm=None)
    assert shown(hass, entry) == {
        "distance": "sensor_zero",
        "far_mm": "sensor_no_value",
    }


async def test_away(hass: HomeAssistant, bench: Bench, entry: MockConfigEntry) -> None:
    """What is wrong stays so while the board is gone; nothing begins."""
    await bench.goes_on(200, temp=20, humidity=None)
    await bench.goes_on(200, temp=None, humidity=None)
    assert codes(hass) == ("on", {"humidity": "no_value"})
    await disconnect(hass, bench.board)
    for _ in range(40):
        await pass_time(hass, bench.freezer, LOOK_INTERVAL)
    assert state(hass, "sensor.kitchen_temperature") == "unavailable"
    assert codes(hass) == ("on", {"humidity": "no_value"})
    assert shown(hass, entry).keys() == {"humidity"}


# Automations.


async def test_triggers(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    calls: list[ServiceCall],
) -> None:
    """One problem is one trigger, and one more when it is over."""
    await automate(hass, "channel_problem")
    await bench.goes_on(360, temp=None, garden=None)
    told = sorted(said(calls), key=lambda one: str(one["key"]))
    assert [(one["key"], one["channel"], one["code"]) for one in told] == [
        ("garden", "garden", "no_value"),
        ("temp", "Temperature", "no_value"),
    ]
    assert told[0]["name"] == "Kitchen"
    assert told[0]["description"] == "Kitchen has a problem with a sensor"
    await bench.goes_on(600, temp=None, garden=None)
    assert not said(calls)
    entity_registry.async_update_entity("sensor.kitchen_temperature", name="Oven")
    await bench.goes_on(60, temp=20, garden=None)
    await bench.goes_on(360, temp=None, garden=None)
    assert [one["channel"] for one in said(calls)] == ["Oven"]


async def test_recovered(
    hass: HomeAssistant, bench: Bench, calls: list[ServiceCall]
) -> None:
    """That it is over is told once, with what it was."""
    await automate(hass, "channel_recovered")
    await bench.goes_on(600, temp=None)
    assert not said(calls)
    await bench.goes_on(600, temp=20)
    [told] = said(calls)
    assert (told["key"], told["channel"], told["code"]) == (
        "temp",
        "Temperature",
        "no_value",
    )
    assert told["description"] == "Kitchen has a sensor that works again"


# When the entry is set up anew.


@pytest.mark.parametrize("event", ["channel_problem", "channel_recovered"])
async def test_reload(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    calls: list[ServiceCall],
    event: str,
) -> None:
    """What is wrong stays wrong, and nobody is told again."""
    await automate(hass, event)
    await bench.board.send(channels({"key": "x", "kind": "sensor", "noisy": 10}))
    await bench.goes_on(150, x=3, humidity=None)
    await bench.goes_on(240, x=3, temp=None, humidity=None)
    said(calls)
    before = issues(hass)
    assert shown(hass, entry).keys() == {"humidity", "x"}
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == before
    assert codes(hass) == ("on", {"humidity": "no_value", "x": "stuck"})
    await bench.goes_on(30, x=3, temp=None, humidity=None)
    assert not said(calls)
    # It did not begin to count anew.
    await bench.goes_on(30, x=3, temp=None, humidity=None)
    assert codes(hass)[1].keys() == {"humidity", "temp", "x"}


async def test_no_snapshot(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """What is not known any more is not shown any more."""
    await bench.goes_on(390, temp=None)
    assert shown(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert shown(hass, entry)
    await bench.board.socket.close()
    await pass_time(hass, bench.freezer, 3600)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert codes(hass) == ("off", {})
    assert not shown(hass, entry)


async def test_switched_off(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, calls: list[ServiceCall]
) -> None:
    """Who does not want to hear of it any more sees nothing more of it."""
    await automate(hass, "channel_recovered")
    await bench.goes_on(390, temp=None)
    hass.config_entries.async_update_entry(entry, options={CONF_WATCH: "off"})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert codes(hass) == ("unknown", {})
    assert not issues(hass)
    assert not said(calls)


@pytest.mark.parametrize("way", ["removed", "disabled"])
async def test_board_that_is_gone(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, way: str
) -> None:
    """It leaves nothing to repair, ignored or not."""
    await bench.goes_on(390, temp=None, humidity=None)
    temp = f"sensor_{entry.entry_id}_temp"
    if way == "removed":
        ir.async_ignore_issue(hass, DOMAIN, temp, True)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    else:
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    assert not issues(hass)


async def test_channel_that_is_gone(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """A channel that is not described any more has nothing to repair either."""
    items = [{"key": key, "kind": "sensor"} for key in ("temp", "humidity")]
    await bench.board.send(channels(*items))
    await bench.goes_on(390, temp=None, humidity=None)
    assert shown(hass, entry).keys() == {"temp", "humidity"}
    await bench.board.send(channels(items[0]))
    await bench.goes_on(30, door=True)
    assert codes(hass) == ("on", {"temp": "no_value"})
    assert shown(hass, entry).keys() == {"temp"}

    # Forgotten by a person.
    hass.config_entries.async_update_entry(entry, data={**entry.data, "channels": {}})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await bench.goes_on(30, door=True)
    assert codes(hass) == ("off", {})
    assert not issues(hass)


async def test_another_sketch(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """What does not come any more after a new connection is not missed."""
    await bench.goes_on(390, temp=None, garden=None)
    bench.board = await connect_token()
    await bench.goes_on(180, temp=None)
    assert codes(hass) == ("on", {"temp": "no_value"})


# Repairs.


async def test_ignored(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """What a person has ignored stays ignored, also if it comes and goes."""
    await bench.goes_on(390, temp=None)
    issue_id = f"sensor_{entry.entry_id}_temp"
    ir.async_ignore_issue(hass, DOMAIN, issue_id, True)
    assert not shown(hass, entry)
    for value in (None, 20, None):
        await bench.goes_on(390, temp=value)
        assert not shown(hass, entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert codes(hass)[0] == "on"
    assert not shown(hass, entry)
    ir.async_ignore_issue(hass, DOMAIN, issue_id, False)
    assert shown(hass, entry).keys() == {"temp"}


async def test_what_a_repair_says(hass: HomeAssistant) -> None:
    """Each cause has a text, which says what to look at."""
    entry = token_entry(title="<b>*Shed*</b>")
    expected = {
        (Code.NO_VALUE, None): ("sensor_no_value", "wires"),
        (Code.NO_VALUE, "power"): ("sensor_no_value", "wires"),
        (Code.NO_VALUE, "temperature"): ("sensor_no_value_climate", "DHT"),
        (Code.NO_VALUE, "humidity"): ("sensor_no_value_climate", "10 kΩ"),
        (Code.NO_VALUE, "pressure"): ("sensor_no_value_pressure", "SDA and SCL"),
        (Code.NO_VALUE, "atmospheric_pressure"): ("sensor_no_value_pressure", "0x76"),
        (Code.NO_VALUE, "distance"): ("sensor_no_value_distance", "Trig and Echo"),
        (Code.ZERO, "distance"): ("sensor_zero", "HC-SR04"),
        (Code.STUCK, "temperature"): ("sensor_stuck", "loose"),
        (Code.DISCONNECTED, "temperature"): ("sensor_disconnected", "4.7 kΩ"),
        (Code.POWER_ON, "temperature"): ("sensor_power_on", "requestTemperatures"),
    }
    assert {key for key, _ in expected.values()} == SENSOR_REPAIRS
    assert {code for code, _ in expected} == set(Code)
    for (code, device_class), (key, word) in expected.items():
        async_update_repairs(hass, entry, [Trouble("[x](y)", code, device_class, 0)])
        [issue] = issues(hass).values()
        assert issue.translation_key == key
        placeholders = issue.translation_placeholders or {}
        assert placeholders["board"] == r"\<b\>\*Shed\*\</b\>"
        assert placeholders["channel"] == r"\[x\]\(y\)"
        texts = STRINGS["issues"][key]
        for text, needed in (
            (texts["title"], {"board", "channel"}),
            (texts["description"], {"board", "channel", "since"}),
        ):
            fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert fields == needed
        assert word in texts["description"]
