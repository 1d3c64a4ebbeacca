"""What the tests share."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
import logging
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
import serialx

# This also makes the integration known to Python: Home Assistant finds a custom one
# only there.
from custom_components.arduino_sensor import publishing
from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from scripts.lib.home_assistant import free_port

from .common import ADDRESS, Connect, Sketch, add, token_entry
from .serial_cable import Cable, Openings


@pytest.fixture(autouse=True)
def custom_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find this integration, in the tests that start one."""
    if "hass" not in request.fixturenames:
        return
    # The recorder must be there before Home Assistant is.
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def phone(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what phones were told."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    return calls


@pytest.fixture(autouse=True)
def every_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every reading published at once, where nothing else is set.

    So that a test can send several in a row. Those that are about how often numbers are
    published have a fixture of this name that does nothing.
    """
    monkeypatch.setattr(publishing, "DEFAULT_PUBLISH_INTERVAL", 0)


@pytest.fixture
async def loopback(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep Home Assistant's server, and what follows it, to this machine."""
    # As Home Assistant does when it starts.
    monkeypatch.setattr(logging.getLogger("aiohttp.access"), "level", logging.WARNING)
    assert await async_setup_component(hass, "http", {})
    # Not by configuration: Home Assistant takes that back when nobody confirms it.
    hass.http.server_host = ["127.0.0.1"]


@pytest.fixture
async def client(
    hass: HomeAssistant,
    loopback: None,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> TestClient[Any, Any]:
    """Return a client of Home Assistant's own server, with the integration there."""
    assert await async_setup_component(hass, DOMAIN, {})
    return await hass_client_no_auth()


@pytest.fixture
def connect_token(hass: HomeAssistant, client: TestClient[Any, Any]) -> Connect:
    """Return what connects a board to an address with a token."""

    async def _connect(path: str = ADDRESS, **kwargs: Any) -> Sketch:
        socket = await client.ws_connect(path, autoping=False, **kwargs)
        return Sketch(hass, socket)

    return _connect


@pytest.fixture
async def connect_fixed(hass: HomeAssistant, loopback: None) -> AsyncGenerator[Connect]:
    """Return what connects a board to a port of its own, from an address of its own."""
    opened: list[ClientSession | ClientWebSocketResponse] = []

    async def _connect(
        port: int, path: str = "/ws/sensor/", source: str = "127.0.0.1", **kwargs: Any
    ) -> Sketch:
        session = ClientSession(connector=TCPConnector(local_addr=(source, 0)))
        opened.append(session)
        socket = await session.ws_connect(
            f"ws://127.0.0.1:{port}{path}", autoping=False, **kwargs
        )
        opened.append(socket)
        return Sketch(hass, socket)

    yield _connect
    for thing in reversed(opened):
        await thing.close()


@pytest.fixture
def port(socket_enabled: None) -> int:
    """Return a port that nobody uses."""
    return free_port()


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return a board that Home Assistant is about to add."""
    return token_entry()


@pytest.fixture
async def board(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> Sketch:
    """Return a board that is connected."""
    await add(hass, entry)
    return await connect_token()


@pytest.fixture
def cable(tmp_path: Path) -> Generator[Cable]:
    """Return a cable with a board."""
    cable = Cable(tmp_path / "ttyUSB0")
    cable.plug()
    yield cable
    cable.unplug()


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Openings:
    """Return what counts how often a port is opened."""
    return Openings(monkeypatch)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have ports that were opened be ready much later; say when the first was opened."""
    opened = asyncio.Event()
    create = serialx.create_serial_connection

    async def slow(*args: Any, **kwargs: Any) -> Any:
        result = await create(*args, **kwargs)
        opened.set()
        await asyncio.sleep(5)
        return result

    monkeypatch.setattr(serialx, "create_serial_connection", slow)
    return opened
