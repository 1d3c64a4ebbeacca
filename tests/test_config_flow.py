"""Adding a board, and changing one later, the way a person does it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
import errno
import json
from pathlib import Path
import re
import socket as sockets
from typing import Any
from unittest.mock import patch

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.arduino_sensor import config_flow, forms
from custom_components.arduino_sensor.connection import CloseCode
from custom_components.arduino_sensor.const import (
    CONF_CHANNELS,
    CONF_GRACE,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SILENCE,
    CONF_SOURCE,
    DEFAULT_FIXED_PORT,
    DOMAIN,
    LINK_FIXED,
    LINK_TOKEN,
    LINK_VIRTUAL,
    PRIVATE_NETWORKS,
)
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.pending import MAX_PENDING
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_PATH, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResultType, UnknownFlow
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .common import assert_quiet

type Connect = Callable[[str], Awaitable[ClientWebSocketResponse]]

TOKEN = "abcdefghijkmnpqrstuvwxyz23456789"
STRINGS = json.loads(
    (Path(config_flow.__file__).parent / "translations" / "en.json").read_text()
)


def _check_text(texts: dict[str, Any], key: str, given: Any) -> None:
    """Check that a text is there, and that all of its placeholders are given."""
    assert texts.get(key), f"no text for {key}"
    assert set(re.findall(r"{(\w+)}", texts[key])) <= set(given or ())


def _check_texts(kind: str, result: Any) -> None:
    """Check that a person finds words for all of a step."""
    texts = STRINGS[kind]
    given = result.get("description_placeholders")
    if result["type"] is FlowResultType.ABORT:
        if result.get("translation_domain") is None:
            _check_text(texts["abort"], result["reason"], given)
    elif result["type"] is FlowResultType.SHOW_PROGRESS:
        _check_text(texts["progress"], result["progress_action"], given)
        _check_text(texts["step"][result["step_id"]], "title", None)
    elif result["type"] is FlowResultType.MENU:
        step = texts["step"][result["step_id"]]
        # Home Assistant puts nothing into the title of a menu.
        _check_text(step, "title", None)
        if "description" in step:
            _check_text(step, "description", given)
        for option in result["menu_options"]:
            _check_text(step["menu_options"], option, given)
            _check_text(step["menu_option_descriptions"], option, given)
    elif result["type"] is FlowResultType.FORM:
        step = texts["step"][result["step_id"]]
        _check_text(step, "title", given)
        if "description" in step:
            _check_text(step, "description", given)
        schema = result["data_schema"]
        for field in schema.schema if schema is not None else ():
            _check_text(step["data"], str(field), given)
            _check_text(step["data_description"], str(field), given)
        for error in (result["errors"] or {}).values():
            _check_text(texts["error"], error, given)


@pytest.fixture(autouse=True)
def every_step_has_words() -> Iterator[None]:
    """Fail a test that comes by a step, an error or an end without words."""
    handle_step = FlowManager._async_handle_step

    async def _handle_step(self: Any, flow: Any, *args: Any) -> Any:
        result = await handle_step(self, flow, *args)
        kind = "config" if self is flow.hass.config_entries.flow else "options"
        _check_texts(kind, result)
        return result

    with patch.object(FlowManager, "_async_handle_step", _handle_step):
        yield


@pytest.fixture
def connect(
    hass: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> Connect:
    """Return what connects a board to a path of Home Assistant's own server."""

    async def _connect(path: str) -> ClientWebSocketResponse:
        client = await hass_client_no_auth()
        return await client.ws_connect(path)

    return _connect


