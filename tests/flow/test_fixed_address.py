"""Adding a board with a fixed address."""

import errno
import socket as sockets
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_CHANNELS,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DEFAULT_FIXED_PORT,
    DOMAIN,
    LINK_FIXED,
    PRIVATE_NETWORKS,
)
from custom_components.arduino_sensor.domain import async_get_domain
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_PATH, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .steps import discovered, fixed_form, second_at, start, submit


@pytest.fixture
def port(loopback: None, port: int) -> int:
    """Return a port that can be opened, on this machine only."""
    return port


async def discover(hass: HomeAssistant, data: dict[str, Any]) -> ConfigFlowResult:
    """Have a second board at a fixed address discovered."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data=data
    )


async def test_fixed_address(hass: HomeAssistant, port: int) -> None:
    """A board with a fixed address gets a port of its own."""
    result = await start(hass, "fixed_address")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "fixed_address")
    schema = result["data_schema"]
    assert schema is not None
    assert schema({CONF_NAME: "Shed"}) == {
        CONF_NAME: "Shed",
        CONF_PORT: 8000,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: list(PRIVATE_NETWORKS),
    }
    result = await submit(
        hass,
        result,
        fixed_form(
            port,
            path=" ws/sensor/ ",
            networks=["192.168.1.7/16", " 10.0.0.0/8", "192.168.0.0/16", ""],
            source=" ",
        ),
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Shed"
    assert result["data"] == {
        CONF_LINK: LINK_FIXED,
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["192.168.0.0/16", "10.0.0.0/8"],
        CONF_SOURCE: None,
        CONF_CHANNELS: {},
    }
    assert result["result"].unique_id == f"{port}/ws/sensor/@"
    assert result["result"].state is ConfigEntryState.LOADED

    # The same again is refused. For one source it is another board.
    result = await submit(hass, await start(hass, "fixed_address"), fixed_form(port))
    assert result["errors"] == {"base": "address_taken"}
    result = await submit(hass, result, fixed_form(port, source=" 192.168.1.7 "))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_SOURCE] == "192.168.1.7"
    assert result["result"].unique_id == f"{port}/ws/sensor/@192.168.1.7"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": " "}, {CONF_NAME: "empty_name"}),
        ({"path": "/ws sensor"}, {CONF_PATH: "invalid_path"}),
        ({"path": "/ws?board=1"}, {CONF_PATH: "invalid_path"}),
        ({"path": "/ws#1"}, {CONF_PATH: "invalid_path"}),
        ({"path": "/ws%201"}, {CONF_PATH: "invalid_path"}),
        ({"path": "/wß"}, {CONF_PATH: "invalid_path"}),
        ({"path": "/api/arduino_sensor/ws/x"}, {CONF_PATH: "reserved_path"}),
        ({"path": "/api/arduino_sensor/ws"}, {CONF_PATH: "reserved_path"}),
        ({"networks": ["192.168.1"]}, {CONF_NETWORKS: "invalid_network"}),
        (
            {"networks": ["192.168.1.0/24", "here"]},
            {CONF_NETWORKS: "invalid_network"},
        ),
        ({"networks": []}, {CONF_NETWORKS: "no_network"}),
        ({"networks": ["  "]}, {CONF_NETWORKS: "no_network"}),
        ({"source": "192.168.1.0/24"}, {CONF_SOURCE: "invalid_source"}),
        ({"source": "8.8.8.8"}, {CONF_SOURCE: "source_not_in_networks"}),
        (
            {"path": "ws://192.168.1.10:1/ws/sensor/"},
            {CONF_PORT: "other_port"},
        ),
        ({"path": "ws://192.168.1.10:99999/ws"}, {CONF_PATH: "invalid_path"}),
        ({"path": "ws://[192.168.1.10/ws"}, {CONF_PATH: "invalid_path"}),
        ({"source": "::ffff:8.8.8.8"}, {CONF_SOURCE: "source_not_in_networks"}),
        (
            {"name": "", "path": "/ ", "source": "?"},
            {CONF_NAME: "empty_name", CONF_SOURCE: "invalid_source"},
        ),
        ({CONF_PORT: 8123}, {CONF_PORT: "port_of_home_assistant"}),
    ],
)
async def test_fixed_address_is_checked(
    hass: HomeAssistant, port: int, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    """What cannot work is said at its field, and what was typed is kept."""
    result = await start(hass, "fixed_address")
    result = await submit(hass, result, typed := {**fixed_form(port), **changes})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    schema = result["data_schema"]
    assert schema is not None
    assert {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    } == typed

    result = await submit(hass, result, fixed_form(port))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("ws://192.168.1.10:{port}/ws/sensor/", "/ws/sensor/"),
        (" ws://homeassistant.local:{port}/a:b ", "/a:b"),
        ("ws://[fd00::5]:{port}", "/"),
        ("ws://192.168.1.10/ws/sensor/", "/ws/sensor/"),
    ],
)
async def test_whole_address_as_path(
    hass: HomeAssistant, port: int, address: str, path: str
) -> None:
    """Of a whole address, the path is taken: a board asks for nothing else."""
    result = await start(hass, "fixed_address")
    result = await submit(
        hass, result, fixed_form(port, path=address.format(port=port))
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_PORT] == port
    assert result["data"][CONF_PATH] == path


async def test_port_of_a_whole_address(hass: HomeAssistant, port: int) -> None:
    """Its port is taken where none was chosen, and shown if something is wrong."""
    typed = fixed_form(
        DEFAULT_FIXED_PORT, name="", path=f"ws://192.168.1.10:{port}/ws/shed"
    )
    result = await start(hass, "fixed_address")
    result = await submit(hass, result, typed)
    assert result["errors"] == {CONF_NAME: "empty_name"}
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): key.description for key in schema.schema}
    assert suggested[CONF_PORT] == {"suggested_value": port}
    assert suggested[CONF_PATH] == {"suggested_value": "/ws/shed"}
    wrong = {CONF_NAME: "Shed", CONF_PATH: f"ws://192.168.1.10:{port}/ws/shed?1"}
    result = await submit(hass, result, {**typed, **wrong})
    assert result["errors"] == {CONF_PATH: "invalid_path"}
    result = await submit(hass, result, {**typed, CONF_NAME: "Shed"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == f"{port}/ws/shed@"


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("::ffff:192.168.1.7", "192.168.1.7"),
        (" fe80::1%eth0 ", "fe80::1"),
        ("FD00:0::5", "fd00::5"),
    ],
)
async def test_source_as_boards_have_it(
    hass: HomeAssistant, port: int, typed: str, source: str
) -> None:
    """An IP address is stored in the form in which connections have theirs."""
    result = await start(hass, "fixed_address")
    form = fixed_form(port, source=typed, networks=list(PRIVATE_NETWORKS))
    result = await submit(hass, result, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_SOURCE] == source
    assert result["result"].unique_id == f"{port}/ws/sensor/@{source}"


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "port_in_use"),
        (PermissionError(errno.EACCES, "denied"), "port_not_permitted"),
        (OSError(errno.EADDRNOTAVAIL, "not available"), "port_cannot_open"),
    ],
)
async def test_port_cannot_be_opened(
    hass: HomeAssistant, port: int, problem: OSError, error: str
) -> None:
    """A port that cannot be opened is refused before the board is added."""
    result = await start(hass, "fixed_address")
    listeners = (await async_get_domain(hass)).listeners
    with patch.object(type(listeners), "async_check", side_effect=problem):
        result = await submit(hass, result, fixed_form(port))
    assert result["errors"] == {CONF_PORT: error}
    result = await submit(hass, result, fixed_form(port))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_port_of_another_program(hass: HomeAssistant, port: int) -> None:
    """The port is really tried."""
    result = await start(hass, "fixed_address")
    with sockets.create_server(("127.0.0.1", port)):
        result = await submit(hass, result, fixed_form(port))
        assert result["errors"] == {CONF_PORT: "port_in_use"}
    result = await submit(hass, result, fixed_form(port))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_second_board_is_discovered(hass: HomeAssistant, port: int) -> None:
    """A second board at an address can be added beside the first."""
    result = await discover(hass, second_at(port))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "discovery_confirm_fixed"
    assert result["description_placeholders"] == {
        "source": "192.168.1.8",
        "port": str(port),
        "path": "/ws/sensor/",
    }
    (flow,) = discovered(hass)
    assert flow["context"]["title_placeholders"] == {"name": "192.168.1.8"}
    again = await discover(hass, second_at(port))
    assert again["reason"] == "already_in_progress"

    result = await submit(hass, result, {CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Barn"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Barn"
    assert result["data"] == {
        CONF_LINK: LINK_FIXED,
        **second_at(port),
        CONF_CHANNELS: {},
    }
    assert result["result"].unique_id == f"{port}/ws/sensor/@192.168.1.8"

    again = await discover(hass, second_at(port))
    assert again["reason"] == "already_configured"


async def test_ignored_board(hass: HomeAssistant, port: int) -> None:
    """A discovered board that was ignored can still be added by hand."""
    MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IGNORE,
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    ).add_to_hass(hass)
    result = await discover(hass, second_at(port))
    assert result["reason"] == "already_configured"
    result = await start(hass, "fixed_address")
    result = await submit(hass, result, fixed_form(port, source="192.168.1.8"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
