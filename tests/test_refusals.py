"""Repairs for what Home Assistant refuses: raised, and gone by themselves."""

import json
from pathlib import Path
import string
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor import refusals
from custom_components.arduino_sensor.channels import Channel
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.description import parse_description
from custom_components.arduino_sensor.refusals import async_update_refusals
from custom_components.arduino_sensor.refused import SENTENCES
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .common import Connect, add, channels, state, token_entry
from .test_refused import CASES

STRINGS = json.loads(
    (Path(refusals.__file__).parent / "translations" / "en.json").read_text()
)

HOT = {"key": "hot", "kind": "sensor", "device_class": "temperature", "unit": "%"}


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return the repairs that are shown, by what tells them apart."""
    return {
        issue_id: issue
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


def described(*items: dict[str, Any]) -> dict[str, Channel]:
    """Return the channels of a description."""
    found = {}
    for item in items:
        parsed = parse_description(item)
        assert isinstance(parsed, tuple), parsed
        key, description = parsed
        found[key] = Channel(key, description.value_type, description)
    return found


def fields(text: str) -> set[str]:
    """Return the placeholders in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("case", CASES)
async def test_what_a_repair_says(hass: HomeAssistant, case: Any) -> None:
    """A repair uses all that it is given, and is given all that it uses."""
    item, field, reason, _, _ = case
    entry = token_entry()
    [refusal] = async_update_refusals(
        hass, entry, described({"key": "x", "kind": "sensor", **item})
    )
    assert refusal.field == field
    [issue] = issues(hass).values()
    assert issue.translation_key == reason
    assert issue.severity is ir.IssueSeverity.WARNING
    assert not issue.is_fixable and not issue.is_persistent
    texts = STRINGS["issues"][reason]
    placeholders = issue.translation_placeholders or {}
    assert fields(texts["title"]) | fields(texts["description"]) == placeholders.keys()
    assert fields(texts["title"]) == {"board", "channel"}
    assert all(placeholders.values())
    # What is to be written or left out is named.
    assert field in texts["description"].format(**placeholders).replace("\\", "")


def test_all_have_texts() -> None:
    """Each reason has a text, and each text a reason."""
    assert {key for key in STRINGS["issues"] if key.startswith("refused_")} == (
        SENTENCES.keys()
    )


async def test_a_repair_for_each_channel(hass: HomeAssistant) -> None:
    """Each channel has its own; what is right again, or gone, has none."""
    entry, other = token_entry(title="Kitchen"), token_entry("other", title="Shed")
    cold = {**HOT, "key": "cold", "state_class": "mean"}
    refused = async_update_refusals(hass, entry, described(HOT, cold))
    # All is told, but a repair begins with the first.
    assert [(refusal.key, refusal.field) for refusal in refused] == [
        ("hot", "unit"),
        ("cold", "unit"),
        ("cold", "state_class"),
    ]
    async_update_refusals(hass, other, described(HOT))
    prefix = f"refused_{entry.entry_id}_"
    others = f"refused_{other.entry_id}_hot"
    assert issues(hass).keys() == {f"{prefix}hot", f"{prefix}cold", others}
    assert issues(hass)[others].translation_placeholders == {
        "board": "Shed",
        "channel": "hot",
        "given": "%",
        "device_class": "temperature",
        "allowed": "K, °C, °F",
    }

    # One thing is mended, the next one shows.
    cold["unit"] = "°C"
    async_update_refusals(hass, entry, described(HOT, cold))
    assert issues(hass)[f"{prefix}cold"].translation_key == "refused_state_class"
    del cold["state_class"]
    async_update_refusals(hass, entry, described(HOT, cold))
    assert issues(hass).keys() == {f"{prefix}hot", others}
    # What is not described is not refused.
    undescribed = {"hot": Channel("hot", described(HOT)["hot"].type)}
    assert async_update_refusals(hass, entry, undescribed) == []
    assert issues(hass).keys() == {others}
    async_update_refusals(hass, other, {})
    assert not issues(hass)


async def test_names_are_shown_as_they_are(hass: HomeAssistant) -> None:
    """What a board or a person has written is no Markdown, and no placeholder."""
    entry = token_entry(title="<b>*Shed*</b>")
    item = {**HOT, "key": "[x](http://y) {board}", "unit": "`_`"}
    async_update_refusals(hass, entry, described(item))
    [issue] = issues(hass).values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["board"] == r"\<b\>\*Shed\*\</b\>"
    assert issue.translation_placeholders["given"] == r"\`\_\`"
    assert "](" not in issue.translation_placeholders["channel"]


async def test_from_the_board_to_the_repair(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """A repair comes with a description, and goes with the next one that is right."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    issue_id = f"refused_{entry.entry_id}_hot"
    [error] = await board.send(channels(HOT))
    assert (error["code"], error["key"], error["field"]) == (
        "refused_channel",
        "hot",
        "unit",
    )
    assert issues(hass).keys() == {issue_id}
    await board.send({"hot": 12.5})
    found = hass.states.get("sensor.kitchen_hot")
    assert found is not None
    assert found.state == "12.5"
    assert "device_class" not in found.attributes

    # It says the same again, and is told the same again.
    freezer.tick(2)
    [again] = await board.send(channels(HOT))
    assert again == error
    # It is there after a restart, too.
    ir.async_delete_issue(hass, DOMAIN, issue_id)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass).keys() == {issue_id}

    assert await board.send(channels({**HOT, "unit": "°C"})) == []
    assert not issues(hass)
    await hass.async_block_till_done()
    found = hass.states.get("sensor.kitchen_hot")
    assert found is not None
    assert found.attributes["device_class"] == "temperature"
    assert state(hass, "sensor.kitchen_hot") == "12.5"


@pytest.mark.parametrize("gone", ["removed", "forgotten"])
async def test_gone(hass: HomeAssistant, connect_token: Connect, gone: str) -> None:
    """A board or a channel that is gone leaves nothing to repair."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send(channels(HOT))
    assert issues(hass)
    if gone == "removed":
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    else:
        await board.send(channels({"key": "other", "kind": "switch"}))
    assert not issues(hass)
