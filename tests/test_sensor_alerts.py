"""Alerts about sensors that cannot be believed: when they begin, and when they are over."""

from pathlib import Path
from typing import Final

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.arduino_sensor.const import CONF_CHANNELS, CONF_WATCH, DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.endpoint import address_of
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er

from .common import Connect, Sketch, add, channels, disconnect, pass_time, token_entry
from .test_alerts_blueprints import (
    TEMPERATURE,
    automate,
    device_of,
    messages,
    notifications,
    switch,
)
from .test_checkup import Bench
from .test_trigger import AUTOMATION, GARAGE, automate as listen, said

THERMOMETER: Final = {
    "key": "temp",
    "kind": "sensor",
    "device_class": "temperature",
    "unit": "°C",
}
WRONG: Final = -127
OFF: Final = "Kitchen: The thermometer Temperature is not connected."


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path) -> None:
    """Have blueprints in a place of their own."""
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what other automations have told."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    return calls


@pytest.fixture
async def bench(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Sketch
) -> Bench:
    """Return a board with a thermometer."""
    assert not await board.send(channels(THERMOMETER))
    bench = Bench(hass, freezer, board)
    await bench.goes_on(60, temp=20)
    return bench


async def raise_alert(
    hass: HomeAssistant, entry: MockConfigEntry, channel: str, **more: str
) -> None:
    """Have an alert about a sensor from before."""
    about = {"device_id": device_of(hass, entry), "kind": "sensor", "key": "guard"}
    about = {**about, "channel": channel, "value": "disconnected", **more}
    await hass.services.async_call(DOMAIN, "raise_alert", about, blocking=True)


