"""Changing a board."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.connection import CloseCode
from custom_components.arduino_sensor.const import (
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DOMAIN,
    LINK_FIXED,
    LINK_KEY,
    LINK_TOKEN,
    LINK_VIRTUAL,
)
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import CONF_NAME, CONF_PATH, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from tests.common import TOKEN, assert_quiet, wait_until
from tests.keyed_board import BOARD_ID

from .conftest import Connect
from .steps import KEY, fixed_form, path_of, reconfigure, second_at, set_up, submit


@pytest.fixture
def port(loopback: None, port: int) -> int:
    """Return a port that can be opened, on this machine only."""
    return port


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (
            {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
            ["rename", "show_sketch", "new_token", "replace_board", "forget_channels"],
        ),
        ({CONF_LINK: LINK_VIRTUAL}, ["rename", "forget_channels"]),
        ({CONF_LINK: LINK_FIXED}, ["fixed", "replace_board", "forget_channels"]),
        (
            {CONF_LINK: LINK_KEY, CONF_BOARD: BOARD_ID, CONF_KEY: KEY.hex()},
            ["rename", "replace_board", "new_key", "forget_channels"],
        ),
    ],
)
async def test_what_can_be_changed(
    hass: HomeAssistant, port: int, data: dict[str, Any], options: list[str]
) -> None:
    """The menu offers what makes sense for the board."""
    if data[CONF_LINK] == LINK_FIXED:
        data = {**data, **second_at(port)}
    entry = await set_up(hass, data)
    result = await reconfigure(hass, entry)
    assert result["menu_options"] == options
    assert result["description_placeholders"] == {"name": "Kitchen"}
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.config_entries.async_unload(entry.entry_id)


async def test_rename(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """A new name is the entry's and the device's."""
    result = await reconfigure(hass, token_entry, "rename")
    result = await submit(hass, result, {CONF_NAME: " "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Pantry"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert token_entry.title == "Pantry"
    state = hass.states.get("sensor.kitchen_temperature")
    assert state is not None
    assert state.name == "Pantry Temperature"


async def test_show_sketch(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """The sketch can be had again."""
    result = await reconfigure(hass, token_entry, "show_sketch")
    assert result["step_id"] == "sketch"
    assert path_of(result) == f"/api/arduino_sensor/ws/{TOKEN}"
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "nothing_changed"
    assert token_entry.data[CONF_TOKEN] == TOKEN


async def test_show_sketch_only_tls(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """So can the one for TLS."""
    assert hass.config.api is not None
    hass.config.api.use_ssl = True
    result = await reconfigure(hass, token_entry, "show_sketch")
    assert result["step_id"] == "sketch_tls"
    result = await submit(hass, result)
    assert result["reason"] == "nothing_changed"


async def test_new_token(
    hass: HomeAssistant, token_entry: MockConfigEntry, connect: Connect
) -> None:
    """A new address ends the old one, and leaves everything else as it is."""
    result = await reconfigure(hass, token_entry, "new_token")
    assert result["step_id"] == "new_token"
    assert token_entry.data[CONF_TOKEN] == TOKEN
    result = await submit(hass, result)
    await hass.async_block_till_done()
    assert result["step_id"] == "sketch"
    path = path_of(result)
    assert path == f"/api/arduino_sensor/ws/{token_entry.data[CONF_TOKEN]}"
    assert token_entry.data[CONF_TOKEN] != TOKEN
    assert token_entry.data[CONF_CHANNELS] == {
        "temp": {"type": "number"},
        "red": {"type": "boolean"},
    }
    assert token_entry.state is ConfigEntryState.LOADED

    old = await connect(f"/api/arduino_sensor/ws/{TOKEN}")
    assert (await old.receive_json())["code"] == "unknown_address"
    assert (await old.receive()).data == CloseCode.UNKNOWN_ADDRESS

    board = await connect(path)
    await board.send_json({"temp": 26.5})
    await wait_until(
        hass,
        lambda: (
            (state := hass.states.get("sensor.kitchen_temperature"))
            and state.state == "26.5"
        ),
    )
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "new_token_given"


async def test_change_fixed_address(hass: HomeAssistant, port: int) -> None:
    """Name, port, path, networks and source can be changed; its port is its own."""
    other = await set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **second_at(port)},
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    )
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **second_at(port), CONF_SOURCE: None},
        {"temp": {"type": "number"}},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await reconfigure(hass, entry, "fixed")
    schema = result["data_schema"]
    assert schema is not None
    assert {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    } == {
        CONF_NAME: "Kitchen",
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["192.168.0.0/16"],
    }
    result = await submit(
        hass, result, fixed_form(port, name="", networks=["x"], path="/a b")
    )
    assert result["errors"] == {
        CONF_NAME: "empty_name",
        CONF_PATH: "invalid_path",
        CONF_NETWORKS: "invalid_network",
    }
    result = await submit(hass, result, fixed_form(port, source="192.168.1.8"))
    assert result["errors"] == {"base": "address_taken"}
    result = await submit(hass, result, fixed_form(port, path="/shed"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.title == "Shed"
    assert entry.unique_id == f"{port}/shed@"
    assert entry.data == {
        CONF_LINK: LINK_FIXED,
        CONF_PORT: port,
        CONF_PATH: "/shed",
        CONF_NETWORKS: ["127.0.0.0/8", "192.168.0.0/16"],
        CONF_SOURCE: None,
        CONF_CHANNELS: {"temp": {"type": "number"}},
    }
    assert entry.state is ConfigEntryState.LOADED
    assert other.state is ConfigEntryState.LOADED

    # The source, once given, is there to be changed again.
    result = await reconfigure(hass, other, "fixed")
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): key.description for key in schema.schema}
    assert suggested[CONF_SOURCE] == {"suggested_value": "192.168.1.8"}
    result = await submit(hass, result, fixed_form(port))
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert other.data[CONF_SOURCE] is None


async def test_whole_address_when_changing(hass: HomeAssistant, port: int) -> None:
    """A whole address is taken apart here too."""
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **second_at(port), CONF_SOURCE: None},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await reconfigure(hass, entry, "fixed")
    result = await submit(
        hass, result, fixed_form(port, path="ws://192.168.1.10:1/shed")
    )
    assert result["errors"] == {CONF_PORT: "other_port"}
    result = await submit(hass, result, fixed_form(port, path=f"ws://h:{port}/shed"))
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.unique_id == f"{port}/shed@"


async def test_change_to_an_ignored_address(
    hass: HomeAssistant, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The address of a board that was ignored can be given to one that is there."""
    ignored = MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IGNORE,
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    )
    ignored.add_to_hass(hass)
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **second_at(port), CONF_SOURCE: None},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await reconfigure(hass, entry, "fixed")
    # What is wrong elsewhere leaves the ignored one alone.
    form = fixed_form(port, source="192.168.1.8")
    result = await submit(hass, result, {**form, CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    assert ignored in hass.config_entries.async_entries(DOMAIN)

    result = await submit(hass, result, form)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.unique_id == f"{port}/ws/sensor/@192.168.1.8"
    assert entry.state is ConfigEntryState.LOADED
    assert_quiet(caplog)


async def test_forget_channels(
    hass: HomeAssistant,
    token_entry: MockConfigEntry,
    connect: Connect,
    entity_registry: er.EntityRegistry,
) -> None:
    """A forgotten channel is gone with its entity, and comes back when it is sent."""
    assert hass.states.get("binary_sensor.kitchen_red") is not None
    result = await reconfigure(hass, token_entry, "forget_channels")
    result = await submit(hass, result, {CONF_CHANNELS: []})
    assert result["errors"] == {CONF_CHANNELS: "nothing_chosen"}
    result = await submit(hass, result, {CONF_CHANNELS: ["red"]})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert token_entry.data[CONF_CHANNELS] == {"temp": {"type": "number"}}
    assert entity_registry.async_get("binary_sensor.kitchen_red") is None
    assert hass.states.get("binary_sensor.kitchen_red") is None
    assert hass.states.get("sensor.kitchen_temperature") is not None

    board = await connect(f"/api/arduino_sensor/ws/{TOKEN}")
    await board.send_json({"red": True})
    await wait_until(
        hass,
        lambda: (
            (state := hass.states.get("binary_sensor.kitchen_red"))
            and state.state == "on"
        ),
    )


async def test_forgotten_channels_stay_forgotten(
    hass: HomeAssistant, socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A reading that comes at the same moment does not bring back the others."""
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {key: {"type": "number"} for key in "fbdace"},
    )
    result = await reconfigure(hass, entry, "forget_channels")
    board = entry.runtime_data
    await submit(hass, result, {CONF_CHANNELS: ["d", "f"]})
    # The entry may still be on its way to be set up again.
    board.receive(b'{"new": 1}')
    await hass.async_block_till_done()
    # In the order in which the board first sent them.
    assert list(entry.data[CONF_CHANNELS]) == ["b", "a", "c", "e", "new"]
    assert hass.states.get("sensor.kitchen_d") is None
    assert entry.state is ConfigEntryState.LOADED
    assert_quiet(caplog)


async def test_forget_channels_of_a_disabled_board(
    hass: HomeAssistant, socket_enabled: None, entity_registry: er.EntityRegistry
) -> None:
    """It need not be set up for that."""
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {key: {"type": "number"} for key in "ba"},
    )
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    result = await reconfigure(hass, entry, "forget_channels")
    result = await submit(hass, result, {CONF_CHANNELS: ["b"]})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert list(entry.data[CONF_CHANNELS]) == ["a"]
    assert entity_registry.async_get("sensor.kitchen_b") is None


async def test_nothing_to_forget(hass: HomeAssistant, socket_enabled: None) -> None:
    """A board that has sent nothing has nothing to forget."""
    entry = await set_up(hass, {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN})
    result = await reconfigure(hass, entry, "forget_channels")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_channels"
