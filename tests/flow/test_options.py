"""The options of a board."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_GRACE,
    CONF_INTERVAL,
    CONF_LINK,
    CONF_SILENCE,
    CONF_VALUES,
    LINK_VIRTUAL,
)
from custom_components.arduino_sensor.forms import MAX_VALUES
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .steps import defaults_of, set_up, suggested_by


async def test_options(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """Both times and the states can be changed, and are in force at once."""
    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "init")
    assert defaults_of(result) == {CONF_GRACE: 30, CONF_SILENCE: 600, CONF_VALUES: []}
    board = token_entry.runtime_data
    values = ["sensor.outdoor_temperature", "light.porch"]
    result = await hass.config_entries.options.async_configure(
        result["flow_id"],
        {CONF_GRACE: 5.0, CONF_SILENCE: 60.0, CONF_VALUES: values},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    chosen = {CONF_GRACE: 5, CONF_SILENCE: 60, CONF_VALUES: values}
    assert token_entry.options == chosen
    assert type(token_entry.options[CONF_GRACE]) is int
    assert type(token_entry.options[CONF_SILENCE]) is int
    assert token_entry.runtime_data is not board

    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    assert suggested_by(result) == chosen
    # A list that was emptied is not sent.
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_GRACE: 5, CONF_SILENCE: 60}
    )
    await hass.async_block_till_done()
    assert token_entry.options == {**chosen, CONF_VALUES: []}


async def test_too_many_values(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """A board sees sixteen entities at most, and what was typed is kept."""
    values = [f"sensor.number_{number}" for number in range(MAX_VALUES + 1)]
    form = {CONF_GRACE: 5, CONF_SILENCE: 60, CONF_VALUES: values}
    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    result = await hass.config_entries.options.async_configure(result["flow_id"], form)
    assert result["errors"] == {CONF_VALUES: "too_many_values"}
    assert suggested_by(result) == form
    form[CONF_VALUES] = values[1:]
    result = await hass.config_entries.options.async_configure(result["flow_id"], form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert len(token_entry.options[CONF_VALUES]) == 16


async def test_other_options_stay(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """How often a board reports is set elsewhere."""
    hass.config_entries.async_update_entry(token_entry, options={CONF_INTERVAL: 10})
    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_GRACE: 5, CONF_SILENCE: 60}
    )
    await hass.async_block_till_done()
    assert token_entry.options == {
        CONF_GRACE: 5,
        CONF_SILENCE: 60,
        CONF_INTERVAL: 10,
        CONF_VALUES: [],
    }


async def test_no_options(hass: HomeAssistant, socket_enabled: None) -> None:
    """The board inside Home Assistant has no connection that could be lost."""
    entry = await set_up(hass, {CONF_LINK: LINK_VIRTUAL}, unique_id=LINK_VIRTUAL)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_options"
    await hass.config_entries.async_unload(entry.entry_id)
