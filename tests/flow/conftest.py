"""What the tests of the dialogs are given."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any
from unittest.mock import patch

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import port_flow
from custom_components.arduino_sensor.const import CONF_LINK, DOMAIN, LINK_TOKEN
from custom_components.arduino_sensor.transports import serial
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResultType
from homeassistant.helpers.data_entry_flow import FlowManagerIndexView
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from tests.common import TOKEN
from tests.keyed_board import BOARD_ID, KeyedBoard
from tests.serial_board import SerialBoard
from tests.serial_cable import hurry

from .serial_steps import Plug
from .steps import check_texts, set_up

type Connect = Callable[[str], Awaitable[ClientWebSocketResponse]]
type MakeBoard = Callable[..., KeyedBoard]


@pytest.fixture(autouse=True)
def every_step_can_be_shown() -> Iterator[None]:
    """Fail a test that comes by a step, an error or an end without words.

    Or by a form that cannot be sent to a browser.
    """
    handle_step = FlowManager._async_handle_step

    async def _handle_step(self: Any, flow: Any, *args: Any) -> Any:
        result = await handle_step(self, flow, *args)
        kind = "config" if self is flow.hass.config_entries.flow else "options"
        check_texts(kind, result)
        if result["type"] is FlowResultType.FORM:
            # Home Assistant's pages get it like this.
            json_dumps(FlowManagerIndexView(self)._prepare_result_json(result))
        return result

    with patch.object(FlowManager, "_async_handle_step", _handle_step):
        yield


@pytest.fixture
def connect(
    hass: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> Connect:
    """Return what connects a board to a path of Home Assistant's own server."""

    async def _connect(path: str) -> ClientWebSocketResponse:
        client = await hass_client_no_auth()
        return await client.ws_connect(path)

    return _connect


@pytest.fixture
async def token_entry(hass: HomeAssistant, socket_enabled: None) -> MockConfigEntry:
    """Return a board with an address of its own."""
    return await set_up(
        hass,
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN},
        {"temp": {"type": "number"}, "red": {"type": "boolean"}},
        unique_id="0123456789abcdef",
    )


@pytest.fixture
async def make_board(
    hass: HomeAssistant,
    loopback: None,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> AsyncGenerator[MakeBoard]:
    """Return what makes boards that can have a key, each at an address of its choice.

    The integration is not there yet: whoever opens a dialog brings it.
    """
    clients: list[TestClient[Any, Any]] = []
    sessions: dict[str, ClientSession] = {}
    sockets: list[ClientWebSocketResponse] = []

    def _make(
        board_id: str = BOARD_ID, *, source: str = "127.0.0.1", **kwargs: Any
    ) -> KeyedBoard:
        async def _open() -> ClientWebSocketResponse:
            if not clients:
                # The server of the tests takes no new paths once it has begun.
                clients.append(await hass_client_no_auth())
            if source not in sessions:
                sessions[source] = ClientSession(
                    connector=TCPConnector(local_addr=(source, 0))
                )
            url = clients[0].make_url(URL_SHARED)
            sockets.append(await sessions[source].ws_connect(url))
            return sockets[-1]

        return KeyedBoard(_open, board_id, **kwargs)

    yield _make
    for socket in sockets:
        await socket.close()
    for session in sessions.values():
        await session.close()


@pytest.fixture
async def integration(hass: HomeAssistant, loopback: None) -> None:
    """Have the integration there, as it is when it has a board."""
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have boards start, and speak, in no time."""
    hurry(monkeypatch, 0.02)
    monkeypatch.setattr(serial, "_TOGETHER", 0.1)
    monkeypatch.setattr(port_flow, "LISTEN_TIME", 0.5)
    monkeypatch.setattr(port_flow, "TRY_TIME", 0.4)
    monkeypatch.setattr(port_flow, "_MOMENT", 0.05)


@pytest.fixture
async def plug(
    hass: HomeAssistant, integration: None, quick: None
) -> AsyncGenerator[Plug]:
    """Return what plugs boards in: they print their lines at a port of their own."""
    boards: list[SerialBoard] = []

    def _plug(*lines: object, **kwargs: Any) -> SerialBoard:
        boards.append(SerialBoard(*lines, **kwargs))
        return boards[-1]

    yield _plug
    for board in boards:
        await board.unplug()
