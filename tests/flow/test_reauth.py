"""A board that has lost its key, and gets another."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_NEW_KEY,
    DOMAIN,
)
from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_CODE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from tests.common import add, assert_quiet, state, wait_until
from tests.keyed_board import BOARD_ID, KeyedBoard, other_code

from .conftest import MakeBoard
from .steps import KEY, key_entry, progress, submit

pytestmark = pytest.mark.usefixtures("integration")


@pytest.fixture
async def entry(hass: HomeAssistant, loopback: None) -> MockConfigEntry:
    """Return a board that has a key."""
    return await add(hass, key_entry(title="*Kitchen*"))


async def _asked(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the only question that there is."""
    await wait_until(hass, lambda: progress(hass))
    (flow,) = progress(hass)
    assert flow["context"]["source"] == SOURCE_REAUTH
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


async def _lost_its_key(board: KeyedBoard) -> str:
    """Try a wrong key, as a board does first, and then pair; return the code."""
    board.key = bytes(32)
    await board.connect()
    with pytest.raises(AssertionError, match="wrong_proof"):
        await board.prove()
    board.key = None
    return await board.pair()


async def test_another_key(
    hass: HomeAssistant,
    make_board: MakeBoard,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the code the board is let in again; all that belongs to it stays."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_NEW_KEY: bytes(32).hex()[:-2] + "01"}
    )
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    board = make_board(name="Kitchen", model="ESP32-C3")
    code = await _lost_its_key(board)
    result = await _asked(hass)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "reauth_confirm",
    )
    assert result["description_placeholders"] == {"name": r"\*Kitchen\*"}
    assert len(ir.async_get(hass).issues) == 1
    result = await submit(hass, result, {CONF_CODE: "12 34"})
    assert result["errors"] == {CONF_CODE: "invalid_code"}
    result = await submit(hass, result, {CONF_CODE: other_code(code)})
    assert result["errors"] == {CONF_CODE: "wrong_code"}
    result = await submit(hass, result, {CONF_CODE: code})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "reauth_successful",
    )
    await board.accepted()
    assert board.key is not None
    assert entry.data[CONF_KEY] == board.key.hex()
    assert CONF_NEW_KEY not in entry.data
    assert entry.data[CONF_CHANNELS] == {"temp": {"type": "number"}}
    assert entry.data[CONF_ABOUT] == {
        "id": BOARD_ID,
        "name": "Kitchen",
        "model": "ESP32-C3",
    }
    assert entry.title == "*Kitchen*"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    after = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.id for entity in after} == {entity.id for entity in entities}
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")
    assert not progress(hass)
    assert not ir.async_get(hass).issues
    # The old key is worth nothing now.
    old = make_board(key=KEY)
    await old.connect()
    with pytest.raises(AssertionError, match="wrong_proof"):
        await old.prove()
    assert board.key.hex() not in caplog.text
    assert code not in caplog.text
    assert_quiet(caplog)


async def test_asked_once(
    hass: HomeAssistant, make_board: MakeBoard, entry: MockConfigEntry
) -> None:
    """However often the board begins anew, there is one question, for its last code."""
    board = make_board()
    for _ in range(5):
        code = await board.show_code()
        await hass.async_block_till_done()
    result = await submit(hass, await _asked(hass), {CONF_CODE: code})
    assert result["reason"] == "reauth_successful"
    await board.accepted()


async def test_board_shows_no_code(
    hass: HomeAssistant, make_board: MakeBoard, entry: MockConfigEntry
) -> None:
    """Three wrong codes end the pairing, not the question; then the next code counts."""
    board = make_board()
    code = await board.show_code()
    result = await _asked(hass)
    for error in ("wrong_code", "wrong_code", "no_code_shown", "no_code_shown"):
        result = await submit(hass, result, {CONF_CODE: other_code(code)})
        assert result["errors"] == {CONF_CODE: error}
    assert await board.closed() == ("pairing_ended", 4412)
    code = await board.show_code()
    result = await submit(hass, result, {CONF_CODE: code})
    assert result["reason"] == "reauth_successful"
    await board.accepted()


async def test_question_without_a_board(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Whoever types while no board waits is told so."""
    entry.async_start_reauth(hass)
    result = await submit(hass, await _asked(hass), {CONF_CODE: "123456"})
    assert result["errors"] == {CONF_CODE: "no_code_shown"}
