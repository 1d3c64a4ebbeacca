"""A message of a person's own to a board, and its answer."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.arduino_sensor import actions, commands
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.protocol import as_json, depth, parse
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er, selector
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict

from .common import Sketch, act, add, channels, disconnect, token_entry, told

ACTIONS = {"clear_alert", "raise_alert", "send"}


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a board's device."""
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


def send(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    data: Any,
    *,
    wait: bool = True,
    context: Context | None = None,
) -> asyncio.Task[Any]:
    """Begin to send a message; the task's result is the response."""
    return hass.async_create_background_task(
        hass.services.async_call(
            DOMAIN,
            "send",
            {"device_id": device_of(hass, entry), "data": data},
            blocking=True,
            return_response=wait,
            context=context,
        ),
        "send",
    )


async def answer(board: Sketch, **result: Any) -> dict[str, Any]:
    """Have the board answer what it gets next; return what that was."""
    message = await told(board)
    await board.socket.send_json(
        {"type": "result", "id": message["id"], "ok": True, **result}
    )
    return message


@pytest.mark.parametrize(
    "data",
    [
        {"melody": "alarm", "times": 3, "notes": [{"pitch": 440, "tied": None}]},
        ["a", 1, None],
        "beep",
        0,
        None,
        {"text": "ä" * 100},
    ],
)
async def test_answer(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, data: Any
) -> None:
    """The board gets what was written, and the person what the board answers."""
    sending = send(hass, entry, data)
    message = await answer(board, data={"got": data})
    assert message == {"type": "message", "id": message["id"], "data": data}
    assert await sending == {"data": {"got": data}}
    # It is no reading, and no error.
    assert await board.answers() == []
    assert not entry.runtime_data.channels


