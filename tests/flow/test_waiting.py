"""The boards that wait for a person: how many, for how long, and who cannot."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.waiting import (
    LIFETIME,
    MAX_FROM_SOURCE,
    MAX_WAITING,
)
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from tests.common import add, assert_quiet, pass_time, state, wait_until
from tests.keyed_board import BOARD_ID, KeyedBoard

from .conftest import MakeBoard
from .steps import KEY, discovered, key_entry, progress, turn_away, waiting_boards

pytestmark = pytest.mark.usefixtures("integration")

type FillUp = Callable[[], Awaitable[list[KeyedBoard]]]


@pytest.fixture
def fill_up(make_board: MakeBoard) -> FillUp:
    """Return what has as many boards wait as can, from four addresses."""

    async def _fill_up() -> list[KeyedBoard]:
        boards = [
            make_board(f"board-{number}", source=f"127.0.0.{2 + number // 4}")
            for number in range(MAX_WAITING)
        ]
        for board in boards:
            await board.show_code()
        return boards

    return _fill_up


async def _is_turned_away(board: KeyedBoard) -> bool:
    """Return whether a board that would wait is told that there are too many."""
    with pytest.raises(AssertionError, match="too_many_waiting"):
        await board.show_code()
    return await board.closed() == (None, 4413)


async def test_four_from_one_address(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """One address cannot take all the places."""
    for number in range(MAX_FROM_SOURCE):
        await make_board(f"board-{number}").show_code()
    assert await _is_turned_away(make_board("one-more"))
    # One of them that begins anew has its place already.
    await make_board("board-0").show_code()
    await make_board("other", source="127.0.0.2").show_code()
    assert len(await waiting_boards(hass)) == MAX_FROM_SOURCE + 1


async def test_sixteen_in_all(
    hass: HomeAssistant, make_board: MakeBoard, fill_up: FillUp
) -> None:
    """There are sixteen places, and one that becomes free can be had."""
    boards = await fill_up()
    late = make_board("late", source="127.0.0.9")
    assert await _is_turned_away(late)
    waiting = await waiting_boards(hass)
    assert len(waiting) == len(discovered(hass)) == MAX_WAITING
    await turn_away(hass, boards[0].id)
    assert await boards[0].closed() == ("pairing_ended", 4412)
    await late.show_code()
    ids = {flow["context"]["unique_id"] for flow in discovered(hass)}
    assert ids == {board.id for board in [*boards[1:], late]}


async def test_made_up_ids(
    hass: HomeAssistant,
    make_board: MakeBoard,
    fill_up: FillUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A flood of them fills neither list, and known boards do not notice."""
    entry = await add(hass, key_entry())
    await fill_up()
    for number in range(50):
        stranger = make_board(f"x-{number}", source=f"127.0.0.{10 + number % 5}")
        assert await _is_turned_away(stranger)
    assert len(await waiting_boards(hass)) == len(progress(hass)) == MAX_WAITING
    known = make_board(key=KEY)
    await known.connect()
    await known.prove()
    assert entry.runtime_data.connected
    assert_quiet(caplog)


async def test_dropped_boards_keep_their_places(
    hass: HomeAssistant, make_board: MakeBoard, fill_up: FillUp
) -> None:
    """Connecting and going away again does not get around the limits either."""
    for board in await fill_up():
        await board.socket.close()
    await hass.async_block_till_done()
    assert await _is_turned_away(make_board("late", source="127.0.0.9"))
    assert len(discovered(hass)) == MAX_WAITING


async def test_ten_minutes(
    hass: HomeAssistant, make_board: MakeBoard, freezer: FrozenDateTimeFactory
) -> None:
    """A board that nobody accepts in time is told so, and is not offered any more."""
    board = make_board(name="Kitchen")
    await board.show_code()
    await wait_until(hass, lambda: discovered(hass))
    await pass_time(hass, freezer, LIFETIME - 1)
    assert len(discovered(hass)) == 1
    await pass_time(hass, freezer, 2)
    assert await board.closed() == ("pairing_ended", 4412)
    assert not progress(hass)
    assert len(await waiting_boards(hass)) == 0
    await board.show_code()
    await wait_until(hass, lambda: discovered(hass))


async def test_stranger_who_knows_an_id(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """While the board is connected, nobody else can pair as it or have anyone asked."""
    entry = await add(hass, key_entry())
    board = make_board(key=KEY)
    await board.connect()
    await board.prove()
    stranger = make_board(source="127.0.0.2")
    with pytest.raises(AssertionError, match="already_connected"):
        await stranger.show_code()
    assert await stranger.closed() == (None, 4408)
    assert not progress(hass)
    await board.send(temp=20)
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "20")
    assert entry.runtime_data.connected


async def test_stranger_while_the_board_is_away(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """A person is asked once, and not any more when the board has come back."""
    await add(hass, key_entry())
    strangers = [make_board(source=f"127.0.0.{number}") for number in range(2, 6)]
    for stranger in strangers:
        await stranger.show_code()
    await hass.async_block_till_done()
    (flow,) = progress(hass)
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert not (await waiting_boards(hass)).by_code()

    board = make_board(key=KEY)
    await board.connect()
    await board.prove()
    await hass.async_block_till_done()
    assert not progress(hass)
    assert len((await waiting_boards(hass)).of(BOARD_ID)) == 4


async def test_entry_is_set_up_anew(hass: HomeAssistant, make_board: MakeBoard) -> None:
    """A board that waits for another key goes on when its entry is set up anew."""
    entry = await add(hass, key_entry())
    board = make_board()
    code = await board.show_code()
    assert await hass.config_entries.async_reload(entry.entry_id)
    waiting = await waiting_boards(hass)
    assert waiting.check_code(BOARD_ID, code) is not None


async def test_secret_in_place_of_a_code(
    hass: HomeAssistant, make_board: MakeBoard
) -> None:
    """A board that comes back with a secret is not offered with a code any more."""
    from custom_components.arduino_sensor.domain import async_get_domain

    board = make_board()
    await board.show_code()
    await wait_until(hass, lambda: discovered(hass))
    await board.socket.close()
    await hass.async_block_till_done()
    board.secret = (await async_get_domain(hass)).enrolment.begin()
    await board.show_code()
    await hass.async_block_till_done()
    assert not discovered(hass)
    waiting = await waiting_boards(hass)
    assert not waiting.by_code()
    assert [board.id for board in waiting.vouched()] == [BOARD_ID]
