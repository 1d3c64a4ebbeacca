"""A board that was added without a key, and has one now."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    DOMAIN,
    LINK_FIXED,
    LINK_KEY,
    LINK_TOKEN,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import CONF_CODE, CONF_NAME, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.common import ADDRESS, TOKEN, state, wait_until
from tests.keyed_board import BOARD_ID, other_code

from .conftest import Connect, MakeBoard
from .steps import (
    let_in,
    offered,
    progress,
    second_at,
    set_up,
    start,
    submit,
    suggested_by,
    turn_away,
    wait_offered,
)


def _ids(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[str, set[str]]:
    """Return the ids of an entry's device and of its entities."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id, {
        entity.id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    }


@pytest.mark.parametrize("by_person", [True, False])
async def test_known_by_a_token(
    hass: HomeAssistant,
    make_board: MakeBoard,
    connect: Connect,
    token_entry: MockConfigEntry,
    by_person: bool,
) -> None:
    """A board that was added with an address stays the same with a key."""
    sketch = await connect(ADDRESS)
    await sketch.send_json({"type": "hello", "id": BOARD_ID, "name": "Kitchen"})
    await wait_until(hass, lambda: CONF_ABOUT in token_entry.data)
    ids = _ids(hass, token_entry)

    board = make_board(name="Kitchen", model="ESP32-C3")
    code = await wait_offered(hass, board)
    result = await (start(hass, "pair") if by_person else offered(hass))
    assert result["step_id"] == "discovery_known"
    assert result["description_placeholders"] == {
        "board": r"Kitchen \(ESP32\-C3, …d3e4f5\)",
        "name": "Kitchen",
    }
    result = await submit(hass, result, {CONF_CODE: other_code(code)})
    assert result["errors"] == {CONF_CODE: "wrong_code"}
    assert token_entry.data[CONF_LINK] == LINK_TOKEN
    result = await submit(hass, result, {CONF_CODE: code})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "board_has_key",
    )
    await board.accepted()
    await wait_until(hass, lambda: not progress(hass))
    assert hass.config_entries.async_entries(DOMAIN) == [token_entry]
    assert token_entry.title == "Kitchen"
    assert token_entry.unique_id == BOARD_ID
    assert board.key is not None
    assert token_entry.data == {
        CONF_LINK: LINK_KEY,
        CONF_BOARD: BOARD_ID,
        CONF_KEY: board.key.hex(),
        CONF_ABOUT: {"id": BOARD_ID, "name": "Kitchen", "model": "ESP32-C3"},
        CONF_CHANNELS: {"temp": {"type": "number"}, "red": {"type": "boolean"}},
    }
    assert _ids(hass, token_entry) == ids
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")
    # The old address works no more, neither now nor later.
    assert (await sketch.receive_json(timeout=5))["type"] == "welcome"
    assert (await sketch.receive_json(timeout=5))["code"] == "unknown_address"
    sketch = await connect(ADDRESS)
    assert (await sketch.receive_json(timeout=5))["code"] == "unknown_address"


async def test_anybody_can_say_it_at_a_fixed_address(
    hass: HomeAssistant, make_board: MakeBoard, integration: None, port: int
) -> None:
    """Where no token is needed, what a board says of itself is no reason to ask."""
    await set_up(
        hass,
        {
            CONF_LINK: LINK_FIXED,
            **second_at(port),
            CONF_ABOUT: {"id": BOARD_ID},
        },
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    )
    await wait_offered(hass, make_board(name="Kitchen"))
    assert (await offered(hass))["step_id"] == "discovery_pair"


async def _add_with_token(
    hass: HomeAssistant, token: str, **more: Any
) -> MockConfigEntry:
    return await set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: token, CONF_ABOUT: {"id": BOARD_ID}},
        unique_id=token,
        **more,
    )


async def test_two_say_that_they_are_the_board(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Nobody can tell which of them it is, so it is a new one."""
    for token in (TOKEN, TOKEN[::-1]):
        await _add_with_token(hass, token)
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    result = await offered(hass)
    assert result["step_id"] == "discovery_pair"
    assert suggested_by(result) == {CONF_NAME: "Kitchen 2"}
    await let_in(hass, result, board, code)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 3


async def test_known_but_disabled(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that is disabled is not taken for the one that waits."""
    entry = await _add_with_token(hass, TOKEN)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await wait_offered(hass, make_board(name="Kitchen"))
    assert (await offered(hass))["step_id"] == "discovery_pair"


async def test_known_one_is_deleted(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Then the board is a new one after all."""
    entry = await _add_with_token(hass, TOKEN)
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    result = await offered(hass)
    assert result["step_id"] == "discovery_known"
    await hass.config_entries.async_remove(entry.entry_id)
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["step_id"] == "discovery_pair"
    await let_in(hass, result, board, code)


async def test_known_one_ceases_to_wait(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """The dialog ends, as it does for a new board."""
    await _add_with_token(hass, TOKEN)
    code = await wait_offered(hass, make_board(name="Kitchen"))
    result = await start(hass, "pair")
    await turn_away(hass, BOARD_ID)
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["reason"] == "pairing_ended"
