"""Addresses that are good once, for programs that log in to Home Assistant."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor import tickets
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant

from .common import Connect, add, fixed_entry, state, token_entry, virtual_entry
from .test_handshake import ID, key_entry, prove

URL = "/api/arduino_sensor/ticket"

type Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def ask(
    client: TestClient[Any, Any],
    hass_client: Callable[..., Awaitable[TestClient[Any, Any]]],
) -> Ask:
    """Return what asks for a ticket, as an administrator unless a token is given."""
    admin = await hass_client()

    async def _ask(body: object, token: str | None = None) -> tuple[int, Any]:
        if token is None:
            response = await admin.post(URL, json=body)
        else:
            headers = {"Authorization": f"Bearer {token}"}
            response = await client.post(URL, json=body, headers=headers)
        text = await response.text()
        return response.status, await response.json() if text[:1] == "{" else text

    return _ask


@pytest.mark.parametrize("by", ["board", "entry"])
async def test_ticket(
    hass: HomeAssistant, ask: Ask, connect_token: Connect, by: str
) -> None:
    """A ticket is an address of one board, for one connection."""
    entry = await add(hass, key_entry())
    await add(hass, token_entry(title="Other"))
    status, answer = await ask({"board": ID if by == "board" else entry.entry_id})
    assert (status, answer["expires"]) == (200, 30)
    board = await connect_token(answer["path"])
    assert await board.send({"temp": 20}) == []
    assert state(hass, "sensor.kitchen_temperature") == "20"
    again = await connect_token(answer["path"])
    (error,), code = await again.end()
    assert (error["code"], code) == ("unknown_address", 4401)


async def test_replaces_the_connection(
    hass: HomeAssistant, ask: Ask, connect_token: Connect
) -> None:
    """What comes with a ticket is the board's, like any newer connection."""
    await add(hass, key_entry())
    old = await connect_token("/api/arduino_sensor/ws")
    await prove(old)
    _, answer = await ask({"board": ID})
    await connect_token(answer["path"])
    assert (await old.end())[1] == 4409


async def test_time(
    hass: HomeAssistant,
    ask: Ask,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A ticket is good for half a minute."""
    await add(hass, key_entry())
    early, late = [(await ask({"board": ID}))[1]["path"] for _ in range(2)]
    freezer.tick(29)
    assert await (await connect_token(early)).send({}) == []
    freezer.tick(2)
    (error,), _ = await (await connect_token(late)).end()
    assert error["code"] == "unknown_address"


async def test_who_may(
    hass: HomeAssistant, ask: Ask, hass_read_only_access_token: str
) -> None:
    """Only administrators get tickets."""
    await add(hass, key_entry())
    assert (await ask({"board": ID}, "no token"))[0] == 401
    assert (await ask({"board": ID}, hass_read_only_access_token))[0] in (401, 403)


@pytest.mark.parametrize(
    "body", [{}, [], {"board": 5}, {"board": ""}, {"board": "a" * 65}, None]
)
async def test_bad_body(hass: HomeAssistant, ask: Ask, body: object) -> None:
    """What is no request for a ticket is told so."""
    assert (await ask(body))[0] == 400


async def test_no_such_board(hass: HomeAssistant, ask: Ask) -> None:
    """A board that is not there, disabled, or none at all gets no ticket."""
    disabled = key_entry("off", disabled_by=ConfigEntryDisabler.USER)
    disabled.add_to_hass(hass)
    virtual = await add(hass, virtual_entry())
    for board in ("nobody", "off", disabled.entry_id, virtual.entry_id):
        assert (await ask({"board": board}))[0] == 404


async def test_other_boards(
    hass: HomeAssistant, ask: Ask, port: int, connect_token: Connect
) -> None:
    """A board with a token or a fixed address can be asked for by its entry."""
    for entry in (token_entry(), fixed_entry(port)):
        await add(hass, entry)
        status, answer = await ask({"board": entry.entry_id})
        assert status == 200
        await (await connect_token(answer["path"])).send({"temp": 20})
        assert state(hass, f"sensor.{entry.title.lower()}_temperature") == "20"


async def test_bound(
    hass: HomeAssistant, ask: Ask, freezer: FrozenDateTimeFactory
) -> None:
    """Only so many tickets are outstanding; they come back with time."""
    await add(hass, key_entry())
    for _ in range(tickets.MAX_TICKETS):
        assert (await ask({"board": ID}))[0] == 200
    assert (await ask({"board": ID}))[0] == 429
    freezer.tick(31)
    assert (await ask({"board": ID}))[0] == 200
