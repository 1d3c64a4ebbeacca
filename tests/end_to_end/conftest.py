"""A real Home Assistant for the tests, and clients that play boards."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio
import pytest_socket

from scripts.lib.api import Api
from scripts.lib.boards import USER_AGENT
from scripts.lib.home_assistant import HomeAssistant, free_port


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Home Assistant is in another process: this one's loop has nothing of it."""


@pytest.fixture(autouse=True)
def allow_sockets() -> Iterator[None]:
    """Let these tests use the network, which others may not."""
    pytest_socket.enable_socket()
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant that runs, with its onboarding done."""
    pytest_socket.enable_socket()
    home = HomeAssistant(tmp_path_factory.mktemp("home"), free_port())
    home.prepare()
    try:
        await home.start()
        await home.onboard()
        async with home.connect() as api:
            await api.wait_running()
        yield home
    finally:
        await home.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def api(home: HomeAssistant) -> AsyncIterator[Api]:
    """Return a client of Home Assistant's API."""
    async with home.connect() as api:
        yield api


@pytest_asyncio.fixture(loop_scope="module")
async def boards() -> AsyncIterator[aiohttp.ClientSession]:
    """Return what boards connect with: `await boards.ws_connect(address)`."""
    async with aiohttp.ClientSession(headers={"User-Agent": USER_AGENT}) as session:
        yield session
