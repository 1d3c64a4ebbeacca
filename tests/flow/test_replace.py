"""Another board in the place of one that is there, and another key for one."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import pairing_flow, rotation
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    CONF_NEW_KEY,
    DOMAIN,
    LINK_FIXED,
    LINK_KEY,
)
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntryDisabler,
    ConfigFlowResult,
)
from homeassistant.const import CONF_CODE, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.common import ADDRESS, add, assert_quiet, state, wait_until
from tests.keyed_board import BOARD_ID, KeyedBoard, other_code

from .conftest import Connect, MakeBoard
from .steps import (
    KEY,
    after_progress,
    choose,
    discovered,
    key_entry,
    progress,
    reconfigure,
    second_at,
    set_up,
    submit,
    turn_away,
)

NEW_ID = "esp32-f0e1d2c3b4a5"


def _registered(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the ids of an entry's device and entities, by what they are for."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {"device": device.id} | {
        f"{entity.id} {entity.unique_id}": entity.entity_id for entity in entities
    }


async def _replace(
    hass: HomeAssistant, entry: MockConfigEntry, board: KeyedBoard
) -> ConfigFlowResult:
    """Put a board in the place of another; return how the dialog ends."""
    code = await board.show_code()
    result = await reconfigure(hass, entry, "replace_board")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "replace_code")
    return await submit(hass, result, {CONF_CODE: code})


async def test_replace_a_board_with_a_key(
    hass: HomeAssistant,
    make_board: MakeBoard,
    integration: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The new board has all that the old one had, which is not let in any more."""
    entry = await add(hass, key_entry())
    before = _registered(hass, entry)
    old = make_board(key=KEY, name="Old", mac="a0b1c2d3e4f5")
    await old.connect()
    await old.prove()
    await old.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")

    board = make_board(NEW_ID, name="New", model="ESP32-C3", mac="f0e1d2c3b4a5")
    code = await board.show_code()
    result = await reconfigure(hass, entry, "replace_board")
    assert result["description_placeholders"] == {
        "board": r"New \(ESP32\-C3, …c3b4a5\)",
        "name": "Kitchen",
    }
    result = await submit(hass, result, {CONF_CODE: other_code(code)})
    assert result["errors"] == {CONF_CODE: "wrong_code"}
    assert entry.unique_id == BOARD_ID
    result = await submit(hass, result, {CONF_CODE: code})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "board_replaced",
    )
    await board.accepted()
    assert await old.closed() == ("unknown_address", 4401)
    assert board.key is not None
    assert entry.unique_id == NEW_ID
    assert entry.title == "Kitchen"
    assert entry.data == {
        CONF_LINK: LINK_KEY,
        CONF_BOARD: NEW_ID,
        CONF_KEY: board.key.hex(),
        CONF_ABOUT: {
            "id": NEW_ID,
            "name": "New",
            "model": "ESP32-C3",
            "mac": "f0:e1:d2:c3:b4:a5",
        },
        CONF_CHANNELS: {"temp": {"type": "number"}},
    }
    assert _registered(hass, entry) == before
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.name == "Kitchen"
    assert device.model == "ESP32-C3"
    assert device.serial_number == NEW_ID
    assert device.connections == {("mac", "f0:e1:d2:c3:b4:a5")}
    await board.send(temp=21)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "21")

    await old.connect()
    with pytest.raises(AssertionError, match="unknown_board"):
        await old.prove()
    assert not progress(hass)
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert_quiet(caplog)


async def test_replace_a_board_with_a_token(
    hass: HomeAssistant,
    make_board: MakeBoard,
    connect: Connect,
    token_entry: MockConfigEntry,
) -> None:
    """A board with an address gives its place too, and the address ends."""
    before = _registered(hass, token_entry)
    sketch = await connect(ADDRESS)
    board = make_board(NEW_ID)
    result = await _replace(hass, token_entry, board)
    assert result["reason"] == "board_replaced"
    await board.accepted()
    assert (await sketch.receive_json(timeout=5))["code"] == "unknown_address"
    assert token_entry.data.keys() == {
        CONF_LINK,
        CONF_BOARD,
        CONF_KEY,
        CONF_ABOUT,
        CONF_CHANNELS,
    }
    assert token_entry.data[CONF_CHANNELS].keys() == {"temp", "red"}
    assert _registered(hass, token_entry) == before
    result = await reconfigure(hass, token_entry)
    assert "new_key" in result["menu_options"]


async def test_replace_a_board_with_a_fixed_address(
    hass: HomeAssistant, make_board: MakeBoard, integration: None, port: int
) -> None:
    """So does one with a fixed address, whose port is closed."""
    entry = await set_up(
        hass,
        {CONF_LINK: LINK_FIXED, **second_at(port)},
        unique_id=f"{port}/ws/sensor/@192.168.1.8",
    )
    before = _registered(hass, entry)
    board = make_board(NEW_ID)
    result = await _replace(hass, entry, board)
    assert result["reason"] == "board_replaced"
    await board.accepted()
    assert entry.unique_id == NEW_ID
    assert _registered(hass, entry) == before


