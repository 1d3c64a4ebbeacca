"""Sensors that a person corrects."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.calibration import Calibration
from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
)
from custom_components.arduino_sensor.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.arduino_sensor.protocol import Value
from homeassistant.core import HomeAssistant

from .common import Connect, Sketch, add, channels, state, token_entry

TEMPERATURE = "sensor.kitchen_temperature"
TWICE: dict[str, Any] = {"temp": {"offset": -1.5, "factor": 2}}


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return a board whose thermometer is corrected."""
    return token_entry(channels={"temp": "number"}, options={CONF_CALIBRATION: TWICE})


@pytest.mark.parametrize(
    ("offset", "factor", "value", "expected"),
    [
        (0, 1, 20, 20),
        (-1.5, 1, 21.3, 19.8),
        (0, 0.1, 213, 21.3),
        (32, 1.8, -40, -40),
        (0, -1, 5, -5),
        (1, 2, None, None),
        (1, 2, 2**64, 2.0**65),
        # What no number can hold.
        (0, 10, 1e308, None),
        (1, 2, "text", "text"),
        (1, 2, True, True),
    ],
)
def test_apply(offset: float, factor: float, value: Value, expected: Value) -> None:
    """A number times a factor, plus an offset, without noise in the last digits."""
    calibration = Calibration(offset, factor)
    assert calibration.apply(value) == pytest.approx(expected, rel=1e-11)
    assert type(calibration.apply(value)) in (type(value), float, type(None))
    assert Calibration.from_stored(calibration.as_stored()) == calibration


def test_no_noise() -> None:
    """No one wants to see 21.300000000000001."""
    assert str(Calibration(0, 0.1).apply(213)) == "21.3"
    assert str(Calibration(0.1, 1).apply(0.2)) == "0.3"


async def test_shown(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """What is shown is corrected; what was sent stays in a bug report."""
    await board.send({"temp": 20, "humidity": 40})
    assert state(hass, TEMPERATURE) == "38.5"
    assert state(hass, "sensor.kitchen_humidity") == "40"
    await board.send({"temp": None})
    assert state(hass, TEMPERATURE) == "unknown"
    await board.send({"temp": 21})
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert report["channels"]["temp"]["raw"] == 21
    assert report["channels"]["temp"]["value"] == 40.5
    assert "raw" not in report["channels"]["humidity"]
    assert report["publishing"]["interval"] == 0
    (answer,) = await board.send({"temp": "warm"})
    assert answer["code"] == "wrong_type"


async def test_before_everything_else(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """The mean, and what counts as a change, are of corrected numbers."""
    entry = await add(
        hass,
        token_entry(
            channels={"temp": "number"},
            options={
                CONF_CALIBRATION: TWICE,
                CONF_PUBLISH: "mean",
                CONF_PUBLISH_INTERVAL: 60,
            },
        ),
    )
    board = await connect_token()
    for value in (20, 21, 22):
        await board.send({"temp": value})
    assert state(hass, TEMPERATURE) == "38.5"
    entry.runtime_data.publishing.flush()
    assert state(hass, TEMPERATURE) == "41.5"
    assert entry.runtime_data.channels["temp"].calibrated(20) == 38.5


async def test_changed(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """Another correction holds at once, for what was sent before."""
    await board.send({"temp": 20})
    for calibration, expected in (
        ({"temp": {"offset": 1, "factor": 1}}, "21.0"),
        ({}, "20"),
        ({"temp": {"offset": 2, "factor": 1}}, "22.0"),
    ):
        hass.config_entries.async_update_entry(
            entry, options={CONF_CALIBRATION: calibration}
        )
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert state(hass, TEMPERATURE) == expected
    # Unchanged, it is not applied twice.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "22.0"


async def test_new_channel(hass: HomeAssistant, connect_token: Connect) -> None:
    """A channel that was forgotten is corrected from its first value on, again."""
    await add(hass, token_entry(options={CONF_CALIBRATION: TWICE}))
    board = await connect_token()
    await board.send({"temp": 20})
    assert state(hass, TEMPERATURE) == "38.5"


async def test_not_what_is_set(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """A number that is set from here is what was set, whatever a sensor's was before."""
    await board.send(channels({"key": "temp", "kind": "number"}))
    await hass.async_block_till_done()
    await board.send({"temp": 20})
    assert state(hass, "number.kitchen_temp") == "20"
