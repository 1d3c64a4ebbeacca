"""A house whose history is looked at."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import Connect, add, token_entry

from .common import House


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return a board whose channels are known."""
    return token_entry(
        channels={
            "temp": "number",
            "energy": "number",
            "door": "boolean",
            "note": "text",
        }
    )


@pytest.fixture
async def house(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    entry: MockConfigEntry,
) -> House:
    """Return a house in which the board is connected."""
    assert await async_setup_component(hass, "sensor", {})
    await add(hass, entry)
    house = House(hass, freezer, entry, connect_token)
    await house.connect()
    return house
