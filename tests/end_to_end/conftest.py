"""A real Home Assistant for the tests, and clients that play boards."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
from aiohttp import web
from playwright.async_api import Page
import pytest
import pytest_asyncio
import pytest_socket

from custom_components.arduino_sensor.serving import FOLDER
from scripts.lib.api import Api
from scripts.lib.boards import USER_AGENT
from scripts.lib.home_assistant import HOST, HomeAssistant, free_port

from .browser import open_browser
from .modules import ADDRESS, UPDATED


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


async def _empty(request: web.Request) -> web.Response:
    return web.Response(
        text="<!doctype html><title>modules</title>", content_type="text/html"
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[Page]:
    """Return a page that can import the modules, without a Home Assistant."""
    pytest_socket.enable_socket()
    app = web.Application()
    app.router.add_get("/", _empty)
    for address in (ADDRESS, UPDATED):
        app.router.add_static(address, FOLDER)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, HOST, port).start()
        async with open_browser() as page:
            await page.goto(f"http://{HOST}:{port}/")
            yield page
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(page: Page) -> AsyncIterator[Page]:
    """Return a page in which nothing was done yet; nothing may go wrong in it."""
    assert page.context.browser is not None
    context = await page.context.browser.new_context(
        viewport={"width": 360, "height": 640}, reduced_motion="no-preference"
    )
    errors: list[str] = []
    try:
        fresh = await context.new_page()
        fresh.on("pageerror", lambda error: errors.append(str(error)))
        await fresh.goto(page.url)
        yield fresh
    finally:
        await context.close()
    assert errors == []
