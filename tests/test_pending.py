"""Boards that were announced in a dialog and have no config entry yet."""

from datetime import timedelta
import time
from typing import Any

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.channels import MAX_CHANNELS
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.pending import (
    LIFETIME,
    MAX_PENDING,
    PendingBoards,
    new_token,
)
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import Connect, add, assert_quiet, pass_time, state, token_entry

STORE = f"{DOMAIN}.pending"


@pytest.fixture
async def boards(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, client: TestClient[Any, Any]
) -> PendingBoards:
    """Return the boards that are waited for; time stands still."""
    return (await async_get_domain(hass)).endpoint.pending


def discovered(hass: HomeAssistant) -> list[str]:
    """Return the names of the boards that are shown as discovered."""
    return [
        flow["context"]["title_placeholders"]["name"]
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    ]


def test_new_token() -> None:
    """A token is long, random and easy to copy."""
    token = new_token()
    assert len(token) == 32
    assert token.isascii() and token.isalnum() and token == token.lower()
    assert not set(token) & set("lo01")
    assert new_token() != token


async def test_expect(
    hass: HomeAssistant, boards: PendingBoards, connect_token: Connect
) -> None:
    """A dialog that waits is told of the first reading, and of no empty one."""
    board = boards.expect("Kitchen")
    assert boards.get(board.token) is board
    sketch = await connect_token(f"{URL_PREFIX}{board.token}")
    assert await sketch.send({}) == []
    assert await sketch.send({"type": "hello", "name": "x"}) == []
    assert not board.received.is_set()
    assert board.connection is not None
    await sketch.send({"temp": 20, "id": "reserved", "red": True})
    await board.async_wait()
    await sketch.send('{"temp":21,"x":nan}')
    assert board.values == {"temp": 21, "red": True}
    # It has a dialog: it is not offered a second time.
    assert discovered(hass) == []
    await sketch.socket.close()
    await hass.async_block_till_done()
    assert board.connection is None


