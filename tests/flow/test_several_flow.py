"""Many boards at once: one secret, one list."""

import asyncio
import time
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import pairing_flow
from custom_components.arduino_sensor.auth import new_secret
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    DOMAIN,
    LINK_KEY,
    LINK_TOKEN,
)
from custom_components.arduino_sensor.enrolment import DURATION
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from tests.common import TOKEN, add, assert_quiet, state, wait_until
from tests.keyed_board import BOARD_ID, KeyedBoard

from .conftest import MakeBoard
from .steps import (
    after_progress,
    choose,
    defaults_of,
    discovered,
    key_entry,
    progress,
    set_up,
    start,
    submit,
    suggested_by,
    turn_away,
    waiting_boards,
)


async def _open(hass: HomeAssistant) -> tuple[ConfigFlowResult, str]:
    """Open the page with the secret."""
    result = await start(hass, "add_several")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "add_several")
    return result, defaults_of(result)["secret"]


async def _list(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the dialog, and go on to the list of the boards that are here."""
    result, secret = await _open(hass)
    result = await submit(hass, result, {"secret": secret})
    return await choose(hass, result, "accept_several")


def _items(result: ConfigFlowResult) -> list[dict[str, str]]:
    """Return the lines of the list as it is shown."""
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "accept_several",
    )
    items: list[dict[str, str]] = suggested_by(result)["boards"]
    return items


def _device(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device


async def test_sixty_boards(
    hass: HomeAssistant,
    make_board: MakeBoard,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sixty boards with one sketch are accepted in one go, with names and areas."""
    areas = [area_registry.async_create(f"Room {number}").id for number in range(3)]
    result, secret = await _open(hass)
    result = await submit(hass, result, {"secret": secret})
    assert (result["type"], result["step_id"]) == (
        FlowResultType.SHOW_PROGRESS,
        "several_wait",
    )
    assert result["description_placeholders"] == {"count": "0"}

    boards = [
        make_board(f"esp32-{number:012x}", secret=secret, name="Board")
        for number in range(60)
    ]
    await boards[0].show_code()
    result = await after_progress(hass, result)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "several")
    assert result["menu_options"] == ["accept_several", "several_wait", "end_several"]
    assert result["description_placeholders"] == {
        "count": "1",
        "boards": r"- Board \(…000000\)",
    }
    for board in boards[1:]:
        await board.show_code()
    # Those that came meanwhile are shown at once.
    result = await choose(hass, result, "several_wait")
    assert result["description_placeholders"] is not None
    assert result["description_placeholders"]["count"] == "60"
    assert not discovered(hass)

    result = await choose(hass, result, "accept_several")
    items = _items(result)
    assert items[:2] == [
        {CONF_BOARD: "esp32-000000000000", CONF_NAME: "Board"},
        {CONF_BOARD: "esp32-000000000001", CONF_NAME: "Board 2"},
    ]
    assert len({item[CONF_NAME] for item in items}) == 60
    for number, item in enumerate(items):
        item["area"] = areas[number % 3]
    items[7][CONF_NAME] = " Kitchen "
    result = await submit(hass, result, {"boards": items})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "several_added",
    )
    assert result["description_placeholders"] == {"count": "60"}

    async with asyncio.TaskGroup() as group:
        for board in boards:
            group.create_task(board.accepted())
    await hass.async_block_till_done()
    entries: list[Any] = hass.config_entries.async_entries(DOMAIN)
    assert len(entries) == 60
    for number, (entry, board) in enumerate(zip(entries, boards, strict=True)):
        assert entry.state is ConfigEntryState.LOADED
        assert entry.unique_id == board.id
        assert board.key is not None
        assert entry.data == {
            CONF_LINK: LINK_KEY,
            CONF_BOARD: board.id,
            CONF_KEY: board.key.hex(),
            CONF_ABOUT: {"id": board.id, "name": "Board"},
            CONF_CHANNELS: {},
        }
        assert entry.runtime_data.connected
        device = _device(hass, entry)
        assert device.area_id == areas[number % 3]
        assert device.name == entry.title
    assert entries[7].title == "Kitchen"
    assert entries[59].title == "Board 60"
    await boards[7].send(temp=20)
    # Its area may be a part of the entity's id.
    unique_id = f"{entries[7].entry_id}-temp"
    await wait_until(
        hass,
        lambda: (
            (found := entity_registry.async_get_entity_id("sensor", DOMAIN, unique_id))
            and state(hass, found) == "20"
        ),
    )
    assert not progress(hass)
    assert len(await waiting_boards(hass)) == 0
    assert secret not in caplog.text
    assert_quiet(caplog)


