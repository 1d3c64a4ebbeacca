"""Automations that wait for something to happen to a board."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.arduino_sensor import trigger
from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr, selector
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import (
    async_get_all_descriptions,
    async_initialize_triggers,
    async_validate_trigger_config,
)
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

from .common import Connect, Sketch, add, pass_time, state, token_entry, wait_until

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

AUTOMATION: Final = "automation.alarm"
GARAGE: Final = "garage"
NAMES: Final = (
    *("connected", "went_silent", "came_back", "rejected"),
    *("channel_problem", "channel_recovered"),
)

FIELDS: Final = {
    **{name: {"device_id", "for"} for name in ("went_silent", "came_back")},
    "channel_problem": {"device_id", "existing"},
}


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what automations have told."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    return calls


async def automate(
    hass: HomeAssistant, name: str, options: dict[str, Any] | None = None
) -> None:
    """Add an automation that tells all that its trigger says."""
    config: dict[str, Any] = {"trigger": f"{DOMAIN}.{name}"}
    if options is not None:
        config["options"] = options
    said = "{{ dict(trigger.items() | rejectattr('0', 'in', ['id', 'idx', 'alias'])) }}"
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "id": "alarm",
                "alias": "Alarm",
                "mode": "queued",
                "triggers": [config],
                "actions": [{"action": "test.tell", "data": {"said": said}}],
            }
        },
    )
    await hass.async_block_till_done()


def said(calls: list[ServiceCall]) -> list[dict[str, Any]]:
    """Return what was told until now, and forget it."""
    told = [call.data["said"] for call in calls]
    calls.clear()
    return told


def device_id(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a board's device."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


@pytest.fixture
async def kitchen(hass: HomeAssistant, loopback: None) -> MockConfigEntry:
    """Return one board."""
    return await add(hass, token_entry())


@pytest.fixture
async def garage(hass: HomeAssistant, loopback: None) -> MockConfigEntry:
    """Return another board."""
    return await add(hass, token_entry(GARAGE, title="Garage"))


async def to_garage(connect_token: Connect) -> Sketch:
    """Connect the other board."""
    return await connect_token(f"/api/arduino_sensor/ws/{GARAGE}")


# What happens.


async def test_connected(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """Each connection counts, but not that an entry is set up again."""
    await automate(hass, "connected")
    board = await connect_token()
    await board.send({"temp": 1})
    assert said(calls) == [
        {
            "platform": "arduino_sensor.connected",
            "description": "Kitchen connected",
            "device_id": device_id(hass, kitchen),
            "name": "Kitchen",
        }
    ]
    assert await hass.config_entries.async_reload(kitchen.entry_id)
    await board.send({"temp": 2})
    assert state(hass, "sensor.kitchen_temperature") == "2"
    assert not said(calls)

    await (await connect_token()).send({"temp": 3})
    assert len(said(calls)) == 1


async def test_went_silent(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A board is missed when it is gone for too long, once."""
    await automate(hass, "went_silent")
    board = await connect_token()
    await board.send({"temp": 1})
    await board.socket.close()
    await wait_until(hass, lambda: not kitchen.runtime_data.connected)
    await pass_time(hass, freezer, 29)
    assert not said(calls)
    await pass_time(hass, freezer, 2)
    assert said(calls) == [
        {
            "platform": "arduino_sensor.went_silent",
            "description": "Kitchen went silent",
            "device_id": device_id(hass, kitchen),
            "name": "Kitchen",
        }
    ]
    await pass_time(hass, freezer, 3600)
    assert not said(calls)


async def test_came_back(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A board is back with its first reading, and not when its entry is set up again."""
    await automate(hass, "came_back")
    board = await connect_token()
    await board.answers()
    assert not said(calls)
    await board.send({"temp": 1})
    shared = {
        "platform": "arduino_sensor.came_back",
        "description": "Kitchen came back",
        "device_id": device_id(hass, kitchen),
        "name": "Kitchen",
    }
    assert said(calls) == [shared]
    assert await hass.config_entries.async_reload(kitchen.entry_id)
    await board.send({"temp": 2})
    await board.socket.close()
    await wait_until(hass, lambda: not kitchen.runtime_data.connected)
    board = await connect_token()
    await board.send({"temp": 3})
    assert not said(calls)
    await board.socket.close()
    await wait_until(hass, lambda: not kitchen.runtime_data.connected)
    await pass_time(hass, freezer, 31)
    await (await connect_token()).send({"temp": 4})
    assert said(calls) == [shared]


async def test_silent_for_so_long(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    garage: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """The time counts from the last that the board has sent, and once for each silence."""
    await automate(hass, "went_silent", {"for": {"minutes": 10}})
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 60)
    await board.socket.close()
    await wait_until(hass, lambda: not kitchen.runtime_data.connected)
    await pass_time(hass, freezer, 31)
    assert state(hass, "sensor.kitchen_temperature") == STATE_UNAVAILABLE
    # When its entry is set up again, it is as silent as before.
    assert await hass.config_entries.async_reload(kitchen.entry_id)
    await pass_time(hass, freezer, 500)
    assert not said(calls)
    await pass_time(hass, freezer, 15)
    # The other board was never there: that counts from when somebody began to wait.
    assert {told["name"] for told in said(calls)} == {"Kitchen", "Garage"}
    await pass_time(hass, freezer, 7200)
    assert not said(calls)


async def test_not_silent_for_so_long(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    garage: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A board that comes back in time is not missed, nor is one that is disabled."""
    await automate(hass, "went_silent", {"for": {"minutes": 10}})
    await hass.config_entries.async_set_disabled_by(
        garage.entry_id, ConfigEntryDisabler.USER
    )
    await pass_time(hass, freezer, 500)
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 599)
    assert not said(calls)
    # It stays connected, and its settings say 10 minutes as well.
    await pass_time(hass, freezer, 2)
    assert [told["name"] for told in said(calls)] == ["Kitchen"]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": AUTOMATION}, blocking=True
    )
    await board.send({"temp": 2})
    await pass_time(hass, freezer, 1300)
    assert not said(calls)