async def test_wait_for_the_new_board(
    hass: HomeAssistant,
    make_board: MakeBoard,
    integration: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The dialog waits for the new board, and asks which it is if there are more."""
    entry = await add(hass, key_entry())
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 0.05)
    result = await reconfigure(hass, entry, "replace_board")
    assert result["step_id"] == "replace_board"
    result = await after_progress(hass, result)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.MENU,
        "nothing_waiting",
    )
    assert result["menu_options"] == ["replace_board"]
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 60)
    result = await choose(hass, result, "replace_board")
    board = make_board(NEW_ID)
    code = await board.show_code()
    result = await after_progress(hass, result)
    assert result["step_id"] == "replace_code"
    hass.config_entries.flow.async_abort(result["flow_id"])

    await make_board("other").show_code()
    # The board itself, without its key, is not offered as its own successor.
    await make_board().show_code()
    result = await reconfigure(hass, entry, "replace_board")
    schema = result["data_schema"]
    assert schema is not None
    (selector,) = schema.schema.values()
    assert [option["value"] for option in selector.config["options"]] == [
        NEW_ID,
        "other",
    ]
    result = await submit(hass, result, {CONF_BOARD: NEW_ID})
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["reason"] == "board_replaced"
    await board.accepted()
    await wait_until(hass, lambda: len(discovered(hass)) == 1)


async def test_new_board_is_gone(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that does not wait any more takes nobody's place."""
    entry = await add(hass, key_entry())
    code = await make_board(NEW_ID).show_code()
    result = await reconfigure(hass, entry, "replace_board")
    await turn_away(hass, NEW_ID)
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["reason"] == "pairing_ended"
    assert entry.unique_id == BOARD_ID


async def test_new_board_is_ignored_meanwhile(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Then it is turned away, and there is no code any more."""
    entry = await add(hass, key_entry())
    board = make_board(NEW_ID)
    code = await board.show_code()
    result = await reconfigure(hass, entry, "replace_board")
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": NEW_ID, "title": "New"},
    )
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["reason"] == "pairing_ended"
    assert entry.data[CONF_BOARD] == BOARD_ID


async def test_title_is_not_the_new_boards(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """The title stays, also where it was the old board's own name."""
    entry = key_entry()
    entry.add_to_hass(hass)
    about: dict[str, Any] = {CONF_ABOUT: {"id": BOARD_ID, "name": "Kitchen"}}
    hass.config_entries.async_update_entry(entry, data={**entry.data, **about})
    await add(hass, entry)
    board = make_board(NEW_ID, name="New")
    await _replace(hass, entry, board)
    await board.accepted()
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")
    assert entry.title == "Kitchen"


# A new key.


async def test_new_key(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Board and Home Assistant agree on another key, and the old one ends."""
    entry = await add(hass, key_entry())
    board = make_board(key=KEY)
    await board.connect()
    await board.prove()
    result = await reconfigure(hass, entry, "new_key")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "new_key")
    assert result["description_placeholders"] == {"name": "Kitchen"}
    assert entry.data[CONF_KEY] == KEY.hex()
    submitted = asyncio.create_task(submit(hass, result))
    await board.rotate()
    result = await submitted
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "key_replaced",
    )
    assert board.key not in (None, KEY)
    assert board.key is not None
    assert entry.data[CONF_KEY] == board.key.hex()
    assert CONF_NEW_KEY not in entry.data
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")


async def test_no_new_key_while_the_board_is_away(
    hass: HomeAssistant, integration: None
) -> None:
    """Without the board there is nobody to agree with."""
    entry = await add(hass, key_entry())
    result = await submit(hass, await reconfigure(hass, entry, "new_key"))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "board_away")
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    result = await submit(hass, await reconfigure(hass, entry, "new_key"))
    assert result["reason"] == "board_away"
    assert entry.data[CONF_KEY] == KEY.hex()


async def test_board_does_not_agree(
    hass: HomeAssistant,
    make_board: MakeBoard,
    integration: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The old key goes on working."""
    monkeypatch.setattr(rotation, "ROTATION_TIME", 0.05)
    entry = await add(hass, key_entry())
    board = make_board(key=KEY)
    await board.connect()
    await board.prove()
    result = await submit(hass, await reconfigure(hass, entry, "new_key"))
    assert result["reason"] == "key_not_replaced"
    assert entry.data[CONF_KEY] == KEY.hex()
    await board.connect()
    await board.prove()


# Names.


async def test_rename_to_a_name_that_is_taken(
    hass: HomeAssistant, token_entry: MockConfigEntry
) -> None:
    """It gets a number, unless it is the board's own."""
    entry = await add(hass, key_entry(title="Pantry"))
    result = await reconfigure(hass, entry, "rename")
    await submit(hass, result, {CONF_NAME: "Kitchen"})
    await hass.async_block_till_done()
    assert entry.title == "Kitchen 2"
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.name == "Kitchen 2"
    result = await reconfigure(hass, entry, "rename")
    await submit(hass, result, {CONF_NAME: "Kitchen 2"})
    assert entry.title == "Kitchen 2"
