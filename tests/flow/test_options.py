"""The options of a board."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_CORRECT,
    CONF_DESCRIBED,
    CONF_FACTOR,
    CONF_GRACE,
    CONF_INTERVAL,
    CONF_LINK,
    CONF_OFFSET,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    CONF_SILENCE,
    CONF_VALUES,
    CONF_WATCH,
    LINK_VIRTUAL,
)
from custom_components.arduino_sensor.forms import MAX_VALUES
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData

from .steps import defaults_of, set_up, suggested_by

DEFAULTS = {
    CONF_GRACE: 30,
    CONF_SILENCE: 600,
    CONF_VALUES: [],
    CONF_PUBLISH: "last",
    CONF_PUBLISH_INTERVAL: 1,
    CONF_WATCH: "sure",
}


async def opened(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Open the dialog."""
    return await hass.config_entries.options.async_init(entry.entry_id)


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any]
) -> ConfigFlowResult:
    """Fill in a form, and go on."""
    result = await hass.config_entries.options.async_configure(result["flow_id"], data)
    await hass.async_block_till_done()
    return result


async def test_options(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """All of them can be changed, and are in force at once."""
    result = await opened(hass, token_entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "init")
    assert defaults_of(result) == DEFAULTS
    board = token_entry.runtime_data
    values = ["sensor.outdoor_temperature", "light.porch"]
    result = await submit(
        hass,
        result,
        {
            CONF_GRACE: 5.0,
            CONF_SILENCE: 60.0,
            CONF_VALUES: values,
            CONF_PUBLISH: "mean",
            CONF_PUBLISH_INTERVAL: 0.5,
            CONF_WATCH: "off",
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    chosen = {
        CONF_GRACE: 5,
        CONF_SILENCE: 60,
        CONF_VALUES: values,
        CONF_PUBLISH: "mean",
        CONF_PUBLISH_INTERVAL: 0.5,
        CONF_WATCH: "off",
    }
    assert token_entry.options == chosen
    assert type(token_entry.options[CONF_GRACE]) is int
    assert type(token_entry.options[CONF_SILENCE]) is int
    assert token_entry.runtime_data is not board
    assert token_entry.runtime_data.publishing.as_dict()["mode"] == "mean"
    assert token_entry.runtime_data.publishing.interval == 0.5
    assert token_entry.runtime_data.health.mode == "off"

    result = await opened(hass, token_entry)
    assert suggested_by(result) == chosen
    # A list that was emptied is not sent.
    await submit(hass, result, {CONF_GRACE: 5, CONF_SILENCE: 60})
    assert token_entry.options == {**DEFAULTS, CONF_GRACE: 5, CONF_SILENCE: 60}


@pytest.mark.parametrize(
    "wrong",
    [
        {CONF_PUBLISH_INTERVAL: -1},
        {CONF_PUBLISH_INTERVAL: 61},
        {CONF_PUBLISH: "median"},
        {CONF_WATCH: "some"},
        {CONF_CORRECT: "red"},
    ],
)
async def test_wrong_options(
    hass: HomeAssistant, token_entry: MockConfigEntry, wrong: dict[str, Any]
) -> None:
    """What cannot be chosen is not taken."""
    result = await opened(hass, token_entry)
    with pytest.raises(InvalidData):
        await submit(hass, result, {**DEFAULTS, **wrong})


async def test_too_many_values(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """A board sees sixteen entities at most, and what was typed is kept."""
    values = [f"sensor.number_{number}" for number in range(MAX_VALUES + 1)]
    form = {**DEFAULTS, CONF_VALUES: values, CONF_CORRECT: "temp"}
    result = await submit(hass, await opened(hass, token_entry), form)
    assert result["errors"] == {CONF_VALUES: "too_many_values"}
    assert suggested_by(result) == form
    form[CONF_VALUES] = values[1:]
    del form[CONF_CORRECT]
    result = await submit(hass, result, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(token_entry.options[CONF_VALUES]) == 16


async def test_other_options_stay(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """How often a board reports is set elsewhere, and so is what is corrected."""
    other = {CONF_INTERVAL: 10, CONF_CALIBRATION: {"temp": {"offset": 1, "factor": 1}}}
    hass.config_entries.async_update_entry(token_entry, options=other)
    await submit(
        hass, await opened(hass, token_entry), {CONF_GRACE: 5, CONF_SILENCE: 60}
    )
    assert token_entry.options == {
        **DEFAULTS,
        **other,
        CONF_GRACE: 5,
        CONF_SILENCE: 60,
    }


async def test_no_options(hass: HomeAssistant, socket_enabled: None) -> None:
    """The board inside Home Assistant has no connection that could be lost."""
    entry = await set_up(hass, {CONF_LINK: LINK_VIRTUAL}, unique_id=LINK_VIRTUAL)
    result = await opened(hass, entry)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_options"
    await hass.config_entries.async_unload(entry.entry_id)


# Correcting a sensor.


def offered(result: ConfigFlowResult) -> list[str]:
    """Return the channels that can be corrected."""
    schema = result["data_schema"]
    assert schema is not None
    for key, selector in schema.schema.items():
        if key == CONF_CORRECT:
            found: list[str] = selector.config["options"]
            return found
    return []


async def test_correct(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """A sensor is corrected, which shows at once; then it is not any more."""
    board = token_entry.runtime_data
    board.receive(b'{"temp": 20}')
    result = await opened(hass, token_entry)
    assert offered(result) == ["temp"]
    result = await submit(
        hass, result, {**DEFAULTS, CONF_GRACE: 7, CONF_CORRECT: "temp"}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "calibrate")
    assert defaults_of(result) == {CONF_FACTOR: 1, CONF_OFFSET: 0}
    assert result["description_placeholders"] == {
        "sensor": "temp",
        "raw": "20",
        "shown": "20",
    }
    result = await submit(hass, result, {CONF_FACTOR: 2, CONF_OFFSET: -1.5})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert token_entry.options == {
        **DEFAULTS,
        CONF_GRACE: 7,
        CONF_CALIBRATION: {"temp": {CONF_OFFSET: -1.5, CONF_FACTOR: 2}},
    }

    board = token_entry.runtime_data
    board.receive(b'{"temp": 30}')
    result = await submit(
        hass, await opened(hass, token_entry), {**DEFAULTS, CONF_CORRECT: "temp"}
    )
    assert suggested_by(result) == {CONF_FACTOR: 2, CONF_OFFSET: -1.5}
    assert result["description_placeholders"] == {
        "sensor": "temp",
        "raw": "30",
        "shown": "58.5",
    }
    await submit(hass, result, {CONF_FACTOR: 1, CONF_OFFSET: 0})
    assert token_entry.options == {**DEFAULTS, CONF_CALIBRATION: {}}


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({CONF_FACTOR: 0, CONF_OFFSET: 1}, {CONF_FACTOR: "invalid_factor"}),
        ({CONF_FACTOR: "nan", CONF_OFFSET: 1}, {CONF_FACTOR: "invalid_factor"}),
        ({CONF_FACTOR: 1, CONF_OFFSET: "inf"}, {CONF_OFFSET: "invalid_offset"}),
    ],
)
async def test_wrong_corrections(
    hass: HomeAssistant,
    token_entry: MockConfigEntry,
    form: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Both are numbers, and nothing is multiplied with 0."""
    result = await submit(
        hass, await opened(hass, token_entry), {**DEFAULTS, CONF_CORRECT: "temp"}
    )
    # Nothing was sent yet.
    assert (result["description_placeholders"] or {})["raw"] == "–"
    result = await submit(hass, result, form)
    assert result["errors"] == errors
    result = await submit(hass, result, {CONF_FACTOR: 1, CONF_OFFSET: 1})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_can_be_corrected(hass: HomeAssistant, loopback: None) -> None:
    """Numbers that a board sends, not those that are set on it; also while it is away."""
    number = {"type": "number"}
    entry = await set_up(
        hass,
        {"link": "token", "token": "x" * 32},
        {
            "volume": {**number, CONF_DESCRIBED: {"kind": "number"}},
            "oven": {**number, CONF_DESCRIBED: {"kind": "sensor", "unit": "rpm"}},
            "door": {"type": "boolean"},
            "air": number,
        },
        unique_id="x",
    )
    await hass.config_entries.async_unload(entry.entry_id)
    result = await opened(hass, entry)
    assert offered(result) == ["air", "oven"]
    # What has no unit can be corrected as well.
    result = await submit(hass, result, {**DEFAULTS, CONF_CORRECT: "air"})
    assert defaults_of(result) == {CONF_FACTOR: 1, CONF_OFFSET: 0}
    result = await opened(hass, entry)
    result = await submit(hass, result, {**DEFAULTS, CONF_CORRECT: "oven"})
    assert result["description_placeholders"] == {
        "sensor": "oven",
        "raw": "–",
        "shown": "–",
    }
    result = await submit(hass, result, {CONF_FACTOR: 0.1, CONF_OFFSET: 0})
    assert entry.options[CONF_CALIBRATION] == {
        "oven": {CONF_OFFSET: 0, CONF_FACTOR: 0.1}
    }


async def test_nothing_to_correct(hass: HomeAssistant, loopback: None) -> None:
    """A board without numbers is not asked about them."""
    entry = await set_up(hass, {"link": "token", "token": "x" * 32}, unique_id="x")
    assert offered(await opened(hass, entry)) == []
