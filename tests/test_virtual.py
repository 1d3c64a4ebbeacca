"""The board that plays inside Home Assistant."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.connection import CloseCode
from custom_components.arduino_sensor.const import CONF_CHANNELS
from custom_components.arduino_sensor.protocol import Problem
from custom_components.arduino_sensor.transports.virtual import (
    INTERVAL,
    VirtualConnection,
    reading,
)
from homeassistant.core import HomeAssistant

from .common import add, assert_quiet, pass_time, state, virtual_entry

LIGHTS = ("red", "green", "blue")


def test_readings() -> None:
    """It plays a room's temperature, someone who walks by, and one light at a time."""
    readings = [reading(step) for step in range(600)]
    assert all(list(values) == ["temp", "distance", *LIGHTS] for values in readings)
    assert {sum(values[light] for light in LIGHTS) for values in readings} == {1}
    assert {light for values in readings for light in LIGHTS if values[light]} == set(
        LIGHTS
    )
    temperatures = [values["temp"] for values in readings]
    assert 18 < min(temperatures) < 20 and 24 < max(temperatures) < 26
    distances = [values["distance"] for values in readings]
    assert 15 < min(distances) < 30 and 190 < max(distances) < 205


async def test_plays(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loopback: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its readings become states as any board's do, until it is deleted."""
    entry = await add(hass, virtual_entry())

    def states() -> dict[str, str | None]:
        return {
            "temp": state(hass, "sensor.virtual_board_temperature"),
            "distance": state(hass, "sensor.virtual_board_distance"),
            **{
                light: state(hass, f"binary_sensor.virtual_board_{light}")
                for light in LIGHTS
            },
        }

    def expected(step: int) -> dict[str, str]:
        return {
            key: ("on" if value else "off") if isinstance(value, bool) else str(value)
            for key, value in reading(step).items()
        }

    assert states() == expected(0)
    assert state(hass, "binary_sensor.virtual_board_connectivity") == "on"
    assert list(entry.data[CONF_CHANNELS]) == ["temp", "distance", *LIGHTS]
    for step in range(1, 7):
        await pass_time(hass, freezer, INTERVAL)
        assert states() == expected(step)

    # A new set-up begins to play anew.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert states() == expected(0)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not hass.states.async_all()
    await pass_time(hass, freezer, INTERVAL)
    assert not hass.states.async_all()
    assert_quiet(caplog)


def test_nobody_reads() -> None:
    """What is said to it is dropped."""
    connection = VirtualConnection()
    connection.send({"type": "error"})
    connection.close(CloseCode.GOING_AWAY, Problem("code", "Sentence."))
    assert connection.source == "virtual"
