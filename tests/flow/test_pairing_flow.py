"""Adding a board that shows a code."""

import pytest

from custom_components.arduino_sensor import pairing_flow
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    DOMAIN,
    LINK_KEY,
)
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_CODE, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from tests.common import assert_quiet, state, wait_until
from tests.keyed_board import BOARD_ID, other_code

from .conftest import MakeBoard
from .steps import (
    after_progress,
    choose,
    discovered,
    let_in,
    offered,
    progress,
    start,
    submit,
    suggested_by,
    turn_away,
    wait_offered,
    waiting_boards,
)

OTHER_ID = "esp32-f0e1d2c3b4a5"


# The dialog that a person opens.


async def test_board_is_there_first(
    hass: HomeAssistant, make_board: MakeBoard, caplog: pytest.LogCaptureFixture
) -> None:
    """Opening the dialog lets the first board connect, and its code lets it in."""
    result = await start(hass)
    assert result["menu_options"] == [
        "add_board",
        "serial",
        "pair",
        "add_several",
        "try_it",
        "alerts",
        "fixed_address",
    ]
    board = make_board(name="Kitchen", model="ESP32-C3")
    code = await board.show_code()
    result = await choose(hass, result, "pair")
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "discovery_pair",
    )
    assert suggested_by(result) == {CONF_NAME: "Kitchen"}
    assert result["description_placeholders"] == {
        "board": r"Kitchen \(ESP32\-C3, …d3e4f5\)"
    }
    result = await submit(
        hass, result, {CONF_NAME: " Pantry ", CONF_CODE: f" {code[:3]} {code[3:]} "}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Pantry"
    assert result["result"].unique_id == BOARD_ID
    await board.accepted()
    assert board.key is not None
    assert result["data"] == {
        CONF_LINK: LINK_KEY,
        CONF_BOARD: BOARD_ID,
        CONF_KEY: board.key.hex(),
        CONF_ABOUT: {"id": BOARD_ID, "name": "Kitchen", "model": "ESP32-C3"},
        CONF_CHANNELS: {},
    }
    assert not progress(hass)
    assert len(await waiting_boards(hass)) == 0
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.pantry_temperature") == "20")
    assert code not in caplog.text
    assert board.key.hex() not in caplog.text
    assert_quiet(caplog)


async def test_person_is_there_first(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """The dialog waits for the board, and goes on by itself."""
    result = await start(hass, "pair")
    assert (result["type"], result["step_id"]) == (
        FlowResultType.SHOW_PROGRESS,
        "pair",
    )
    board = make_board(name="Kitchen")
    code = await board.show_code()
    result = await after_progress(hass, result)
    assert result["step_id"] == "discovery_pair"
    await let_in(hass, result, board, code)
    # It was offered as well.
    assert not progress(hass)


async def test_no_board_comes(
    hass: HomeAssistant, make_board: MakeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end, after which a person can wait again."""
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 0.05)
    result = await after_progress(hass, await start(hass, "pair"))
    assert (result["type"], result["step_id"]) == (
        FlowResultType.MENU,
        "nothing_waiting",
    )
    monkeypatch.setattr(pairing_flow, "WAIT_TIME", 60)
    result = await choose(hass, result, "pair")
    await make_board().show_code()
    result = await after_progress(hass, result)
    assert result["step_id"] == "discovery_pair"


async def test_closed_while_waiting(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """A dialog that is closed waits for nothing, and the board is offered."""
    result = await start(hass, "pair")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    await wait_offered(hass, make_board(name="Kitchen"))
    (flow,) = progress(hass)
    assert flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY


async def test_several_boards_wait(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Of several boards a person chooses one, and only that is asked for its code."""
    kitchen = make_board(name="Board", model="ESP32-C3")
    shed = make_board(OTHER_ID, model="ESP8266")
    gone = make_board("x")
    for board in (kitchen, shed, gone):
        await wait_offered(hass, board)
    result = await start(hass, "pair")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "choose")
    schema = result["data_schema"]
    assert schema is not None
    (selector,) = schema.schema.values()
    assert selector.config["options"] == [
        {"value": BOARD_ID, "label": "Board (ESP32-C3, …d3e4f5)"},
        {"value": OTHER_ID, "label": "ESP8266 (…c3b4a5)"},
        {"value": "x", "label": "x (…x)"},
    ]
    await turn_away(hass, "x")
    result = await submit(hass, result, {CONF_BOARD: "x"})
    assert result["errors"] == {CONF_BOARD: "board_gone"}
    result = await submit(hass, result, {CONF_BOARD: OTHER_ID})
    assert result["step_id"] == "discovery_pair"
    assert suggested_by(result) == {CONF_NAME: "ESP8266"}
    hass.config_entries.flow.async_abort(result["flow_id"])

    result = await start(hass, "pair")
    for board in (kitchen, shed):
        await turn_away(hass, board.id)
    result = await submit(hass, result, {CONF_BOARD: OTHER_ID})
    assert result["step_id"] == "nothing_waiting"


# The code.


@pytest.mark.parametrize("by_person", [True, False])
async def test_three_wrong_codes(
    hass: HomeAssistant, make_board: MakeBoard, integration: None, by_person: bool
) -> None:
    """They end the pairing; the board begins anew, with another code."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    result = await (start(hass, "pair") if by_person else offered(hass))
    form = {CONF_NAME: "Pantry", CONF_CODE: other_code(code)}
    for _ in range(2):
        result = await submit(hass, result, form)
        assert result["errors"] == {CONF_CODE: "wrong_code"}
        assert suggested_by(result) == form
    result = await submit(hass, result, form)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "too_many_codes",
    )
    assert await board.closed() == ("pairing_ended", 4412)
    await hass.async_block_till_done()
    assert not progress(hass)
    assert not hass.config_entries.async_entries(DOMAIN)

    code = await wait_offered(hass, board)
    await let_in(hass, await offered(hass), board, code)


async def test_slips_are_no_tries(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """What cannot be a code, and a name that is missing, cost nothing."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    result = await offered(hass)
    for slip in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        result = await submit(hass, result, {CONF_NAME: "Pantry", CONF_CODE: slip})
        assert result["errors"] == {CONF_CODE: "invalid_code"}
    for _ in range(3):
        form = {CONF_NAME: " ", CONF_CODE: other_code(code)}
        result = await submit(hass, result, form)
        assert result["errors"] == {CONF_NAME: "empty_name"}
    form = {CONF_NAME: "Pantry", CONF_CODE: f"{code[:3]}-{code[3:]}"}
    result = await submit(hass, result, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await board.accepted()


async def test_drop_keeps_the_code(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board whose connection drops goes on waiting, with the same code."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    await board.socket.close()
    await hass.async_block_till_done()
    assert len(discovered(hass)) == 1
    await board.come_back()
    await board.receive("waiting")
    await let_in(hass, await offered(hass), board, code)


async def test_drop_that_nobody_noticed(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that comes back over another connection goes on waiting in that."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    before = board.socket
    await board.come_back()
    await board.receive("waiting")
    assert (await before.receive_json(timeout=5))["code"] == "replaced"
    assert (await before.receive(timeout=5)).data == 4409
    await let_in(hass, await offered(hass), board, code)


async def test_code_is_typed_while_the_board_is_away(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that comes back after that is welcomed at once."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    await board.socket.close()
    form = {CONF_NAME: "Kitchen", CONF_CODE: code}
    result = await submit(hass, await offered(hass), form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await board.come_back()
    await board.receive("welcome")


async def test_restart_shows_another_code(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A dialog that is open for a board stays when the board is restarted."""
    board = make_board(name="Kitchen")
    old = await wait_offered(hass, board)
    result = await offered(hass)
    for _ in range(2):
        form = {CONF_NAME: "Kitchen", CONF_CODE: other_code(old)}
        result = await submit(hass, result, form)
    before = board.socket
    code = await board.show_code()
    assert (await before.receive(timeout=5)).data == 4409
    # There are three tries again.
    result = await submit(
        hass, result, {CONF_NAME: "Kitchen", CONF_CODE: other_code(code)}
    )
    assert result["errors"] == {CONF_CODE: "wrong_code"}
    await let_in(hass, result, board, code)


async def test_two_claim_one_id(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """The code tells which is the right one; the other is turned away."""
    right = make_board(name="Kitchen")
    code = await wait_offered(hass, right)
    wrong = make_board(name="Kitchen", model="Fake", source="127.0.0.2")
    assert await wrong.show_code() != code
    entry = await let_in(hass, await offered(hass), right, code)
    assert entry.data[CONF_ABOUT] == {"id": BOARD_ID, "name": "Kitchen"}
    assert await wrong.closed() == (None, 4412)


# What is offered.


async def testoffered(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that waits is offered by itself, under a name that tells it apart."""
    board = make_board(name="*Kit* [x](y)", model="ESP32-C3")
    await wait_offered(hass, board)
    (flow,) = discovered(hass)
    assert flow["step_id"] == "discovery_pair"
    assert flow["context"]["title_placeholders"] == {
        "name": "*Kit* [x](y) (ESP32-C3, …d3e4f5)"
    }
    result = await offered(hass)
    assert result["description_placeholders"] == {
        "board": r"\*Kit\* \[x\]\(y\) \(ESP32\-C3, …d3e4f5\)"
    }


async def test_offer_that_is_out_of_date(
    hass: HomeAssistant, integration: None
) -> None:
    """A board that is gone when its turn comes is not offered."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={CONF_BOARD: BOARD_ID},
    )
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "pairing_ended",
    )


async def test_ignored(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """A board that was ignored is neither offered nor listed again."""
    board = make_board(name="Kitchen")
    await wait_offered(hass, board)
    await make_board(OTHER_ID).show_code()
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": BOARD_ID, "title": "Kitchen"},
    )
    (flow,) = discovered(hass)
    assert flow["context"]["unique_id"] == OTHER_ID
    result = await start(hass, "pair")
    assert result["step_id"] == "discovery_pair"
    assert suggested_by(result) == {CONF_NAME: OTHER_ID}
    await board.socket.close()

    board.socket = await board._open()
    await board.send(type="hello", id=BOARD_ID, nonce="00" * 16)
    assert await board.closed() == ("board_ignored", 4403)
    assert len(discovered(hass)) == 1


async def test_added_in_another_window(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Two windows about one board do not make two of it."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    first, second = [await start(hass, "pair") for _ in range(2)]
    await let_in(hass, first, board, code)
    result = await submit(hass, second, {CONF_NAME: "Kitchen", CONF_CODE: code})
    assert result["reason"] == "pairing_ended"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_distinct_names(
    hass: HomeAssistant, make_board: MakeBoard, integration: None
) -> None:
    """Boards of one name, however they are added, can be told apart."""
    board = make_board(name="Kitchen")
    code = await wait_offered(hass, board)
    await let_in(hass, await offered(hass), board, code)

    other = make_board(OTHER_ID, name="Kitchen")
    code = await wait_offered(hass, other)
    result = await offered(hass)
    assert suggested_by(result) == {CONF_NAME: "Kitchen 2"}
    form = {CONF_NAME: "Kitchen", CONF_CODE: code}
    result = await submit(hass, result, form)
    assert result["title"] == "Kitchen 2"
    await other.accepted()

    result = await start(hass, "add_board")
    result = await submit(hass, result, {CONF_NAME: "Kitchen"})
    result = await choose(hass, await submit(hass, result), "finish")
    assert result["title"] == "Kitchen 3"
    names = {
        device.name
        for entry in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
    }
    assert names == {"Kitchen", "Kitchen 2", "Kitchen 3"}