async def test_no_response_wanted(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """Whoever needs no answer still learns that there was one; it may be empty."""
    sending = send(hass, entry, "beep", wait=False)
    await answer(board)
    assert await sending is None
    sending = send(hass, entry, "beep")
    await answer(board)
    assert await sending == {"data": None}


async def test_answer_from_a_hand_written_sketch(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """An answer is read as generously as a reading is."""
    sending = send(hass, entry, "how are you")
    number = (await told(board))["id"]
    await board.socket.send_str(
        f'{{"type":"result","id":{number},"ok":true,'
        '"data":{"a":[{"b":nan,"c":{"d":1e999}}],"e":"\\ud800"}}'
    )
    assert await sending == {"data": {"a": [{"b": None, "c": {"d": None}}], "e": "?"}}


async def test_refusal(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """The person reads why not, if the board says so."""
    sending = send(hass, entry, {"melody": "none"})
    await answer(board, ok=False, message="I know no such melody.")
    with pytest.raises(
        HomeAssistantError, match=r"^Kitchen did not do it: I know no such melody\.$"
    ):
        await sending
    sending = send(hass, entry, {"melody": "none"})
    await answer(board, ok=False)
    with pytest.raises(HomeAssistantError, match="did not say why"):
        await sending


async def test_no_answer(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sketch that does not know such messages is asked twice, under one id."""
    monkeypatch.setattr(commands, "ANSWER_TIME", 0.4)
    sending = send(hass, entry, "beep")
    with pytest.raises(HomeAssistantError, match="Its sketch has to know such") as err:
        await sending
    assert str(err.value).startswith("Kitchen did not answer")
    first, second = await board.answers()
    assert first == second


async def test_answer_that_is_too_deep(
    hass: HomeAssistant,
    board: Sketch,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What nobody could read is refused, and the board learns it."""
    sending = send(hass, entry, "beep")
    number = (await told(board))["id"]
    deep: Any = 1
    for _ in range(commands.MAX_DEPTH):
        deep = [deep]
    await board.socket.send_json(
        {"type": "result", "id": number, "ok": True, "data": [deep]}
    )
    error = await told(board)
    assert (error["code"], error["field"]) == ("invalid_message", "data")
    await board.socket.send_json(
        {"type": "result", "id": number, "ok": True, "data": deep}
    )
    assert await sending == {"data": deep}


def test_depth() -> None:
    """It is counted the same, whichever parser has read it."""
    for text in (
        '{"type":1,"d":[{"a":{"b":[1]}}]}',
        '{"type":nan,"d":[{"a":{"b":[1]}}]}',
    ):
        values, _ = parse(text.encode())
        assert depth(values["d"]) == 4
        assert as_json(values["d"]) == [{"a": {"b": [1]}}]
    assert depth(1) == 0


async def test_one_after_the_other(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """A message waits for a command's answer, and the other way."""
    await board.send(channels({"key": "heater", "kind": "switch"}))
    acting = act(hass, "switch.turn_on", "switch.kitchen_heater")
    first = await told(board)
    sending = send(hass, entry, "beep")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            pytest.fail(str(await told(board)))
    await board.socket.send_json({"type": "result", "id": first["id"], "ok": True})
    await acting
    second = await answer(board)
    assert (first["type"], second["type"]) == ("set", "message")
    assert second["id"] == first["id"] + 1
    await sending


async def test_away(hass: HomeAssistant, board: Sketch, entry: MockConfigEntry) -> None:
    """A board that is away gets nothing, also not later."""
    await board.send({"temp": 1})
    sending = send(hass, entry, "beep")
    await told(board)
    await disconnect(hass, board)
    for task in (sending, send(hass, entry, "beep")):
        with pytest.raises(HomeAssistantError, match=r"^Kitchen is not connected\.?$"):
            await task


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("x" * 4060, "has 40[0-9][0-9] bytes"),
        ("ä" * 2040, "has 41[0-9][0-9] bytes"),
        ({1, 2}, "cannot be written as JSON"),
        ({"a": {1: 2}}, "cannot be written as JSON"),
        ({"a": 2**70}, "cannot be written as JSON"),
    ],
)
async def test_what_cannot_be_sent(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry, data: Any, error: str
) -> None:
    """What is too long, or no JSON, does not leave Home Assistant."""
    if isinstance(data, str) and data[0] == "x":
        # The longest, whatever the number of the message.
        sending = send(hass, entry, "x" * 4046)
        message = await answer(board)
        assert len(message["data"]) == 4046
        await sending
        error = "has 41[0-9][0-9] bytes"
    with pytest.raises(ServiceValidationError, match=error):
        await send(hass, entry, data)
    assert await board.answers() == []


async def test_dates_are_text(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """YAML makes dates of some texts: they become texts again."""
    sending = send(hass, entry, {"on": dt.date(2026, 11, 21)})
    assert (await answer(board))["data"] == {"on": "2026-11-21"}
    await sending


async def test_no_such_board(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """Other devices are no boards; neither is one that is gone, or disabled."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "x")}
    )
    for device_id in (device.id, "nonsense"):
        with pytest.raises(ServiceValidationError, match="There is no such board"):
            await hass.services.async_call(
                DOMAIN, "send", {"device_id": device_id, "data": 1}, blocking=True
            )
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    with pytest.raises(ServiceValidationError, match="Kitchen is not set up"):
        await send(hass, entry, 1)


async def test_permission(
    hass: HomeAssistant, board: Sketch, entry: MockConfigEntry
) -> None:
    """Who may not control a board cannot send it anything."""
    user = MockUser().add_to_hass(hass)
    context = Context(user_id=user.id)
    user.mock_policy({"entities": {"domains": {"sensor": {"read": True}}}})
    with pytest.raises(Unauthorized):
        await send(hass, entry, 1, context=context)
    await board.send({"temp": 1})
    # What a message does is the sketch's business: one of the entities is not enough.
    user.mock_policy({"entities": {"domains": {"sensor": {POLICY_CONTROL: True}}}})
    with pytest.raises(Unauthorized):
        await send(hass, entry, 1, context=context)
    device_id = device_of(hass, entry)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    user.mock_policy({"entities": {"device_ids": {device_id: {POLICY_CONTROL: True}}}})
    sending = send(hass, entry, 1, context=context)
    await answer(board)
    await sending
    registry = er.async_get(hass)
    entities = er.async_entries_for_config_entry(registry, entry.entry_id)
    enabled = {one.entity_id: True for one in entities if one.disabled_by is None}
    assert len(enabled) < len(entities)
    user.mock_policy({"entities": {"entity_ids": enabled}})
    sending = send(hass, entry, 1, context=context)
    await answer(board)
    await sending
    # Without any entity, there is none that the user may control.
    for one in entities:
        registry.async_remove(one.entity_id)
    with pytest.raises(Unauthorized):
        await send(hass, entry, 1, context=context)
    with pytest.raises(Unauthorized):
        await send(hass, entry, 1, context=Context(user_id="nobody"))


async def test_actions(hass: HomeAssistant, loopback: None) -> None:
    """They are there with the first board, with a form and texts, and stay without it."""
    entry = await add(hass, token_entry())
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    assert described.keys() == ACTIONS
    texts = await async_get_translations(hass, "en", "services", [DOMAIN])
    expected = set()
    for name in ACTIONS:
        prefix = f"component.{DOMAIN}.services.{name}"
        for place in ("", *(f".fields.{one}" for one in described[name]["fields"])):
            expected |= {f"{prefix}{place}.name", f"{prefix}{place}.description"}
    assert texts.keys() == expected
    icons = (await async_get_icons(hass, "services", [DOMAIN]))[DOMAIN]
    assert icons.keys() == ACTIONS
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert hass.services.async_services_for_domain(DOMAIN).keys() == ACTIONS
    for name in ACTIONS:
        answers = hass.services.supports_response(DOMAIN, name)
        assert answers is SupportsResponse.OPTIONAL


def test_services_yaml() -> None:
    """The file has the form that Home Assistant's hassfest asks for."""
    content = load_yaml_dict(Path(actions.__file__).parent / "services.yaml")
    assert content.keys() == ACTIONS
    for description in content.values():
        assert description.keys() == {"fields"}
        for field in description["fields"].values():
            assert field.keys() <= {"required", "default", "example", "selector"}
            (kind, config), *rest = field["selector"].items()
            assert not rest
            selector.validate_selector({kind: config})