async def test_bad_input(
    hass: HomeAssistant,
    boards: PendingBoards,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A sketch's author is told what is wrong before the board is added, too."""
    board = boards.expect("Kitchen")
    sketch = await connect_token(f"{URL_PREFIX}{board.token}")
    for frame, code in (
        ("garbage", "invalid_json"),
        ({"": 1, "temp": 20}, "invalid_key"),
        ({"x": [], "temp": 21}, "nested_value"),
        ('{"temp":1,"temp":22}', "duplicate_key"),
    ):
        (answer,) = await sketch.send(frame)
        assert answer["code"] == code
        assert await sketch.send("garbage") == []
        freezer.tick(1.01)
    await sketch.socket.send_bytes(b"{}")
    (answer,) = await sketch.answers()
    assert answer["code"] == "binary_frame"
    assert board.values == {"temp": 22}
    await sketch.send({f"x{number}": 1 for number in range(MAX_CHANNELS)})
    await sketch.send({"temp": 23})
    assert len(board.values) == MAX_CHANNELS
    assert board.values["temp"] == 23
    assert_quiet(caplog)


async def test_closed_dialog(
    hass: HomeAssistant, boards: PendingBoards, connect_token: Connect
) -> None:
    """With the dialog closed, the board's first reading shows it as discovered."""
    board = boards.expect("Kitchen")
    boards.release(board.token)
    sketch = await connect_token(f"{URL_PREFIX}{board.token}")
    await sketch.send({})
    assert discovered(hass) == []
    await sketch.send({"temp": 20})
    await sketch.send({"temp": 21})
    assert discovered(hass) == ["Kitchen"]


async def test_dialog_closed_after_the_board_came(
    hass: HomeAssistant, boards: PendingBoards, connect_token: Connect
) -> None:
    """A board that has been there is discovered when its dialog is closed."""
    board = boards.expect("Kitchen")
    sketch = await connect_token(f"{URL_PREFIX}{board.token}")
    await sketch.send({"temp": 20})
    boards.release(board.token)
    await hass.async_block_till_done()
    assert discovered(hass) == ["Kitchen"]
    boards.release("unknown")


async def test_entry_takes_over(
    hass: HomeAssistant,
    boards: PendingBoards,
    connect_token: Connect,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The connection goes on under the entry that was made for the board."""
    board = boards.expect("Kitchen")
    sketch = await connect_token(f"{URL_PREFIX}{board.token}")
    await sketch.send({"temp": 20})
    await add(hass, token_entry(board.token))
    assert boards.get(board.token) is None
    # What the board sent before is there at once.
    assert state(hass, "sensor.kitchen_temperature") == "20"
    await sketch.send({"temp": 21})
    assert state(hass, "sensor.kitchen_temperature") == "21"
    await pass_time(hass, freezer, 2)
    assert hass_storage[STORE]["data"] == []
    # Nor does the day end it.
    await pass_time(hass, freezer, LIFETIME + 1)
    await sketch.send({"temp": 22})
    assert state(hass, "sensor.kitchen_temperature") == "22"
    boards.claim(board.token)


async def test_a_day(
    hass: HomeAssistant,
    boards: PendingBoards,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """An address is good for a day; its connection ends with it."""
    board = boards.expect("Kitchen")
    path = f"{URL_PREFIX}{board.token}"
    await pass_time(hass, freezer, LIFETIME - 60)
    sketch = await connect_token(path)
    assert await sketch.send({"temp": 20}) == []
    await pass_time(hass, freezer, 61)
    (answer,), code = await sketch.end()
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert "in time" in answer["message"]
    assert boards.get(board.token) is None
    assert (await (await connect_token(path)).end())[1] == 4401
    await pass_time(hass, freezer, 2)
    assert hass_storage[STORE]["data"] == []


async def test_at_most_eight(
    hass: HomeAssistant, boards: PendingBoards, connect_token: Connect
) -> None:
    """The oldest gives way, but none with a connection while there is one without."""
    first = boards.expect("0")
    sketch = await connect_token(f"{URL_PREFIX}{first.token}")
    await sketch.send({"temp": 20})
    second, *others = [boards.expect(str(number)) for number in range(1, MAX_PENDING)]
    assert boards.get(second.token) is second
    last = boards.expect("8")
    assert boards.get(second.token) is None
    assert all(boards.get(other.token) is other for other in (first, *others, last))


async def test_discovered_and_dropped(
    hass: HomeAssistant, boards: PendingBoards, connect_token: Connect
) -> None:
    """A board that gave way is closed, and not offered any more."""
    first = boards.expect("0")
    sketch = await connect_token(f"{URL_PREFIX}{first.token}")
    await sketch.send({"temp": 20})
    boards.release(first.token)
    await hass.async_block_till_done()
    assert len(discovered(hass)) == 1
    for number in range(MAX_PENDING):
        boards.expect(str(number))
    await hass.async_block_till_done()
    assert discovered(hass) == []
    assert (await sketch.end())[1] == 4401


async def test_restart(
    hass: HomeAssistant,
    boards: PendingBoards,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """What is needed to go on is stored, soon."""
    board = boards.expect("Kitchen")
    await pass_time(hass, freezer, 2)
    assert hass_storage[STORE]["data"] == [
        {
            "token": board.token,
            "board_id": board.board_id,
            "name": "Kitchen",
            "expires": board.expires,
        }
    ]
    assert board.expires == pytest.approx(time.time() + LIFETIME, abs=3)


async def test_after_a_restart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loopback: None,
    hass_client_no_auth: Any,
    hass_storage: dict[str, Any],
) -> None:
    """Addresses go on after a restart, until their own time, without a dialog."""
    now = time.time()
    hass_storage[STORE] = {
        "version": 1,
        "key": STORE,
        "data": [
            {"token": token, "board_id": token, "name": token, "expires": now + left}
            for token, left in (("over", -1), ("short", 60), ("long", 3600))
        ],
    }
    assert await async_setup_component(hass, DOMAIN, {})
    boards = (await async_get_domain(hass)).endpoint.pending
    assert boards.get("over") is None
    assert boards.get("short") is not None
    client = await hass_client_no_auth()
    socket = await client.ws_connect(f"{URL_PREFIX}long", autoping=False)
    await socket.send_str('{"temp":20}')
    await socket.ping()
    await socket.receive()
    await hass.async_block_till_done()
    assert discovered(hass) == ["long"]
    await pass_time(hass, freezer, timedelta(minutes=2).total_seconds())
    assert boards.get("short") is None
    assert boards.get("long") is not None
