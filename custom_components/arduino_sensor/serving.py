"""What the integration adds to Home Assistant's pages: modules that their browser loads."""

import hashlib
from pathlib import Path
from typing import Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "frontend"
MODULE: Final = "main.js"
# Defined in the modules: the page that leads to the dashboard of all boards.
PANEL: Final = "arduino-boards-panel"


async def async_serve(hass: HomeAssistant) -> None:
    """Serve the modules, and have pages load the first of them.

    Without Home Assistant's frontend there are no pages.
    """
    if "frontend" not in hass.config.components:
        return
    # Here and not above: it brings much that nobody needs who has no pages.
    from homeassistant.components.frontend import (  # noqa: PLC0415
        add_extra_js_url,
        async_register_built_in_panel,
    )

    version = await hass.async_add_executor_job(_version)
    # The version is part of the path, so that it holds for what modules import as well.
    url = f"/{DOMAIN}_frontend/{version}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(url, str(FOLDER), cache_headers=True)]
    )
    add_extra_js_url(hass, f"{url}/{MODULE}")
    # Without a title it is not in the sidebar.
    async_register_built_in_panel(
        hass,
        "custom",
        frontend_url_path=DOMAIN,
        config={
            "_panel_custom": {
                "name": PANEL,
                "module_url": f"{url}/{MODULE}",
                "embed_iframe": False,
                "trust_external": False,
            }
        },
    )


def _version() -> str:
    """Return what is another text whenever a module has changed."""
    content = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.js")):
        content.update(path.relative_to(FOLDER).as_posix().encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