async def _start(hass: HomeAssistant, *choices: str) -> ConfigFlowResult:
    """Open the dialog that adds a board, and choose from its menus."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    return await _choose(hass, result, *choices)


async def _reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, *choices: str
) -> ConfigFlowResult:
    """Open the dialog that changes a board, and choose from its menus."""
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    return await _choose(hass, result, *choices)


async def _choose(
    hass: HomeAssistant, result: ConfigFlowResult, *choices: str
) -> ConfigFlowResult:
    for choice in choices:
        result = await _submit(hass, result, {"next_step_id": choice})
    return result


async def _submit(
    hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any] | None = None
) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], data if data is not None else {}
    )


async def _add(hass: HomeAssistant, name: str = "Kitchen") -> ConfigFlowResult:
    """Go on to the step with the sketch."""
    result = await _start(hass, "add_board")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "add_board")
    result = await _submit(hass, result, {CONF_NAME: name})
    assert result["type"] is FlowResultType.FORM
    return result


def _sketch(result: ConfigFlowResult) -> str:
    """Return the sketch that a step shows."""
    schema = result["data_schema"]
    assert schema is not None
    shown: str = schema({})["sketch"]
    return shown


def _path(result: ConfigFlowResult) -> str:
    """Return the path of the address that a step shows."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    address = placeholders["address"]
    path = f"/{address.split('/', 3)[3]}"
    assert f'"{path}"' in _sketch(result)
    return path