async def test_silent_since_it_was_set_up(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A board that is new, or set up late, and never comes counts from then on, once."""
    await automate(hass, "went_silent", {"for": {"minutes": 10}})
    await (await connect_token()).send({"temp": 1})
    await pass_time(hass, freezer, 20)
    garage = await add(hass, token_entry(GARAGE, title="Garage"))
    await pass_time(hass, freezer, 400)
    # Nothing begins again with a change of its entry.
    hass.config_entries.async_update_entry(garage, title="Cellar")
    assert await hass.config_entries.async_reload(garage.entry_id)
    await pass_time(hass, freezer, 190)
    said(calls)
    await pass_time(hass, freezer, 20)
    assert [told["name"] for told in said(calls)] == ["Cellar"]
    assert await hass.config_entries.async_reload(garage.entry_id)
    hass.config_entries.async_update_entry(garage, title="Garage")
    await pass_time(hass, freezer, 1300)
    assert not said(calls)
    await (await to_garage(connect_token)).send({"temp": 1})
    await pass_time(hass, freezer, 1300)
    assert [told["name"] for told in said(calls)] == ["Garage"]


async def test_silent_when_it_is_enabled_again(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    calls: list[ServiceCall],
) -> None:
    """One that was disabled when its time was up counts from when it is not."""
    await automate(hass, "went_silent", {"for": {"minutes": 10}})
    await pass_time(hass, freezer, 300)
    await hass.config_entries.async_set_disabled_by(
        kitchen.entry_id, ConfigEntryDisabler.USER
    )
    await pass_time(hass, freezer, 500)
    await hass.config_entries.async_set_disabled_by(kitchen.entry_id, None)
    await pass_time(hass, freezer, 590)
    assert not said(calls)
    await pass_time(hass, freezer, 15)
    assert [told["name"] for told in said(calls)] == ["Kitchen"]


async def test_a_board_that_never_came_does_not_go(
    hass: HomeAssistant, loopback: None, calls: list[ServiceCall]
) -> None:
    """A start of Home Assistant is not a house full of boards that went silent."""
    await automate(hass, "went_silent")
    await add(hass, token_entry(channels={"temp": "number"}))
    assert state(hass, "sensor.kitchen_temperature") == STATE_UNAVAILABLE
    assert not said(calls)


async def test_rejected(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """The automation learns what the board is told, and as seldom."""
    await automate(hass, "rejected")
    board = await connect_token()
    (first,) = await board.send({"temp": "25.5"})
    assert not await board.send({"temp": "25.6"})
    freezer.tick(1)
    (second,) = await board.send("temp=25.5")
    shared = {
        "platform": "arduino_sensor.rejected",
        "description": "Kitchen sent something that could not be used",
        "device_id": device_id(hass, kitchen),
        "name": "Kitchen",
    }
    assert said(calls) == [
        {**shared, "code": "wrong_type", "key": "temp", "message": first["message"]},
        {**shared, "code": "invalid_json", "key": "", "message": second["message"]},
    ]


# To whom.


@pytest.mark.parametrize(
    "options", [None, {}, {"device_id": []}], ids=["none", "empty", "no device"]
)
async def test_any_board(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
    options: dict[str, Any] | None,
) -> None:
    """Without a choice it is every board, also one that is added later."""
    await automate(hass, "connected", options)
    await add(hass, token_entry(GARAGE, title="Garage"))
    await (await connect_token()).answers()
    await (await to_garage(connect_token)).answers()
    assert [told["name"] for told in said(calls)] == ["Kitchen", "Garage"]


@pytest.mark.parametrize("as_list", [True, False])
async def test_one_board(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    garage: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
    as_list: bool,
) -> None:
    """With a choice it is no other."""
    chosen = device_id(hass, garage)
    await automate(hass, "connected", {"device_id": [chosen] if as_list else chosen})
    await (await connect_token()).answers()
    assert not said(calls)
    await (await to_garage(connect_token)).answers()
    assert [told["device_id"] for told in said(calls)] == [chosen]


async def test_a_trigger_that_is_removed(
    hass: HomeAssistant, kitchen: MockConfigEntry, connect_token: Connect
) -> None:
    """What does not listen any more hears nothing."""
    heard: list[dict[str, Any]] = []

    @callback
    def hear(variables: dict[str, Any], context: Context | None = None) -> None:
        heard.append(variables)

    config = await async_validate_trigger_config(
        hass, [{"platform": f"{DOMAIN}.connected"}]
    )
    remove = await async_initialize_triggers(
        hass, config, hear, DOMAIN, "Alarm", logging.getLogger(__name__).log
    )
    assert remove is not None
    await (await connect_token()).answers()
    assert len(heard) == 1
    remove()
    await (await connect_token()).answers()
    assert len(heard) == 1


async def test_the_name_is_the_one_that_a_person_gave(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """A message to a person says what the person calls the board."""
    device_registry.async_update_device(
        device_id(hass, kitchen), name_by_user="Grandma's kitchen"
    )
    await automate(hass, "connected")
    await (await connect_token()).answers()
    (told,) = said(calls)
    assert told["name"] == "Grandma's kitchen"


async def test_a_board_that_is_gone(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    garage: MockConfigEntry,
    connect_token: Connect,
    calls: list[ServiceCall],
) -> None:
    """An automation for two boards goes on when one of them is deleted."""
    chosen = [device_id(hass, kitchen), device_id(hass, garage)]
    await hass.config_entries.async_remove(garage.entry_id)
    await automate(hass, "connected", {"device_id": chosen})
    await (await connect_token()).answers()
    assert [told["name"] for told in said(calls)] == ["Kitchen"]


# What is no configuration.


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"device_id": ["gone", "too"]}, "There is no device gone or too"),
        ({"device_id": {"a": 1}}, "device_id"),
        ({"devices": ["a"]}, "devices"),
        ("Kitchen", "expected"),
    ],
)
async def test_wrong_options(
    hass: HomeAssistant,
    loopback: None,
    caplog: pytest.LogCaptureFixture,
    options: Any,
    expected: str,
) -> None:
    """The automation does not run, and its author reads why."""
    await automate(hass, "connected", options)
    assert state(hass, AUTOMATION) == STATE_UNAVAILABLE
    assert expected in caplog.text


async def test_a_device_that_is_no_board(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A device of another integration is a slip, also beside a board."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", kitchen.entry_id)}
    )
    await automate(
        hass, "connected", {"device_id": [device_id(hass, kitchen), device.id]}
    )
    assert state(hass, AUTOMATION) == STATE_UNAVAILABLE
    assert f"Device '{device.id}' is no Arduino board" in caplog.text


async def test_a_trigger_that_does_not_exist(
    hass: HomeAssistant, loopback: None
) -> None:
    """Only what was promised is there."""
    with pytest.raises(vol.Invalid, match="exploded"):
        await async_validate_trigger_config(hass, [{"platform": f"{DOMAIN}.exploded"}])


# How it is shown.


async def test_descriptions(hass: HomeAssistant, loopback: None) -> None:
    """Each trigger has a form, texts for all of it, and an icon."""
    assert (await trigger.async_get_triggers(hass)).keys() == set(NAMES)
    await add(hass, token_entry())
    await async_validate_trigger_config(
        hass, [{"platform": f"{DOMAIN}.{name}"} for name in NAMES]
    )
    described = await async_get_all_descriptions(hass)
    texts = await async_get_translations(hass, "en", "triggers", [DOMAIN])
    expected = set()
    for name in NAMES:
        fields = (described[f"{DOMAIN}.{name}"] or {})["fields"]
        assert fields.keys() == FIELDS.get(name, {"device_id"})
        prefix = f"component.{DOMAIN}.triggers.{name}"
        for place in ("", *(f".fields.{field}" for field in fields)):
            expected |= {f"{prefix}{place}.name", f"{prefix}{place}.description"}
    assert texts.keys() == expected
    # Home Assistant has nothing to put into them.
    assert not any("{" in text for text in texts.values())
    icons = (await async_get_icons(hass, "triggers", [DOMAIN]))[DOMAIN]
    assert icons.keys() == set(NAMES)
    assert all(icon.keys() == {"trigger"} for icon in icons.values())


def test_triggers_yaml() -> None:
    """The file has the form that Home Assistant's hassfest asks for."""
    content = load_yaml_dict(Path(trigger.__file__).parent / "triggers.yaml")
    for name, description in content.items():
        if name.startswith("."):
            continue
        assert name in NAMES
        assert description.keys() == {"fields"}
        for field in description["fields"].values():
            assert field.keys() <= {"required", "default", "example", "selector"}
            assert isinstance(field["required"], bool)
            (kind, config), *rest = field["selector"].items()
            assert not rest
            assert selector.validate_selector({kind: config}) == {kind: config}
    assert {name for name in content if not name.startswith(".")} == set(NAMES)
