"""What a person attaches to a bug report."""

from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import token_entry

TOKEN = "secretsecretsecretsecretsecret22"


async def test_diagnostics_show_the_board_and_not_its_token(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """The channels and their last values are there; the address is not."""
    assert await async_setup_component(
        hass, "http", {"http": {"server_host": ["127.0.0.1"]}}
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Kitchen",
        data={
            "link": "token",
            "token": TOKEN,
            "channels": {"temp": {"type": "number"}},
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    entry.runtime_data.receive(b'{"temp": 25.5, "x": [1]}')

    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert diagnostics["channels"] == {"temp": {"type": "number", "value": 25.5}}
    assert diagnostics["rejected"] == 1
    assert diagnostics["connected"] is False
    assert TOKEN not in str(diagnostics)


async def test_diagnostics_of_a_board_that_is_not_set_up(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """What is stored can be had of a disabled board too, again without its token."""
    assert await async_setup_component(
        hass, "http", {"http": {"server_host": ["127.0.0.1"]}}
    )
    entry = token_entry(
        TOKEN, options={"grace": 5}, disabled_by=ConfigEntryDisabler.USER
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})

    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert diagnostics == {
        "entry": {"link": "token", "token": "**REDACTED**", "channels": {}},
        "options": {"grace": 5},
    }
