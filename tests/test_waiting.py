"""Boards that wait for a person: who makes room for whom."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from custom_components.arduino_sensor.waiting import MAX_FROM_SOURCE, PATIENCE
from homeassistant.core import HomeAssistant

from .common import Connect, Sketch, wait_until
from .test_handshake import pair


@pytest.fixture
async def full(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> list[Sketch]:
    """Return as many boards as can wait from one source, the first ones gone."""
    boards = []
    for number in range(MAX_FROM_SOURCE):
        board = await connect_token(URL_SHARED)
        assert (await pair(board, f"board-{number}"))[0][-1]["type"] == "waiting"
        boards.append(board)
    waiting = (await async_get_domain(hass)).endpoint.waiting
    for number in (1, 0):
        freezer.tick(1)
        await boards[number].socket.close()
        (left,) = waiting.of(f"board-{number}")
        while left.connection is not None:
            await wait_until(hass, lambda: True)
    return boards


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("gone", [0.0, PATIENCE + 1])
async def test_boards_that_left_make_room(
    hass: HomeAssistant,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    gone: float,
) -> None:
    """A board that does not come back is in nobody's way, after a while."""
    waiting = (await async_get_domain(hass)).endpoint.waiting
    freezer.tick(gone)
    board = await connect_token(URL_SHARED)
    (answer,), _ = await pair(board, "another", refused=not gone)
    if not gone:
        # It may just have a bad connection, and its code is being typed.
        assert answer["code"] == "too_many_waiting"
        assert [len(waiting.of(f"board-{number}")) for number in range(4)] == [1] * 4
        return
    assert answer["type"] == "waiting"
    assert [len(waiting.of(f"board-{number}")) for number in range(4)] == [1, 0, 1, 1]
    assert len(waiting.of("another")) == 1
    offered = {
        flow["context"]["unique_id"]
        for flow in hass.config_entries.flow.async_progress()
    }
    assert offered == {"another", "board-0", "board-2", "board-3"}