async def test_secret_stays_for_an_hour(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """A dialog that is closed loses nothing: the same secret, the same boards."""
    result, secret = await _open(hass)
    board = make_board(secret=secret.upper(), name="Kitchen")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await board.show_code()
    result, again = await _open(hass)
    assert again == secret
    later = time.monotonic() + DURATION
    with patch.object(time, "monotonic", lambda: later + 1):
        _, new = await _open(hass)
    assert new != secret
    assert [item[CONF_BOARD] for item in _items(await _list(hass))] == [BOARD_ID]


async def test_no_board_comes(
    hass: HomeAssistant, make_board: MakeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a board there is no list to accept; the wait can be had again."""
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 0.05)
    result, secret = await _open(hass)
    result = await after_progress(hass, await submit(hass, result))
    assert result["menu_options"] == ["several_wait", "end_several"]
    assert result["description_placeholders"] == {"count": "0", "boards": ""}
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 60)
    result = await choose(hass, result, "several_wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await make_board(secret=secret).show_code()
    result = await after_progress(hass, result)
    assert "accept_several" in result["menu_options"]

    # It waits for another one, not for the same again.
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 0.05)
    result = await choose(hass, result, "several_wait")
    assert result["description_placeholders"] == {"count": "1"}
    result = await after_progress(hass, result)
    assert result["step_id"] == "several"


async def test_wrong_secret(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """Neither a wrong secret nor one that is over lets a board onto the list."""
    result, _ = await _open(hass)
    board = make_board(secret=new_secret())
    with pytest.raises(AssertionError, match="wrong_vouch"):
        await board.show_code()
    assert await board.closed() == (None, 4410)
    assert len(await waiting_boards(hass)) == 0
    assert not discovered(hass)
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_nobody_asked_for_several(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Without a secret in force, none is right."""
    board = make_board(secret=new_secret())
    with pytest.raises(AssertionError, match="wrong_vouch"):
        await board.show_code()
    assert await board.closed() == (None, 4410)


async def test_end(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """Ending it turns the boards away, and the secret is worth nothing."""
    result, secret = await _open(hass)
    board = make_board(secret=secret)
    await board.show_code()
    result = await choose(hass, await submit(hass, result), "end_several")
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "several_ended",
    )
    assert await board.closed() == ("pairing_ended", 4412)
    with pytest.raises(AssertionError, match="wrong_vouch"):
        await board.show_code()
    _, new = await _open(hass)
    assert new != secret


# The list.


async def _enrolled(
    hass: HomeAssistant, make_board: MakeBoard, *ids: str, **about: Any
) -> list[KeyedBoard]:
    """Return boards that have the secret and wait."""
    result, secret = await _open(hass)
    hass.config_entries.flow.async_abort(result["flow_id"])
    boards = [make_board(board_id, secret=secret, **about) for board_id in ids]
    for board in boards:
        await board.show_code()
    return boards


async def test_leave_one_out(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """A board that is taken off the list waits on, for another time."""
    boards = await _enrolled(hass, make_board, "one", "two", name="Board")
    result = await _list(hass)
    result = await submit(hass, result, {"boards": _items(result)[1:]})
    assert result["description_placeholders"] == {"count": "1"}
    await boards[1].accepted()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert (entry.unique_id, entry.title) == ("two", "Board 2")
    result = await _list(hass)
    assert _items(result) == [{CONF_BOARD: "one", CONF_NAME: "Board"}]
    result = await submit(hass, result, {"boards": _items(result)})
    assert result["reason"] == "several_added"
    await boards[0].accepted()


async def test_list_is_checked(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """What cannot be is said, and what was typed is kept."""
    boards = await _enrolled(hass, make_board, "one", "two", "three")
    result = await _list(hass)
    one, two, three = _items(result)
    one[CONF_NAME] = "Kitchen"

    async def _errors(*items: dict[str, str]) -> tuple[dict[str, str] | None, str]:
        nonlocal result
        result = await submit(hass, result, {"boards": list(items)})
        assert result["description_placeholders"] is not None
        return result["errors"], result["description_placeholders"]["wrong"]

    assert await _errors() == ({"boards": "no_board_left"}, "")
    nameless = {**two, CONF_NAME: " "}
    assert await _errors(one, nameless) == ({"boards": "nameless_board"}, "two")
    assert _items(result) == [one, nameless]
    assert await _errors(one, two, two) == ({"boards": "board_twice"}, "two")
    for wrong in ({CONF_BOARD: "four", CONF_NAME: "x"}, {CONF_BOARD: "one"}, "one"):
        with pytest.raises((InvalidData, TypeError)):
            await submit(hass, result, {"boards": [wrong]})
    assert not hass.config_entries.async_entries(DOMAIN)

    await turn_away(hass, "two")
    assert await _errors(one, two, three) == ({"boards": "boards_gone"}, "two")
    assert _items(result) == [one, three]
    result = await submit(hass, result, {"boards": _items(result)})
    assert result["description_placeholders"] == {"count": "2"}
    for board in (boards[0], boards[2]):
        await board.accepted()
    assert {entry.title for entry in hass.config_entries.async_entries(DOMAIN)} == {
        "Kitchen",
        "three",
    }


async def test_all_of_them_go(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """A list that has become empty is left for the page before it."""
    await _enrolled(hass, make_board, "one")
    result = await _list(hass)
    items = _items(result)
    (await waiting_boards(hass)).end_vouched()
    result = await submit(hass, result, {"boards": items})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "several")


async def test_one_goes_while_others_are_added(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """It is not counted, and the others are added."""
    boards = await _enrolled(hass, make_board, "one", "two", "three")
    waiting = await waiting_boards(hass)

    @callback
    def _changed(*_: object) -> None:
        for board in waiting.of("two"):
            waiting._end(board, "Nobody wants it.")

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, _changed)
    result = await _list(hass)
    result = await submit(hass, result, {"boards": _items(result)})
    assert result["description_placeholders"] == {"count": "2"}
    for board in (boards[0], boards[2]):
        await board.accepted()
    assert await boards[1].closed() == ("pairing_ended", 4412)


async def test_boards_that_are_known(
    hass: HomeAssistant, make_board: MakeBoard, area_registry: ar.AreaRegistry
) -> None:
    """A board that lost its key, or had an address, stays the board that it was."""
    area = area_registry.async_create("Cellar").id
    lost = await add(hass, key_entry("one", title="Pantry"))
    device = _device(hass, lost)
    dr.async_get(hass).async_update_device(device.id, area_id=area)
    keyless = await set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN, CONF_ABOUT: {"id": "two"}},
        {"temp": {"type": "number"}},
        unique_id="0123456789abcdef",
    )
    boards = await _enrolled(hass, make_board, "one", "two", "three", name="Kitchen")
    result = await _list(hass)
    items = _items(result)
    assert items == [
        {CONF_BOARD: "one", CONF_NAME: "Pantry", "area": area},
        {CONF_BOARD: "two", CONF_NAME: "Kitchen"},
        {CONF_BOARD: "three", CONF_NAME: "Kitchen 2"},
    ]
    del items[0]["area"]
    items[1]["area"] = area
    result = await submit(hass, result, {"boards": items})
    assert result["description_placeholders"] == {"count": "3"}
    for board in boards:
        await board.accepted()
    await hass.async_block_till_done()
    assert len(hass.config_entries.async_entries(DOMAIN)) == 3
    for entry, board in ((lost, boards[0]), (keyless, boards[1])):
        assert entry.unique_id == board.id
        assert board.key is not None
        assert entry.data[CONF_LINK] == LINK_KEY
        assert entry.data[CONF_KEY] == board.key.hex()
        assert entry.data[CONF_CHANNELS] == {"temp": {"type": "number"}}
        assert entry.runtime_data.connected
    assert CONF_TOKEN not in keyless.data
    assert (lost.title, keyless.title) == ("Pantry", "Kitchen")
    assert _device(hass, lost).id == device.id
    assert _device(hass, lost).area_id is None
    assert _device(hass, keyless).area_id == area
    assert not progress(hass)
