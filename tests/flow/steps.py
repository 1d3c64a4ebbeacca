"""What the tests of the dialogs share: a person who opens them and fills them in."""

import json
from pathlib import Path
import re
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import config_flow
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DOMAIN,
    LINK_KEY,
)
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.waiting import WaitingBoards
from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_USER,
    ConfigFlowResult,
)
from homeassistant.const import CONF_CODE, CONF_NAME, CONF_PATH, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.common import wait_until
from tests.keyed_board import BOARD_ID, KeyedBoard

KEY = bytes(range(32))

STRINGS = json.loads(
    (Path(config_flow.__file__).parent / "translations" / "en.json").read_text()
)


# The person.


async def start(hass: HomeAssistant, *choices: str) -> ConfigFlowResult:
    """Open the dialog that adds a board, and choose from its menus."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    return await choose(hass, result, *choices)


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, *choices: str
) -> ConfigFlowResult:
    """Open the dialog that changes a board, and choose from its menus."""
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    return await choose(hass, result, *choices)


async def choose(
    hass: HomeAssistant, result: ConfigFlowResult, *choices: str
) -> ConfigFlowResult:
    """Choose from a menu, and from those that follow."""
    for choice in choices:
        assert choice in (result["menu_options"] or ())
        result = await submit(hass, result, {"next_step_id": choice})
    return result


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Fill in a form, and go on."""
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], data if data is not None else {}
    )


async def after_progress(
    hass: HomeAssistant, result: ConfigFlowResult
) -> ConfigFlowResult:
    """Return the step that follows a progress, once that is over."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    # What is shown meanwhile waits in a task.
    await hass.async_block_till_done()
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def set_up(
    hass: HomeAssistant,
    data: dict[str, Any],
    channels: dict[str, Any] | None = None,
    **more: Any,
) -> MockConfigEntry:
    """Add a board without a dialog."""
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


def key_entry(
    board_id: str = BOARD_ID, *, title: str = "Kitchen", **kwargs: Any
) -> MockConfigEntry:
    """Return the entry of a board whose key is `KEY`."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=board_id,
        data={
            CONF_LINK: LINK_KEY,
            CONF_BOARD: board_id,
            CONF_KEY: KEY.hex(),
            CONF_ABOUT: {"id": board_id},
            CONF_CHANNELS: {"temp": {"type": "number"}},
        },
        **kwargs,
    )


def fixed_form(port: int, **changes: Any) -> dict[str, Any]:
    """Return what a person enters for a board with a fixed address."""
    return {
        CONF_NAME: "Shed",
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["127.0.0.0/8", "192.168.0.0/16"],
        **changes,
    }


def second_at(port: int) -> dict[str, Any]:
    """Return what is told of a second board at a fixed address."""
    return {
        CONF_PORT: port,
        CONF_PATH: "/ws/sensor/",
        CONF_NETWORKS: ["192.168.0.0/16"],
        CONF_SOURCE: "192.168.1.8",
    }


# Boards that show a code.


async def offered(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the only board that is offered."""
    (flow,) = discovered(hass)
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


async def wait_offered(hass: HomeAssistant, board: KeyedBoard) -> str:
    """Have a board wait and be offered, and return its code."""
    code = await board.show_code()
    await wait_until(
        hass,
        lambda: board.id in {flow["context"]["unique_id"] for flow in discovered(hass)},
    )
    return code


async def let_in(
    hass: HomeAssistant, result: ConfigFlowResult, board: KeyedBoard, code: str
) -> MockConfigEntry:
    """Type a name and a code, and see the board come in."""
    result = await submit(
        hass, result, {CONF_NAME: suggested_by(result)[CONF_NAME], CONF_CODE: code}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await board.accepted()
    entry: Any = result["result"]
    return entry


# What the person sees.


def progress(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return all dialogs that are open, and the boards that are offered."""
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def discovered(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return the boards that are shown as discovered."""
    return [
        flow
        for flow in progress(hass)
        if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    ]


async def waiting_boards(hass: HomeAssistant) -> WaitingBoards:
    """Return the boards that wait to be accepted."""
    return (await async_get_domain(hass)).endpoint.waiting


async def turn_away(hass: HomeAssistant, board_id: str) -> None:
    """Have the boards of an id wait no more, as if their time were over."""
    waiting = await waiting_boards(hass)
    for board in waiting.of(board_id):
        waiting._end(board, "Nobody wants it.")


def sketch_of(result: ConfigFlowResult) -> str:
    """Return the sketch that a step shows."""
    shown: str = defaults_of(result)["sketch"]
    return shown


def path_of(result: ConfigFlowResult) -> str:
    """Return the path of the address that a step shows."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    address = placeholders["address"]
    path = f"/{address.split('/', 3)[3]}"
    assert f'"{path}"' in sketch_of(result)
    return path


def defaults_of(
    result: ConfigFlowResult, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a form sends if nothing is changed, besides what is typed."""
    schema = result["data_schema"]
    assert schema is not None
    values: dict[str, Any] = schema(typed or {})
    return values


def suggested_by(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form's fields are filled with at first."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    }


# The words.


def check_texts(kind: str, result: Any) -> None:
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
        for field, selector in (schema.schema if schema is not None else {}).items():
            _check_text(step["data"], str(field), given)
            _check_text(step["data_description"], str(field), given)
            _check_fields(selector)
        for error in (result["errors"] or {}).values():
            _check_text(texts["error"], error, given)


def _check_fields(selector: Any) -> None:
    """Check the same for the fields of a list's lines."""
    config = getattr(selector, "config", None) or {}
    if "fields" in config:
        texts = STRINGS["selector"][config["translation_key"]]["fields"]
        assert texts.keys() == config["fields"].keys()
        for field in texts.values():
            _check_text(field, "name", None)
            _check_text(field, "description", None)


def _check_text(texts: dict[str, Any], key: str, given: Any) -> None:
    """Check that a text is there, and that all of its placeholders are given."""
    assert texts.get(key), f"no text for {key}"
    assert set(re.findall(r"{(\w+)}", texts[key])) <= set(given or ())
