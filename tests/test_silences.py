"""Boards that are silent for a shorter time than their own settings allow for."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.arduino_sensor.const import CONF_ABOUT, DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from .common import Connect, add, pass_time, state, token_entry

MINUTE = {"for": {"minutes": 1}}
TEMPERATURE = "sensor.kitchen_temperature"


@pytest.fixture
async def calls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> list[ServiceCall]:
    """Return what automations have told: `went_silent` or `came_back`, after a minute.

    The clock stands still before they begin to wait.
    """
    calls: list[ServiceCall] = async_mock_service(hass, "test", "tell")
    config = [
        {
            "alias": name,
            "triggers": [{"trigger": f"{DOMAIN}.{name}", "options": MINUTE}],
            "actions": [
                {
                    "action": "test.tell",
                    "data": {"told": f"{{{{ trigger.name }}}} {name}"},
                }
            ],
        }
        for name in ("went_silent", "came_back")
    ]
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    return calls


def told(calls: list[ServiceCall]) -> list[str]:
    """Return what was told since the last time."""
    found = [call.data["told"] for call in calls]
    calls.clear()
    return found


@pytest.fixture
async def kitchen(hass: HomeAssistant) -> MockConfigEntry:
    """Return the entry of a board."""
    return await add(hass, token_entry())


async def test_sketch_hangs(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    calls: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """The connection is open, and nothing comes: that counts from the last reading."""
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 40)
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 58)
    assert told(calls) == []
    await pass_time(hass, freezer, 3)
    assert told(calls) == ["Kitchen went_silent"]
    assert state(hass, TEMPERATURE) == "1"
    # Once for each silence, however long.
    await pass_time(hass, freezer, 30)
    assert told(calls) == []
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 6)
    assert told(calls) == ["Kitchen came_back"]
    await pass_time(hass, freezer, 50)
    assert told(calls) == []
    await pass_time(hass, freezer, 6)
    assert told(calls) == ["Kitchen went_silent"]


async def test_hangs_and_loses_its_connection(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    calls: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """What was told is not told again, and it is back at once when it is heard."""
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 61)
    assert told(calls) == ["Kitchen went_silent"]
    await board.socket.close()
    await pass_time(hass, freezer, 1000)
    assert state(hass, TEMPERATURE) == "unavailable"
    await hass.config_entries.async_reload(kitchen.entry_id)
    await pass_time(hass, freezer, 1000)
    assert told(calls) == []
    board = await connect_token()
    await board.send({"temp": 2})
    await hass.async_block_till_done()
    assert told(calls) == ["Kitchen came_back"]


async def test_short_silence_is_none(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    calls: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """A board that is away for less than that has not come back."""
    board = await connect_token()
    await board.send({"temp": 1})
    await board.socket.close()
    await pass_time(hass, freezer, 35)
    assert state(hass, TEMPERATURE) == "unavailable"
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 50)
    assert told(calls) == []


@pytest.mark.parametrize(
    ("about", "rhythm"),
    [({"interval": 120}, 180), ({"sleeps": True}, 600), ({"interval": 10}, 60)],
)
async def test_boards_that_send_seldom(
    hass: HomeAssistant,
    calls: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    about: dict[str, Any],
    rhythm: int,
) -> None:
    """One that says how seldom it sends is given its time; while it sleeps, as well."""
    entry = token_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_ABOUT: about}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    board = await connect_token()
    await board.send({"temp": 1})
    if "sleeps" in about:
        await board.socket.close()
    await pass_time(hass, freezer, rhythm - 5)
    assert told(calls) == []
    await pass_time(hass, freezer, 7)
    assert told(calls) == ["Kitchen went_silent"]


async def test_deleted_meanwhile(
    hass: HomeAssistant,
    kitchen: MockConfigEntry,
    calls: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
) -> None:
    """Nobody waits for a board that is gone."""
    board = await connect_token()
    await board.send({"temp": 1})
    await pass_time(hass, freezer, 61)
    assert told(calls) == ["Kitchen went_silent"]
    await hass.config_entries.async_remove(kitchen.entry_id)
    await pass_time(hass, freezer, 200)
    assert told(calls) == []
