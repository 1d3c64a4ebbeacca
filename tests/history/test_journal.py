"""What is kept on disk while it is being written."""

from typing import Any

from custom_components.arduino_sensor.history.journal import MAX_DONE, MAX_OPEN, Journal
from homeassistant.core import HomeAssistant

KEY = "arduino_sensor.history"


async def test_journal(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """A batch is on disk at once, with its times, until it is done."""
    journal = Journal(hass)
    await journal.async_load()
    assert journal.unfinished("a") == []
    assert journal.moments("a", "b-1") is None
    assert not journal.is_done("a", "b-1")
    await journal.async_begin("a", "b-1", [(1.5, {"x": 1}), (2.5, {"y": None})])
    assert hass_storage[KEY]["data"] == {
        "a": {"open": {"b-1": [[1.5, {"x": 1}], [2.5, {"y": None}]]}, "done": []}
    }
    again = Journal(hass)
    await again.async_load()
    assert again.unfinished("a") == ["b-1"]
    assert again.unfinished("b") == []
    assert again.moments("a", "b-1") == [(1.5, {"x": 1}), (2.5, {"y": None})]
    await again.async_finish("a", "b-1")
    assert again.is_done("a", "b-1")
    assert not again.is_done("b", "b-1")
    assert hass_storage[KEY]["data"] == {"a": {"open": {}, "done": ["b-1"]}}
    await again.async_forget("b")
    await again.async_forget("a")
    assert hass_storage[KEY]["data"] == {}


async def test_bounds(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """A board that sends and sends does not fill the disk."""
    journal = Journal(hass)
    await journal.async_load()
    for number in range(100):
        await journal.async_begin("a", f"b-{number}", [(number, {})])
    names = [f"b-{number}" for number in range(100)]
    assert journal.unfinished("a") == names[-MAX_OPEN:]
    for name in names:
        await journal.async_finish("a", name)
    kept = hass_storage[KEY]["data"]["a"]
    assert kept == {"open": {}, "done": names[-MAX_DONE:]}
