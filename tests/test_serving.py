"""What the integration adds to Home Assistant's pages."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import json
from pathlib import Path
import posixpath
import re
import shutil
from typing import Any, Final

from aiohttp.test_utils import TestClient
import pytest

from custom_components.arduino_sensor import serving
from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.components import onboarding
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

FOLDER: Final = serving.FOLDER
MODULES: Final = sorted(FOLDER.rglob("*.js"))
TRANSLATIONS: Final = FOLDER.parent / "translations"

_IMPORT: Final = re.compile(r'(?:from|import) "([^"]+)"')
_TEXT: Final = re.compile(r'"((?:plotter)_[a-z_]+)"|`(plotter_)\$\{name\}`')


def _ours(hass: HomeAssistant) -> list[str]:
    return [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if DOMAIN in url]


async def test_served(
    hass: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages load one module, and with it all others, which they may keep for long."""
    assert await async_setup_component(hass, "frontend", {})
    assert await async_setup_component(hass, DOMAIN, {})
    [url] = _ours(hass)
    assert url.endswith(f"/{serving.MODULE}")
    monkeypatch.setattr(onboarding, "async_is_onboarded", lambda hass: True)
    client = await hass_client_no_auth()
    page = await (await client.get("/")).text()
    assert url in page
    wanted, seen = [url], set[str]()
    while wanted:
        if (url := wanted.pop()) in seen:
            continue
        seen.add(url)
        response = await client.get(url)
        assert response.status == HTTPStatus.OK, url
        assert "javascript" in response.headers["Content-Type"]
        assert "max-age=2678400" in response.headers["Cache-Control"]
        folder = posixpath.dirname(url)
        for name in _IMPORT.findall(await response.text()):
            assert name.startswith("."), f"{url}: {name} is not ours"
            wanted.append(posixpath.normpath(posixpath.join(folder, name)))
    # Nothing is left over.
    assert len(seen) == len(MODULES)


async def test_without_frontend(hass: HomeAssistant) -> None:
    """Nothing is served where there are no pages, and all else works."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert "frontend" not in hass.config.components
    assert DATA_EXTRA_MODULE_URL not in hass.data


def test_address_changes_with_the_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that kept old modules asks for the new ones, whichever has changed."""
    folder = tmp_path / "frontend"
    shutil.copytree(FOLDER, folder)
    before = serving._version()
    monkeypatch.setattr(serving, "FOLDER", folder)
    assert serving._version() == before
    versions = {before}
    for path in sorted(folder.rglob("*.js")):
        with path.open("a") as file:
            file.write("// changed\n")
        versions.add(serving._version())
    (folder / "main.js").rename(folder / "main2.js")
    versions.add(serving._version())
    assert len(versions) == len(MODULES) + 2


def test_nothing_from_elsewhere() -> None:
    """No module loads anything over the network but from Home Assistant."""
    for path in MODULES:
        content = path.read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[^\"'`\s]+", content))
        addresses.discard("http://www.w3.org/2000/svg")
        assert all(
            address.startswith("https://github.com/arduino-sensor/")
            for address in addresses
        ), path.name


def test_documentation_exists() -> None:
    """What the list of cards links to is there."""
    [address] = re.findall(
        r"blob/main/([\w/.]+)", (FOLDER / "plotter/register.js").read_text()
    )
    assert (FOLDER.parents[2] / address).is_file()


def test_texts() -> None:
    """The modules use each text of theirs, and no other, with what is in it."""
    used = set[str]()
    for path in MODULES:
        for whole, prefix in _TEXT.findall(path.read_text(encoding="utf-8")):
            if whole:
                used.add(whole)
            else:
                assert prefix
                used |= {
                    f"plotter_{one}" for one in ("channel", "now", "least", "greatest")
                }
    texts = json.loads((TRANSLATIONS / "en.json").read_text(encoding="utf-8"))["common"]
    assert used == {key for key in texts if key.startswith("plotter_")}


async def test_texts_reach_the_pages(
    hass: HomeAssistant, hass_ws_client: Callable[..., Awaitable[Any]]
) -> None:
    """They come by the command with which the cards ask for them."""
    assert await async_setup_component(hass, "frontend", {})
    assert await async_setup_component(hass, DOMAIN, {})
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id(
        {
            "type": "frontend/get_translations",
            "language": "en",
            "category": "common",
            "integration": [DOMAIN],
        }
    )
    resources = (await socket.receive_json())["result"]["resources"]
    assert resources[f"component.{DOMAIN}.common.plotter_pause"] == "Pause"
