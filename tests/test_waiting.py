"""Boards that wait for a person: who makes room for whom."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor import handshake
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.keyring import ASK_AGAIN
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from custom_components.arduino_sensor.waiting import MAX_FROM_SOURCE, PATIENCE
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_REAUTH
from homeassistant.core import HomeAssistant

from .common import Connect, Sketch, add, wait_until
from .test_handshake import ID, hello, key_entry, pair, prove


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


async def test_ignored_while_it_waits(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """Who is ignored need not go on showing a code, and is told why."""
    board = await connect_token(URL_SHARED)
    await pair(board, "neighbour")
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "neighbour", "title": "Neighbour"},
    )
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("board_ignored", 4403)
    assert not hass.config_entries.flow.async_progress()
    # Until that is ended: then it is offered when it comes the next time.
    again = await connect_token(URL_SHARED)
    await again.socket.send_json(hello("neighbour"))
    assert (await again.end())[1] == 4403
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    await pair(await connect_token(URL_SHARED), "neighbour")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["unique_id"] == "neighbour"


async def test_asked_in_vain(
    hass: HomeAssistant, connect_token: Connect, freezer: FrozenDateTimeFactory
) -> None:
    """Who uses a board's name again and again while it sleeps causes one question."""
    await add(hass, key_entry())

    def asked() -> int:
        flows = hass.config_entries.flow.async_progress()
        return sum(flow["context"]["source"] == SOURCE_REAUTH for flow in flows)

    for expected in (1, 0):
        stranger = await connect_token(URL_SHARED)
        await pair(stranger, ID)
        assert asked() == expected
        # It wakes up, and has its key.
        board = await connect_token(URL_SHARED)
        await prove(board)
        assert asked() == 0
        await board.socket.close()
        await wait_until(hass, lambda: asked() == 0)
        domain = await async_get_domain(hass)
        while domain.endpoint.is_connected(ID):
            await wait_until(hass, lambda: True)
        await stranger.socket.close()
    freezer.tick(ASK_AGAIN + 1)
    await pair(await connect_token(URL_SHARED), ID)
    assert asked() == 1


async def test_accepted_and_silent(
    hass: HomeAssistant,
    connect_token: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who was accepted has to prove its key in time, like anybody."""
    board = await connect_token(URL_SHARED)
    _, key = await pair(board, "another")
    monkeypatch.setattr(handshake, "HANDSHAKE_TIME", 0.2)
    await add(hass, key_entry("another", key))
    answers, code = await board.end()
    assert [answer["type"] for answer in answers] == ["paired", "error"]
    assert (answers[1]["code"], code) == ("handshake_timeout", 4410)