def _progress(hass: HomeAssistant) -> list[ConfigFlowResult]:
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def _discovered(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return the boards that are shown as discovered."""
    return [
        flow
        for flow in _progress(hass)
        if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    ]


async def _wait_until(hass: HomeAssistant, condition: Callable[[], Any]) -> None:
    """Wait for what comes over a real connection."""
    import asyncio

    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)
            await hass.async_block_till_done()


# Adding a board.


async def test_wait_for_the_board(hass: HomeAssistant, connect: Connect) -> None:
    """The way that most people go: a sketch, then see the readings come in."""
    result = await _add(hass, " Kitchen ")
    assert result["step_id"] == "sketch"
    path = _path(result)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["address"] == f"ws://10.10.10.10:8123{path}"
    assert 'HA_HOST = "10.10.10.10";' in _sketch(result)
    assert "HA_PORT = 8123;" in _sketch(result)
    assert "@" not in _sketch(result)

    # The dialog sends back what the form shows.
    result = await _submit(hass, result, {"sketch": _sketch(result)})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "connect")
    result = await _choose(hass, result, "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS

    board = await connect(path)
    await board.send_json({"temp": 25.5, "red": True, "note": 'a "b"', "gas": None})
    await _wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "received")
    assert result["description_placeholders"] == {
        "values": '```text\ntemp: 25.5\nred: true\nnote: "a \\"b\\""\n```'
    }

    result = await _submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Kitchen"
    token = path.rpartition("/")[2]
    assert result["data"] == {
        CONF_LINK: LINK_TOKEN,
        CONF_TOKEN: token,
        CONF_CHANNELS: {},
    }
    assert result["result"].unique_id
    assert not _progress(hass)
    domain = await async_get_domain(hass)
    assert domain.endpoint.pending.get(token) is None

    # What the dialog has shown is there, without another reading.
    await hass.async_block_till_done()
    for entity_id, value in (
        ("sensor.kitchen_temperature", "25.5"),
        ("binary_sensor.kitchen_red", "on"),
        ("sensor.kitchen_note", 'a "b"'),
    ):
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.state == value

    # The connection that was there goes on, now as the entry's.
    await board.send_json({"temp": 26.5})
    await _wait_until(
        hass,
        lambda: (
            (state := hass.states.get("sensor.kitchen_temperature"))
            and state.state == "26.5"
        ),
    )
    assert not board.closed


async def test_finish_now(hass: HomeAssistant, socket_enabled: None) -> None:
    """A person who does not want to wait need not."""
    result = await _submit(hass, await _add(hass))
    result = await _choose(hass, result, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.LOADED
    assert not _progress(hass)


async def test_board_is_faster(hass: HomeAssistant, connect: Connect) -> None:
    """A board that has sent already is shown at once, and not added unasked."""
    result = await _add(hass)
    domain = await async_get_domain(hass)
    path = _path(result)
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    pending = domain.endpoint.pending.get(path.rpartition("/")[2])
    assert pending is not None
    await _wait_until(hass, lambda: pending.values)
    assert not _discovered(hass)  # its dialog is open

    result = await _choose(hass, await _submit(hass, result), "wait")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "received")
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_nothing_yet(
    hass: HomeAssistant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end, after which a person can wait again."""
    monkeypatch.setattr(config_flow, "WAIT_TIME", 0.05)
    result = await _add(hass)
    path = _path(result)
    result = await _choose(hass, await _submit(hass, result), "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await _wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "nothing_yet"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "nothing_yet")

    monkeypatch.setattr(config_flow, "WAIT_TIME", 60)
    result = await _choose(hass, result, "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await _wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    result = await _submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_name_is_needed(hass: HomeAssistant, socket_enabled: None) -> None:
    """A board without a name is not added; with one it is."""
    result = await _start(hass, "add_board")
    result = await _submit(hass, result, {CONF_NAME: "  "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await _submit(hass, result, {CONF_NAME: "Kitchen"})
    result = await _choose(hass, await _submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_only_tls(hass: HomeAssistant, socket_enabled: None) -> None:
    """With TLS only, the sketch and the words around it are others."""
    result = await _start(hass, "add_board")
    assert hass.config.api is not None
    hass.config.api.use_ssl = True
    result = await _submit(hass, result, {CONF_NAME: "Kitchen"})
    assert result["step_id"] == "sketch_tls"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["address"].startswith("wss://10.10.10.10:8123/")
    assert "homeAssistant.beginSSL(" in _sketch(result)
    result = await _choose(hass, await _submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("tls", [False, True])
async def test_only_this_computer(
    hass: HomeAssistant, loopback: None, tls: bool
) -> None:
    """Where no board can reach Home Assistant, the page with the sketch says so."""
    assert hass.config.api is not None
    hass.config.api.use_ssl = tls
    result = await _add(hass)
    assert result["step_id"] == "sketch_loopback"
    text = STRINGS["config"]["step"]["sketch_loopback"]["description"]
    assert "on this computer only" in text
    assert 'HA_HOST = "127.0.0.1";' in _sketch(result)
    result = await _choose(hass, await _submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


# The dialog is closed, and the board comes later.


async def test_closed_dialog_loses_nothing(
    hass: HomeAssistant, connect: Connect
) -> None:
    """The board is discovered under its name when it connects."""
    result = await _add(hass)
    path = _path(result)
    hass.config_entries.flow.async_abort(result["flow_id"])
    board = await connect(path)
    await hass.async_block_till_done()
    assert not _progress(hass)

    await board.send_json({"temp": 25.5})
    await _wait_until(hass, lambda: _discovered(hass))
    (flow,) = _discovered(hass)
    assert flow["step_id"] == "discovery_confirm"
    assert flow["context"]["title_placeholders"] == {"name": "Kitchen"}

    result = await _submit(hass, flow, {CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    assert result["description_placeholders"] == {
        "name": "Kitchen",
        "values": "```text\ntemp: 25.5\n```",
    }
    result = await _submit(hass, result, {CONF_NAME: "Pantry"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Pantry"
    assert result["data"][CONF_TOKEN] == path.rpartition("/")[2]

    await board.send_json({"temp": 26.5})
    await _wait_until(hass, lambda: hass.states.get("sensor.pantry_temperature"))


async def test_closed_after_the_board_came(
    hass: HomeAssistant, connect: Connect
) -> None:
    """A dialog that is closed with the board connected leaves it discovered."""
    result = await _add(hass)
    result = await _choose(hass, await _submit(hass, shown := result), "wait")
    board = await connect(_path(shown))
    await board.send_json({"temp": 25.5})
    await _wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    hass.config_entries.flow.async_abort(result["flow_id"])
    await _wait_until(hass, lambda: _discovered(hass))


async def test_closed_while_waiting(hass: HomeAssistant, connect: Connect) -> None:
    """A dialog that is closed while it waits does not go on waiting."""
    result = await _add(hass)
    path = _path(result)
    result = await _choose(hass, await _submit(hass, result), "wait")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await _wait_until(hass, lambda: _discovered(hass))


@pytest.mark.parametrize("first", ["dialog", "discovered"])
async def test_closed_browser(
    hass: HomeAssistant, connect: Connect, first: str
) -> None:
    """A browser that is closed tells nobody: after a while the board is discovered.

    If the dialog is still open after all, either way can be gone to the end.
    """
    dialog = await _add(hass)
    board = await connect(_path(dialog))
    await board.send_json({"temp": 25.5})
    async_fire_time_changed(
        hass, dt_util.utcnow() + timedelta(seconds=config_flow.ATTENTION_TIME + 1)
    )
    await _wait_until(hass, lambda: _discovered(hass))
    (discovered,) = _discovered(hass)
    if first == "dialog":
        result = await _choose(hass, await _submit(hass, dialog), "finish")
    else:
        result = await _submit(hass, discovered, {CONF_NAME: "Kitchen"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not _progress(hass)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
    with pytest.raises(UnknownFlow):
        await _submit(hass, discovered if first == "dialog" else dialog)


async def test_at_most_eight(hass: HomeAssistant, socket_enabled: None) -> None:
    """The ninth announced board takes the place of the first."""
    results = [await _add(hass, f"Board {number}") for number in range(MAX_PENDING + 1)]
    pending = (await async_get_domain(hass)).endpoint.pending
    tokens = [_path(result).rpartition("/")[2] for result in results]
    assert [pending.get(token) is not None for token in tokens] == (
        [False] + [True] * MAX_PENDING
    )
    # Nobody has to notice: a person who goes on with the first dialog gets a board.
    result = await _choose(hass, await _submit(hass, results[0]), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    for result in results[1:]:
        hass.config_entries.flow.async_abort(result["flow_id"])


async def test_expired(hass: HomeAssistant, connect: Connect) -> None:
    """A discovered board that is not added in time says so, and is no longer known."""
    result = await _add(hass)
    path = _path(result)
    hass.config_entries.flow.async_abort(result["flow_id"])
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await _wait_until(hass, lambda: _discovered(hass))
    (flow,) = _discovered(hass)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, minutes=1))
    await hass.async_block_till_done()
    with suppress(UnknownFlow):
        result = await _submit(hass, flow, {CONF_NAME: "Kitchen"})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "expired"
    assert not hass.config_entries.async_entries(DOMAIN)

    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={CONF_TOKEN: path.rpartition("/")[2]},
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "expired"


# Trying it without a board.


async def test_try_it(hass: HomeAssistant, socket_enabled: None) -> None:
    """One virtual board can be added, and no second."""
    left_open = await _start(hass, "try_it")
    result = await _start(hass, "try_it")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "try_it")
    result = await _submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Virtual board"
    assert result["data"] == {CONF_LINK: LINK_VIRTUAL, CONF_CHANNELS: {}}
    assert result["result"].unique_id == LINK_VIRTUAL
    with pytest.raises(UnknownFlow):
        hass.config_entries.flow.async_get(left_open["flow_id"])

    result = await _start(hass, "try_it")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_there"
    await hass.config_entries.async_unload(
        hass.config_entries.async_entries(DOMAIN)[0].entry_id
    )


# A fixed address.


@pytest.fixture
def port(loopback: None, port: int) -> int:
    """Return a port that can be opened, on this machine only."""
    return port


def _fixed(port: int, **changes: Any) -> dict[str, Any]:
    """Return what a person enters for a board with a fixed address."""
    return {
        CONF_NAME: "Shed",
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["127.0.0.0/8", "192.168.0.0/16"],
        **changes,
    }


async def test_fixed_address(hass: HomeAssistant, port: int) -> None:
    """A board with a fixed address gets a port of its own."""
    result = await _start(hass, "fixed_address")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "fixed_address")
    schema = result["data_schema"]
    assert schema is not None
    assert schema({CONF_NAME: "Shed"}) == {
        CONF_NAME: "Shed",
        CONF_PORT: 8000,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: list(PRIVATE_NETWORKS),
    }
    result = await _submit(
        hass,
        result,
        _fixed(
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
    result = await _submit(hass, await _start(hass, "fixed_address"), _fixed(port))
    assert result["errors"] == {"base": "address_taken"}
    result = await _submit(hass, result, _fixed(port, source=" 192.168.1.7 "))
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
    result = await _start(hass, "fixed_address")
    result = await _submit(hass, result, typed := {**_fixed(port), **changes})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    schema = result["data_schema"]
    assert schema is not None
    assert {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    } == typed

    result = await _submit(hass, result, _fixed(port))
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
    result = await _start(hass, "fixed_address")
    result = await _submit(hass, result, _fixed(port, path=address.format(port=port)))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_PORT] == port
    assert result["data"][CONF_PATH] == path


async def test_port_of_a_whole_address(hass: HomeAssistant, port: int) -> None:
    """Its port is taken where none was chosen, and shown if something is wrong."""
    typed = _fixed(
        DEFAULT_FIXED_PORT, name="", path=f"ws://192.168.1.10:{port}/ws/shed"
    )
    result = await _start(hass, "fixed_address")
    result = await _submit(hass, result, typed)
    assert result["errors"] == {CONF_NAME: "empty_name"}
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): key.description for key in schema.schema}
    assert suggested[CONF_PORT] == {"suggested_value": port}
    assert suggested[CONF_PATH] == {"suggested_value": "/ws/shed"}
    wrong = {CONF_NAME: "Shed", CONF_PATH: f"ws://192.168.1.10:{port}/ws/shed?1"}
    result = await _submit(hass, result, {**typed, **wrong})
    assert result["errors"] == {CONF_PATH: "invalid_path"}
    result = await _submit(hass, result, {**typed, CONF_NAME: "Shed"})
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
    result = await _start(hass, "fixed_address")
    form = _fixed(port, source=typed, networks=list(PRIVATE_NETWORKS))
    result = await _submit(hass, result, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_SOURCE] == source
    assert result["result"].unique_id == f"{port}/ws/sensor/@{source}"


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "port_in_use"),
        (PermissionError(errno.EACCES, "denied"), "port_not_permitted"),
    ],
)
async def test_port_cannot_be_opened(
    hass: HomeAssistant, port: int, problem: OSError, error: str
) -> None:
    """A port that cannot be opened is refused before the board is added."""
    result = await _start(hass, "fixed_address")
    listeners = (await async_get_domain(hass)).listeners
    with patch.object(type(listeners), "async_check", side_effect=problem):
        result = await _submit(hass, result, _fixed(port))
    assert result["errors"] == {CONF_PORT: error}
    result = await _submit(hass, result, _fixed(port))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_port_of_another_program(hass: HomeAssistant, port: int) -> None:
    """The port is really tried."""
    result = await _start(hass, "fixed_address")
    with sockets.create_server(("127.0.0.1", port)):
        result = await _submit(hass, result, _fixed(port))
        assert result["errors"] == {CONF_PORT: "port_in_use"}
    result = await _submit(hass, result, _fixed(port))
    assert result["type"] is FlowResultType.CREATE_ENTRY


def _second(port: int) -> dict[str, Any]:
    """Return what is told of a second board at a fixed address."""
    return {
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["192.168.0.0/16"],
        CONF_SOURCE: "192.168.1.8",
    }


async def _discover(hass: HomeAssistant, data: dict[str, Any]) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data=data
    )


async def test_second_board_is_discovered(hass: HomeAssistant, port: int) -> None:
    """A second board at an address can be added beside the first."""
    result = await _discover(hass, _second(port))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "discovery_confirm_fixed"
    assert result["description_placeholders"] == {
        "source": "192.168.1.8",
        "port": str(port),
        "path": "/ws/sensor/",
    }
    (flow,) = _discovered(hass)
    assert flow["context"]["title_placeholders"] == {"name": "192.168.1.8"}
    again = await _discover(hass, _second(port))
    assert again["reason"] == "already_in_progress"

    result = await _submit(hass, result, {CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await _submit(hass, result, {CONF_NAME: "Barn"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Barn"
    assert result["data"] == {
        CONF_LINK: LINK_FIXED,
        **_second(port),
        CONF_CHANNELS: {},
    }
    assert result["result"].unique_id == f"{port}/ws/sensor/@192.168.1.8"

    again = await _discover(hass, _second(port))
    assert again["reason"] == "already_configured"


async def test_ignored_board(hass: HomeAssistant, port: int) -> None:
    """A discovered board that was ignored can still be added by hand."""
    MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IGNORE,
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    ).add_to_hass(hass)
    result = await _discover(hass, _second(port))
    assert result["reason"] == "already_configured"
    result = await _start(hass, "fixed_address")
    result = await _submit(hass, result, _fixed(port, source="192.168.1.8"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


# Changing a board.


async def _set_up(
    hass: HomeAssistant,
    data: dict[str, Any],
    channels: dict[str, Any] | None = None,
    **more: Any,
) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Kitchen",
        data={**data, CONF_CHANNELS: channels or {}},
        **more,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
async def token_entry(hass: HomeAssistant, socket_enabled: None) -> MockConfigEntry:
    """Return a board with an address of its own."""
    return await _set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {"temp": {"type": "number"}, "red": {"type": "boolean"}},
        unique_id="0123456789abcdef",
    )


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (
            {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
            ["rename", "show_sketch", "new_token", "forget_channels"],
        ),
        ({CONF_LINK: LINK_VIRTUAL}, ["rename", "forget_channels"]),
        ({CONF_LINK: LINK_FIXED}, ["fixed", "forget_channels"]),
    ],
)
async def test_what_can_be_changed(
    hass: HomeAssistant, port: int, data: dict[str, Any], options: list[str]
) -> None:
    """The menu offers what makes sense for the board."""
    if data[CONF_LINK] == LINK_FIXED:
        data = {**data, **_second(port)}
    entry = await _set_up(hass, data)
    result = await _reconfigure(hass, entry)
    assert result["menu_options"] == options
    assert result["description_placeholders"] == {"name": "Kitchen"}
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.config_entries.async_unload(entry.entry_id)


async def test_rename(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """A new name is the entry's and the device's."""
    result = await _reconfigure(hass, token_entry, "rename")
    result = await _submit(hass, result, {CONF_NAME: " "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await _submit(hass, result, {CONF_NAME: "Pantry"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert token_entry.title == "Pantry"
    state = hass.states.get("sensor.kitchen_temperature")
    assert state is not None
    assert state.name == "Pantry Temperature"


async def test_show_sketch(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """The sketch can be had again."""
    result = await _reconfigure(hass, token_entry, "show_sketch")
    assert result["step_id"] == "sketch"
    assert _path(result) == f"/api/arduino_sensor/ws/{TOKEN}"
    result = await _submit(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "nothing_changed"
    assert token_entry.data[CONF_TOKEN] == TOKEN


async def test_show_sketch_only_tls(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """So can the one for TLS."""
    assert hass.config.api is not None
    hass.config.api.use_ssl = True
    result = await _reconfigure(hass, token_entry, "show_sketch")
    assert result["step_id"] == "sketch_tls"
    result = await _submit(hass, result)
    assert result["reason"] == "nothing_changed"


async def test_new_token(
    hass: HomeAssistant, token_entry: MockConfigEntry, connect: Connect
) -> None:
    """A new address ends the old one, and leaves everything else as it is."""
    result = await _reconfigure(hass, token_entry, "new_token")
    assert result["step_id"] == "new_token"
    assert token_entry.data[CONF_TOKEN] == TOKEN
    result = await _submit(hass, result)
    await hass.async_block_till_done()
    assert result["step_id"] == "sketch"
    path = _path(result)
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
    await _wait_until(
        hass,
        lambda: (
            (state := hass.states.get("sensor.kitchen_temperature"))
            and state.state == "26.5"
        ),
    )
    result = await _submit(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "new_token_given"


async def test_change_fixed_address(hass: HomeAssistant, port: int) -> None:
    """Name, port, path, networks and source can be changed; its port is its own."""
    other = await _set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **_second(port)},
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    )
    entry = await _set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **_second(port), CONF_SOURCE: None},
        {"temp": {"type": "number"}},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await _reconfigure(hass, entry, "fixed")
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
    result = await _submit(
        hass, result, _fixed(port, name="", networks=["x"], path="/a b")
    )
    assert result["errors"] == {
        CONF_NAME: "empty_name",
        CONF_PATH: "invalid_path",
        CONF_NETWORKS: "invalid_network",
    }
    result = await _submit(hass, result, _fixed(port, source="192.168.1.8"))
    assert result["errors"] == {"base": "address_taken"}
    result = await _submit(hass, result, _fixed(port, path="/shed"))
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
    result = await _reconfigure(hass, other, "fixed")
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): key.description for key in schema.schema}
    assert suggested[CONF_SOURCE] == {"suggested_value": "192.168.1.8"}
    result = await _submit(hass, result, _fixed(port))
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert other.data[CONF_SOURCE] is None


async def test_whole_address_when_changing(hass: HomeAssistant, port: int) -> None:
    """A whole address is taken apart here too."""
    entry = await _set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **_second(port), CONF_SOURCE: None},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await _reconfigure(hass, entry, "fixed")
    result = await _submit(hass, result, _fixed(port, path="ws://192.168.1.10:1/shed"))
    assert result["errors"] == {CONF_PORT: "other_port"}
    result = await _submit(hass, result, _fixed(port, path=f"ws://h:{port}/shed"))
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
    entry = await _set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **_second(port), CONF_SOURCE: None},
        unique_id=f"{port}/ws/sensor/@",
    )
    result = await _reconfigure(hass, entry, "fixed")
    # What is wrong elsewhere leaves the ignored one alone.
    form = _fixed(port, source="192.168.1.8")
    result = await _submit(hass, result, {**form, CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    assert ignored in hass.config_entries.async_entries(DOMAIN)

    result = await _submit(hass, result, form)
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
    result = await _reconfigure(hass, token_entry, "forget_channels")
    result = await _submit(hass, result, {CONF_CHANNELS: []})
    assert result["errors"] == {CONF_CHANNELS: "nothing_chosen"}
    result = await _submit(hass, result, {CONF_CHANNELS: ["red"]})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert token_entry.data[CONF_CHANNELS] == {"temp": {"type": "number"}}
    assert entity_registry.async_get("binary_sensor.kitchen_red") is None
    assert hass.states.get("binary_sensor.kitchen_red") is None
    assert hass.states.get("sensor.kitchen_temperature") is not None

    board = await connect(f"/api/arduino_sensor/ws/{TOKEN}")
    await board.send_json({"red": True})
    await _wait_until(
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
    entry = await _set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {key: {"type": "number"} for key in "fbdace"},
    )
    result = await _reconfigure(hass, entry, "forget_channels")
    board = entry.runtime_data
    await _submit(hass, result, {CONF_CHANNELS: ["d", "f"]})
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
    entry = await _set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {key: {"type": "number"} for key in "ba"},
    )
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    result = await _reconfigure(hass, entry, "forget_channels")
    result = await _submit(hass, result, {CONF_CHANNELS: ["b"]})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert list(entry.data[CONF_CHANNELS]) == ["a"]
    assert entity_registry.async_get("sensor.kitchen_b") is None


async def test_nothing_to_forget(hass: HomeAssistant, socket_enabled: None) -> None:
    """A board that has sent nothing has nothing to forget."""
    entry = await _set_up(hass, {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN})
    result = await _reconfigure(hass, entry, "forget_channels")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_channels"


async def test_options(hass: HomeAssistant, token_entry: MockConfigEntry) -> None:
    """Both times can be changed, and are in force at once."""
    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "init")
    schema = result["data_schema"]
    assert schema is not None
    assert schema({}) == {CONF_GRACE: 30, CONF_SILENCE: 600}
    board = token_entry.runtime_data
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_GRACE: 5.0, CONF_SILENCE: 60.0}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert token_entry.options == {CONF_GRACE: 5, CONF_SILENCE: 60}
    assert all(type(value) is int for value in token_entry.options.values())
    assert token_entry.runtime_data is not board

    result = await hass.config_entries.options.async_init(token_entry.entry_id)
    schema = result["data_schema"]
    assert schema is not None
    assert [key.description for key in schema.schema] == [
        {"suggested_value": 5},
        {"suggested_value": 60},
    ]
    hass.config_entries.options.async_abort(result["flow_id"])


async def test_no_options(hass: HomeAssistant, socket_enabled: None) -> None:
    """The board inside Home Assistant has no connection that could be lost."""
    entry = await _set_up(hass, {CONF_LINK: LINK_VIRTUAL}, unique_id=LINK_VIRTUAL)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_options"
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, ""),
        ({"°C": 1.5, "ok": False}, "```text\n°C: 1.5\nok: false\n```"),
        ({"```": "a\n```"}, "```text\n''': \"a\\n'''\"\n```"),
    ],
)
def test_show_values(values: dict[str, Any], shown: str) -> None:
    """What a board sends is shown as it is, and cannot end the block it is in."""
    assert forms.show_values(values) == shown
