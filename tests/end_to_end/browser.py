"""A real browser in Home Assistant's own pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import shutil
import tempfile

from playwright.async_api import ConsoleMessage, Error, Locator, Page, async_playwright
import pytest

from scripts.lib.home_assistant import PASSWORD, USER, HomeAssistant

PICTURES = os.environ.get("PICTURES")
"""A folder to keep pictures of the pages in, for the README."""

_FLAGS = (
    "--no-sandbox",  # it refuses to run as root with one; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FAILURE = Path(tempfile.gettempdir()) / "arduino_sensor-browser.png"
# What the frontend shows in place of a card that it cannot make.
_BROKEN = "hui-error-card, hui-error-section, hui-error-badge"
_MARGIN = 20
_TIMEOUT = 30_000
# Around the dialog, only its shadow.
_FADE_PAGE = """opacity => {
    const root = document.querySelector("home-assistant").shadowRoot;
    root.querySelector("home-assistant-main").style.opacity = opacity;
}"""


@asynccontextmanager
async def open_browser() -> AsyncIterator[Page]:
    """Start a browser with nothing in it; yield an empty page."""
    chromium = os.environ.get("CHROMIUM", shutil.which("chromium"))
    if not chromium:
        pytest.skip("there is no Chromium (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(_FLAGS)
        )
        try:
            context = await browser.new_context(
                viewport={"width": 1100, "height": 800},
                device_scale_factor=2,
                color_scheme="light",
                locale="en-GB",
                reduced_motion="reduce",
            )
            context.set_default_timeout(_TIMEOUT)
            page = await context.new_page()
            try:
                yield page
            except Exception as err:
                await page.screenshot(path=_FAILURE)
                err.add_note(f"What the page looked like: {_FAILURE}")
                raise
        finally:
            await browser.close()


async def log_in(page: Page, url: str) -> None:
    """Log in with the form."""
    await page.goto(url)
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("link", name="Settings").wait_for()


@asynccontextmanager
async def watched_page(
    home: HomeAssistant, *, width: int = 1100, height: int = 800
) -> AsyncIterator[Page]:
    """Log in with a browser; in the end, nothing may be wrong in its page."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # Logos of other integrations are on the internet.
        if message.type == "error" and "/api/brands/" not in message.location["url"]:
            said.append(f"{message.text} ({message.location['url']})")

    def fail(error: Error) -> None:
        # So end the lists in Home Assistant's own dialogs and pages, if they are long.
        if error.message != "disconnected":
            said.append(f"{error}: {error.stack}")

    async with open_browser() as page:
        page.on("console", listen)
        page.on("pageerror", fail)
        await page.set_viewport_size({"width": width, "height": height})
        await log_in(page, home.url)
        yield page
        assert await page.locator(_BROKEN).count() == 0
    assert said == []


def button(page: Page, name: str) -> Locator:
    """Find a button by all that is written on it."""
    return page.get_by_role("button", name=name, exact=True)


async def keep_dialog(page: Page, name: str) -> None:
    """Keep a picture of the dialog that is open."""
    if PICTURES is None:
        return
    await page.wait_for_timeout(800)  # it slides in
    box = await page.locator("dialog[open]").last.bounding_box()
    assert box is not None
    await page.evaluate(_FADE_PAGE, 0)
    left, top = max(box["x"] - _MARGIN, 0), max(box["y"] - _MARGIN, 0)
    await page.screenshot(
        path=Path(PICTURES) / f"{name}.png",
        clip={
            "x": left,
            "y": top,
            "width": box["x"] + box["width"] + _MARGIN - left,
            "height": box["y"] + box["height"] + _MARGIN - top,
        },
    )
    await page.evaluate(_FADE_PAGE, 1)


async def show_usual_address(page: Page, url: str) -> None:
    """Have the pictures show an address as it is in a home, not in a test."""
    if PICTURES is None:
        return
    host, _, port = url.removeprefix("http://").partition(":")
    await page.locator("code, .cm-line").evaluate_all(
        """(codes, [host, port]) => codes.forEach((code) => {
            const text = code.innerHTML.replaceAll(host, "192.168.1.20");
            code.innerHTML = text.replaceAll(port, "8123");
        })""",
        [host, port],
    )


async def keep_page(page: Page, name: str, *, width: int, height: int) -> None:
    """Keep a picture of a page, in a window of this size."""
    if PICTURES is None:
        return
    before = page.viewport_size
    await page.set_viewport_size({"width": width, "height": height})
    await page.wait_for_timeout(2000)  # graphs and lists fill
    await page.screenshot(path=Path(PICTURES) / f"{name}.png")
    if before is not None:
        await page.set_viewport_size(before)