async def start_anew(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """Have nothing that is known of the board, as after a start of Home Assistant."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    address = address_of(entry.data)
    assert address is not None
    await bench.board.socket.close()
    (await async_get_domain(hass)).endpoint.drop(address)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    bench.board = await connect_token()
    assert not await bench.board.send(channels(THERMOMETER))


async def forget_channel(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> None:
    """Take a channel from the board, as a person does who deletes its entity."""
    left = {one: kind for one, kind in entry.data[CONF_CHANNELS].items() if one != key}
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_CHANNELS: left}
    )
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


# Names.


async def test_name_that_is_unknown(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    connect_token: Connect,
    phone: list[ServiceCall],
    calls: list[ServiceCall],
) -> None:
    """What the board does not know has not recovered, after a start or at any time."""
    await raise_alert(hass, entry, "Temperature")
    await raise_alert(hass, entry, "Roof probe", key="mine")
    er.async_get(hass).async_update_entity(TEMPERATURE, name="Boiler")
    await start_anew(hass, bench, entry, connect_token)
    await automate(hass, "sensor")
    await bench.goes_on(600, temp=WRONG)
    await switch(hass, "turn_off")
    await switch(hass, "turn_on")
    assert messages(phone) == [OFF.replace("Temperature", "Boiler")]
    assert OFF in notifications(hass)
    assert len(notifications(hass)) == 3


async def test_name_that_two_have(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry, phone: list[ServiceCall]
) -> None:
    """That one of them works says nothing of the other."""
    await bench.goes_on(360, temp=20, other=1)
    registry = er.async_get(hass)
    for one in (TEMPERATURE, "sensor.kitchen_other"):
        registry.async_update_entity(one, name="Probe")
    await raise_alert(hass, entry, "Probe", value="stuck")
    await automate(hass, "sensor")
    await switch(hass, "turn_off")
    await switch(hass, "turn_on")
    assert "stuck" in notifications(hass)[0]


async def test_nobody_hears_of_what_the_board_never_had(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A person's own alert is that person's."""
    await raise_alert(hass, entry, "Roof probe")
    await start_anew(hass, bench, entry, connect_token)
    await listen(hass, "channel_recovered")
    await bench.goes_on(600, temp=20)
    assert not said(calls)
    assert len(notifications(hass)) == 1


async def test_key_without_a_channel(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    connect_token: Connect,
    phone: list[ServiceCall],
) -> None:
    """What has its first value after a start works from then on."""
    await automate(hass, "sensor")
    await bench.goes_on(360, temp=20, garden=None)
    no_value = "Kitchen: There is no value for garden."
    assert messages(phone) == [no_value]
    await start_anew(hass, bench, entry, connect_token)
    await bench.goes_on(60, temp=20)
    await bench.goes_on(240, temp=20, garden=3)
    assert notifications(hass) == [no_value]
    await bench.goes_on(30, temp=20, garden=3)
    assert messages(phone) == [f"Over: {no_value}"]
    assert not notifications(hass)


async def test_two_automations(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """After a start, it is told once that a sensor works; what is over, not at all."""
    for key in ("guard", "mine"):
        await raise_alert(hass, entry, "temp", key=key)
    await raise_alert(hass, entry, "other", key="mine")
    await start_anew(hass, bench, entry, connect_token)
    await listen(hass, "channel_recovered")
    about = {"device_id": device_of(hass, entry), "channel": "other", "key": "mine"}
    await hass.services.async_call(DOMAIN, "clear_alert", about, blocking=True)
    await bench.goes_on(600, temp=20, other=1)
    assert [one["key"] for one in said(calls)] == ["temp"]


# What is wrong already.


async def test_wrong_before_the_automation_was_there(
    hass: HomeAssistant, bench: Bench, phone: list[ServiceCall]
) -> None:
    """It is told soon after that, and as often as the automation is told of it: once."""
    await bench.goes_on(390, temp=WRONG)
    await automate(hass, "sensor")
    await pass_time(hass, bench.freezer, 2)
    assert messages(phone) == notifications(hass) == [OFF]
    await switch(hass, "turn_off")
    await switch(hass, "turn_on")
    await pass_time(hass, bench.freezer, 2)
    assert not messages(phone)
    assert notifications(hass) == [OFF]


@pytest.mark.parametrize("options", [None, {"existing": False}, {"existing": True}])
async def test_own_automation(
    hass: HomeAssistant,
    bench: Bench,
    calls: list[ServiceCall],
    options: dict[str, bool] | None,
) -> None:
    """An automation of a person's own hears of what is wrong already if it asks for it."""
    await bench.goes_on(390, temp=WRONG)
    await listen(hass, "channel_problem", options)
    for action in ("turn_off", "turn_on"):
        about = {"entity_id": AUTOMATION}
        await hass.services.async_call("automation", action, about, blocking=True)
    await pass_time(hass, bench.freezer, 2)
    told = [(one["key"], one["channel"], one["code"]) for one in said(calls)]
    assert told == [("temp", "Temperature", "disconnected")] * bool(
        options and options["existing"]
    )


async def test_wrong_since_the_automation_was_off(
    hass: HomeAssistant, bench: Bench, phone: list[ServiceCall]
) -> None:
    """It is told when the automation listens again, unless it does not for long."""
    await automate(hass, "sensor")
    await switch(hass, "turn_off")
    await bench.goes_on(390, temp=WRONG)
    await switch(hass, "turn_on")
    await switch(hass, "turn_off")
    await pass_time(hass, bench.freezer, 2)
    assert not notifications(hass)
    await switch(hass, "turn_on")
    await pass_time(hass, bench.freezer, 2)
    assert messages(phone) == [OFF]


async def test_silent_before_the_automation_was_there(
    hass: HomeAssistant, bench: Bench, phone: list[ServiceCall]
) -> None:
    """A board that has been away for long enough already is told of as well."""
    await disconnect(hass, bench.board)
    await pass_time(hass, bench.freezer, 1200)
    await automate(hass, "silent")
    await pass_time(hass, bench.freezer, 2)
    assert len(messages(phone)) == len(notifications(hass)) == 1


# What is not watched any more.


async def test_switched_off(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    phone: list[ServiceCall],
) -> None:
    """Who does not want to hear of it any more has no alert of it any more either."""
    await automate(hass, "sensor")
    await bench.goes_on(390, temp=WRONG, garden=None)
    assert len(notifications(hass)) == 2
    # It works, but that has yet to be known.
    await raise_alert(hass, entry, "Temperature", key="mine")
    own = {"entity_id": TEMPERATURE, "kind": "above", "key": "other"}
    await hass.services.async_call(DOMAIN, "raise_alert", own, blocking=True)
    await raise_alert(hass, entry, "Roof probe", key="mine")
    garage = await add(hass, token_entry(GARAGE, title="Garage"))
    await raise_alert(hass, garage, "temp")
    phone.clear()
    hass.config_entries.async_update_entry(entry, options={CONF_WATCH: "off"})
    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        # What is about something else is somebody else's business.
        assert len(notifications(hass)) == 3
        assert "Roof probe" in notifications(hass)[1]
        assert notifications(hass)[2].startswith("Garage: ")
        # So is what others find from then on.
        await raise_alert(hass, entry, "temp", key="mine")
        assert len(notifications(hass)) == 4
        await hass.services.async_call(
            DOMAIN,
            "clear_alert",
            {"device_id": device_of(hass, entry), "channel": "temp", "key": "mine"},
            blocking=True,
        )
    assert not messages(phone)


async def test_own_alert_on_a_board_that_is_not_watched(
    hass: HomeAssistant, bench: Bench, entry: MockConfigEntry
) -> None:
    """Who looks at a sensor without us knows when it is over."""
    hass.config_entries.async_update_entry(entry, options={CONF_WATCH: "off"})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await raise_alert(hass, entry, "temp")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await bench.goes_on(600, temp=20)
    assert notifications(hass) == [OFF]


@pytest.mark.parametrize("is_started_anew", [False, True])
async def test_channel_that_is_gone(
    hass: HomeAssistant,
    bench: Bench,
    entry: MockConfigEntry,
    connect_token: Connect,
    phone: list[ServiceCall],
    is_started_anew: bool,
) -> None:
    """What is not there any more has no alert: it is over as others are."""
    await automate(hass, "sensor")
    await bench.goes_on(390, temp=WRONG, other=3)
    assert messages(phone) == [OFF]
    if is_started_anew:
        await start_anew(hass, bench, entry, connect_token)
    await forget_channel(hass, entry, "temp")
    await bench.goes_on(300 if is_started_anew else 30, other=3)
    if is_started_anew:
        await bench.goes_on(30, other=3)
    assert messages(phone) == [f"Over: {OFF}"]
    assert not notifications(hass)


async def test_key_that_is_gone(
    hass: HomeAssistant,
    bench: Bench,
    connect_token: Connect,
    phone: list[ServiceCall],
) -> None:
    """So has a key that has never had a value, and is not in the sketch any more."""
    await automate(hass, "sensor")
    await bench.goes_on(390, temp=20, garden=None)
    assert len(messages(phone)) == 1
    bench.board = await connect_token()
    await bench.goes_on(180, temp=20)
    assert len(messages(phone)) == 1
    assert not notifications(hass)
