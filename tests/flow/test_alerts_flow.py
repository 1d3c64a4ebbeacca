"""The offer to get told when something is wrong."""

from pathlib import Path

import pytest

from custom_components.arduino_sensor.alerts_blueprints import FOLDER
from custom_components.arduino_sensor.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.common import assert_quiet

from .steps import start


@pytest.fixture
def folder(hass: HomeAssistant, loopback: None, tmp_path: Path) -> Path:
    """Return where Home Assistant looks for our copies, in a place of its own."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path / "blueprints" / "automation" / DOMAIN


def names(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def put_in_the_way(folder: Path) -> None:
    """Have a file where the folder is to be."""
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way", encoding="utf-8")


async def test_blueprints_are_copied(
    hass: HomeAssistant, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One click, and they are there; a second does no harm."""
    for _ in range(2):
        result = await start(hass, "alerts")
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "alerts_copied"
        assert names(folder) == names(FOLDER)
    assert_quiet(caplog)


async def test_changed_blueprints_stay(hass: HomeAssistant, folder: Path) -> None:
    """A person reads which ones were not touched."""
    await start(hass, "alerts")
    (folder / "value.yaml").write_text("mine", encoding="utf-8")
    result = await start(hass, "alerts")
    assert result["reason"] == "alerts_partly_copied"
    assert result["description_placeholders"] == {"files": "`value.yaml`"}
    assert (folder / "value.yaml").read_text(encoding="utf-8") == "mine"


async def test_blueprints_cannot_be_copied(
    hass: HomeAssistant, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A person reads why."""
    put_in_the_way(folder)
    result = await start(hass, "alerts")
    assert result["reason"] == "alerts_not_copied"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert "arduino" in placeholders["error"]
    assert "cannot be copied" in caplog.text
    assert_quiet(caplog)
