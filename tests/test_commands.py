"""Commands: what a board answers, or does not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import commands
from custom_components.arduino_sensor.commands import MAX_WAITING
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .common import Sketch, act, channels, disconnect, obey, state, told

SWITCH = {"key": "heater", "kind": "switch"}
HEATER = "switch.kitchen_heater"
ROOT = Path(__file__).parents[1]
SHORT = 0.4
"""A time for answers, in seconds, that tests can wait for."""


@pytest.fixture
async def heater(board: Sketch) -> Sketch:
    """Return a board with a switch."""
    assert await board.send(channels(SWITCH)) == []
    return board


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give boards less time to answer."""
    monkeypatch.setattr(commands, "ANSWER_TIME", SHORT)


async def test_refusal(hass: HomeAssistant, heater: Sketch) -> None:
    """The person who acted reads why it was not done; the state stays."""
    await heater.send({"heater": False})
    acting = act(hass, "switch.turn_on", HEATER)
    await obey(heater, ok=False, message="The door is open.")
    with pytest.raises(
        HomeAssistantError, match=r"^Kitchen did not do it: The door is open\.$"
    ):
        await acting
    assert state(hass, HEATER) == STATE_OFF

    for message in (None, 5, "", "x" * 121, "two\nlines"):
        acting = act(hass, "switch.turn_on", HEATER)
        await obey(heater, ok=False, message=message)
        with pytest.raises(HomeAssistantError, match="did not say why"):
            await acting


async def test_result_with_a_value(hass: HomeAssistant, board: Sketch) -> None:
    """A board that did something else says what."""
    await board.send(channels({"key": "speed", "kind": "number"}, SWITCH))
    speed = "number.kitchen_speed"
    acting = act(hass, "number.set_value", speed, value=33)
    await obey(board, value=30)
    await acting
    assert state(hass, speed) == "30"
    # What is no value for it is none.
    acting = act(hass, "number.set_value", speed, value=40)
    await obey(board, value="forty")
    await acting
    assert state(hass, speed) == "40"
    acting = act(hass, "switch.turn_on", HEATER)
    await obey(board, value=0)
    await acting
    assert state(hass, HEATER) == STATE_OFF


async def test_first_result_is_lost(
    hass: HomeAssistant, heater: Sketch, impatient: None
) -> None:
    """The command comes again under its id, by which the board knows it."""
    done: dict[int, Any] = {}
    acting = act(hass, "switch.turn_on", HEATER)
    first = await told(heater)
    done[first["id"]] = first["value"]
    # The answer gets lost.
    again = await told(heater)
    assert again == first
    assert again["id"] in done
    await heater.send({"type": "result", "id": again["id"], "ok": True})
    await acting
    assert state(hass, HEATER) == STATE_ON
    # The first answer after all, or one more: that is nothing to wonder about.
    for _ in range(2):
        assert (
            await heater.send({"type": "result", "id": first["id"], "ok": False}) == []
        )
    assert state(hass, HEATER) == STATE_ON

    # The next one is another.
    acting = act(hass, "switch.turn_on", HEATER)
    assert (await obey(heater))["id"] not in done
    await acting


async def test_no_answer(hass: HomeAssistant, heater: Sketch, impatient: None) -> None:
    """A board that does not answer is asked once more, and then given up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    acting = act(hass, "switch.turn_on", HEATER)
    with pytest.raises(HomeAssistantError, match="Kitchen did not answer"):
        await acting
    assert SHORT <= loop.time() - began < 3 * SHORT
    first, second = await heater.answers()
    assert first == second
    assert state(hass, HEATER) == STATE_UNKNOWN
    # Too late: nobody waits for it.
    assert await heater.send({"type": "result", "id": first["id"], "ok": True}) == []
    assert state(hass, HEATER) == STATE_UNKNOWN
    # It is not held against the board.
    acting = act(hass, "switch.turn_on", HEATER)
    await obey(heater)
    await acting
    assert state(hass, HEATER) == STATE_ON


def test_patience() -> None:
    """A sketch with delay(5000) in its loop has time to answer; all say how much."""
    assert commands.ANSWER_TIME >= 5 + 2
    protocol = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert f"within\n{commands.ANSWER_TIME / 2:g} s, the same command" in protocol
    assert f"After {commands.ANSWER_TIME:g} s, or if the connection" in protocol
    assert commands.ANSWER_TIME == 8
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "does not answer within eight seconds" in readme


async def test_results_that_are_none(hass: HomeAssistant, heater: Sketch) -> None:
    """What is no answer is reported, or ignored if it answers something else."""
    acting = act(hass, "switch.turn_on", HEATER)
    number = (await told(heater))["id"]
    await heater.socket.send_json({"type": "result", "id": str(number), "ok": True})
    error = await told(heater)
    assert (error["code"], error["field"]) == ("invalid_message", "id")
    await heater.socket.send_json({"type": "result", "id": number})
    await heater.socket.send_json({"type": "result", "id": number + 1, "ok": False})
    await heater.socket.send_json({"type": "result", "id": number, "ok": True})
    await acting
    assert state(hass, HEATER) == STATE_ON


async def test_board_is_away(
    hass: HomeAssistant, heater: Sketch, entry: MockConfigEntry
) -> None:
    """Without a connection the error comes at once, and when it drops, too."""
    await heater.send({"heater": False})
    acting = act(hass, "switch.turn_on", HEATER)
    waiting = act(hass, "switch.turn_off", HEATER)
    await told(heater)
    await disconnect(hass, heater)
    for task in (acting, waiting):
        with pytest.raises(HomeAssistantError, match=r"^Kitchen is not connected$"):
            await task
    # It counts as there for a while, but cannot be told anything.
    assert state(hass, HEATER) == STATE_OFF
    with pytest.raises(HomeAssistantError, match=r"^Kitchen is not connected$"):
        await act(hass, "switch.turn_on", HEATER)


async def test_commands_are_queued(hass: HomeAssistant, board: Sketch) -> None:
    """Each waits for the one before it; the board gets them in order."""
    await board.send(channels({"key": "speed", "kind": "number"}))
    acting = [
        act(hass, "number.set_value", "number.kitchen_speed", value=value)
        for value in range(1 + MAX_WAITING)
    ]
    first = await told(board)
    # One more is one too many.
    with pytest.raises(HomeAssistantError, match="has too much to do already"):
        await act(hass, "number.set_value", "number.kitchen_speed", value=99)
    await board.socket.send_json({"type": "result", "id": first["id"], "ok": True})
    sent = [first] + [await obey(board) for _ in range(MAX_WAITING)]
    await asyncio.gather(*acting)
    assert [command["value"] for command in sent] == list(range(1 + MAX_WAITING))
    assert len({command["id"] for command in sent}) == 1 + MAX_WAITING
    assert await board.answers() == []
    assert state(hass, "number.kitchen_speed") == str(MAX_WAITING)
