"""Adding a board with a sketch from here, and trying it without one."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.arduino_sensor import config_flow, forms
from custom_components.arduino_sensor.const import (
    CONF_CHANNELS,
    CONF_LINK,
    DOMAIN,
    LINK_TOKEN,
    LINK_VIRTUAL,
)
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.pending import MAX_PENDING
from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.util import dt as dt_util
from tests.common import wait_until

from .conftest import Connect
from .steps import (
    STRINGS,
    choose,
    discovered,
    path_of,
    progress,
    sketch_of,
    start,
    submit,
)


async def announce(hass: HomeAssistant, name: str = "Kitchen") -> ConfigFlowResult:
    """Go on to the step with the sketch."""
    result = await start(hass, "add_board")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "add_board")
    result = await submit(hass, result, {CONF_NAME: name})
    assert result["type"] is FlowResultType.FORM
    return result


async def test_wait_for_the_board(hass: HomeAssistant, connect: Connect) -> None:
    """The way that most people go: a sketch, then see the readings come in."""
    result = await announce(hass, " Kitchen ")
    assert result["step_id"] == "sketch"
    path = path_of(result)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["address"] == f"ws://10.10.10.10:8123{path}"
    assert 'HA_HOST = "10.10.10.10";' in sketch_of(result)
    assert "HA_PORT = 8123;" in sketch_of(result)
    assert "@" not in sketch_of(result)

    # The dialog sends back what the form shows.
    result = await submit(hass, result, {"sketch": sketch_of(result)})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "connect")
    result = await choose(hass, result, "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS

    board = await connect(path)
    await board.send_json({"temp": 25.5, "red": True, "note": 'a "b"', "gas": None})
    await wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "received")
    assert result["description_placeholders"] == {
        "values": '```text\ntemp: 25.5\nred: true\nnote: "a \\"b\\""\n```'
    }

    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Kitchen"
    token = path.rpartition("/")[2]
    assert result["data"] == {
        CONF_LINK: LINK_TOKEN,
        CONF_TOKEN: token,
        CONF_CHANNELS: {},
    }
    assert result["result"].unique_id
    assert not progress(hass)
    domain = await async_get_domain(hass)
    assert domain.endpoint.pending.get(token) is None

    # What the dialog has shown is there, without another reading.
    await hass.async_block_till_done()
    for entity_id, value in (
        ("sensor.kitchen_temperature", "25.5"),
        ("binary_sensor.kitchen_red", "on"),
        ("sensor.kitchen_note", 'a "b"'),
    ):
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.state == value

    # The connection that was there goes on, now as the entry's.
    await board.send_json({"temp": 26.5})
    await wait_until(
        hass,
        lambda: (
            (state := hass.states.get("sensor.kitchen_temperature"))
            and state.state == "26.5"
        ),
    )
    assert not board.closed


async def test_finish_now(hass: HomeAssistant, socket_enabled: None) -> None:
    """A person who does not want to wait need not."""
    result = await submit(hass, await announce(hass))
    result = await choose(hass, result, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.LOADED
    assert not progress(hass)


async def test_board_is_faster(hass: HomeAssistant, connect: Connect) -> None:
    """A board that has sent already is shown at once, and not added unasked."""
    result = await announce(hass)
    domain = await async_get_domain(hass)
    path = path_of(result)
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    pending = domain.endpoint.pending.get(path.rpartition("/")[2])
    assert pending is not None
    await wait_until(hass, lambda: pending.values)
    assert not discovered(hass)  # its dialog is open

    result = await choose(hass, await submit(hass, result), "wait")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "received")
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_nothing_yet(
    hass: HomeAssistant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end, after which a person can wait again."""
    monkeypatch.setattr(config_flow, "WAIT_TIME", 0.05)
    result = await announce(hass)
    path = path_of(result)
    result = await choose(hass, await submit(hass, result), "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "nothing_yet"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "nothing_yet")

    monkeypatch.setattr(config_flow, "WAIT_TIME", 60)
    result = await choose(hass, result, "wait")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_name_is_needed(hass: HomeAssistant, socket_enabled: None) -> None:
    """A board without a name is not added; with one it is."""
    result = await start(hass, "add_board")
    result = await submit(hass, result, {CONF_NAME: "  "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Kitchen"})
    result = await choose(hass, await submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_only_tls(hass: HomeAssistant, socket_enabled: None) -> None:
    """With TLS only, the sketch and the words around it are others."""
    result = await start(hass, "add_board")
    assert hass.config.api is not None
    hass.config.api.use_ssl = True
    result = await submit(hass, result, {CONF_NAME: "Kitchen"})
    assert result["step_id"] == "sketch_tls"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["address"].startswith("wss://10.10.10.10:8123/")
    assert "homeAssistant.beginSSL(" in sketch_of(result)
    result = await choose(hass, await submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("tls", [False, True])
async def test_only_this_computer(
    hass: HomeAssistant, loopback: None, tls: bool
) -> None:
    """Where no board can reach Home Assistant, the page with the sketch says so."""
    assert hass.config.api is not None
    hass.config.api.use_ssl = tls
    result = await announce(hass)
    assert result["step_id"] == "sketch_loopback"
    text = STRINGS["config"]["step"]["sketch_loopback"]["description"]
    assert "on this computer only" in text
    assert 'HA_HOST = "127.0.0.1";' in sketch_of(result)
    result = await choose(hass, await submit(hass, result), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_closed_dialog_loses_nothing(
    hass: HomeAssistant, connect: Connect
) -> None:
    """The board is discovered under its name when it connects."""
    result = await announce(hass)
    path = path_of(result)
    hass.config_entries.flow.async_abort(result["flow_id"])
    board = await connect(path)
    await hass.async_block_till_done()
    assert not progress(hass)

    await board.send_json({"temp": 25.5})
    await wait_until(hass, lambda: discovered(hass))
    (flow,) = discovered(hass)
    assert flow["step_id"] == "discovery_confirm"
    assert flow["context"]["title_placeholders"] == {"name": "Kitchen"}

    result = await submit(hass, flow, {CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    assert result["description_placeholders"] == {
        "name": "Kitchen",
        "values": "```text\ntemp: 25.5\n```",
    }
    result = await submit(hass, result, {CONF_NAME: "Pantry"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Pantry"
    assert result["data"][CONF_TOKEN] == path.rpartition("/")[2]

    await board.send_json({"temp": 26.5})
    await wait_until(hass, lambda: hass.states.get("sensor.pantry_temperature"))


async def test_closed_after_the_board_came(
    hass: HomeAssistant, connect: Connect
) -> None:
    """A dialog that is closed with the board connected leaves it discovered."""
    result = await announce(hass)
    result = await choose(hass, await submit(hass, shown := result), "wait")
    board = await connect(path_of(shown))
    await board.send_json({"temp": 25.5})
    await wait_until(
        hass,
        lambda: (
            hass.config_entries.flow.async_get(result["flow_id"])["step_id"]
            == "received"
        ),
    )
    hass.config_entries.flow.async_abort(result["flow_id"])
    await wait_until(hass, lambda: discovered(hass))


async def test_closed_while_waiting(hass: HomeAssistant, connect: Connect) -> None:
    """A dialog that is closed while it waits does not go on waiting."""
    result = await announce(hass)
    path = path_of(result)
    result = await choose(hass, await submit(hass, result), "wait")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await wait_until(hass, lambda: discovered(hass))


@pytest.mark.parametrize("first", ["dialog", "discovered"])
async def test_closed_browser(
    hass: HomeAssistant, connect: Connect, first: str
) -> None:
    """A browser that is closed tells nobody: after a while the board is discovered.

    If the dialog is still open after all, either way can be gone to the end.
    """
    dialog = await announce(hass)
    board = await connect(path_of(dialog))
    await board.send_json({"temp": 25.5})
    async_fire_time_changed(
        hass, dt_util.utcnow() + timedelta(seconds=config_flow.ATTENTION_TIME + 1)
    )
    await wait_until(hass, lambda: discovered(hass))
    (offered,) = discovered(hass)
    if first == "dialog":
        result = await choose(hass, await submit(hass, dialog), "finish")
    else:
        result = await submit(hass, offered, {CONF_NAME: "Kitchen"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not progress(hass)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
    with pytest.raises(UnknownFlow):
        await submit(hass, offered if first == "dialog" else dialog)


async def test_at_most_eight(hass: HomeAssistant, socket_enabled: None) -> None:
    """The ninth announced board takes the place of the first."""
    results = [
        await announce(hass, f"Board {number}") for number in range(MAX_PENDING + 1)
    ]
    pending = (await async_get_domain(hass)).endpoint.pending
    tokens = [path_of(result).rpartition("/")[2] for result in results]
    assert [pending.get(token) is not None for token in tokens] == (
        [False] + [True] * MAX_PENDING
    )
    # Nobody has to notice: a person who goes on with the first dialog gets a board.
    result = await choose(hass, await submit(hass, results[0]), "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    for result in results[1:]:
        hass.config_entries.flow.async_abort(result["flow_id"])


async def test_expired(hass: HomeAssistant, connect: Connect) -> None:
    """A discovered board that is not added in time says so, and is no longer known."""
    result = await announce(hass)
    path = path_of(result)
    hass.config_entries.flow.async_abort(result["flow_id"])
    board = await connect(path)
    await board.send_json({"temp": 25.5})
    await wait_until(hass, lambda: discovered(hass))
    (flow,) = discovered(hass)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, minutes=1))
    await hass.async_block_till_done()
    with suppress(UnknownFlow):
        result = await submit(hass, flow, {CONF_NAME: "Kitchen"})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "expired"
    assert not hass.config_entries.async_entries(DOMAIN)

    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={CONF_TOKEN: path.rpartition("/")[2]},
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "expired"


async def test_try_it(hass: HomeAssistant, socket_enabled: None) -> None:
    """One virtual board can be added, and no second."""
    left_open = await start(hass, "try_it")
    result = await start(hass, "try_it")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "try_it")
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Virtual board"
    assert result["data"] == {CONF_LINK: LINK_VIRTUAL, CONF_CHANNELS: {}}
    assert result["result"].unique_id == LINK_VIRTUAL
    with pytest.raises(UnknownFlow):
        hass.config_entries.flow.async_get(left_open["flow_id"])

    result = await start(hass, "try_it")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_there"
    await hass.config_entries.async_unload(
        hass.config_entries.async_entries(DOMAIN)[0].entry_id
    )


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, ""),
        ({"°C": 1.5, "ok": False}, "```text\n°C: 1.5\nok: false\n```"),
        ({"```": "a\n```"}, "```text\n''': \"a\\n'''\"\n```"),
    ],
)
def test_show_values(values: dict[str, Any], shown: str) -> None:
    """What a board sends is shown as it is, and cannot end the block it is in."""
    assert forms.show_values(values) == shown


async def test_described_before_it_was_added(
    hass: HomeAssistant, connect: Connect
) -> None:
    """What a board says of its channels counts from its first reading on.

    It may say nothing more for a long time, so what it has sent is what is shown.
    """
    result = await announce(hass, "Kitchen")
    path = path_of(result)
    result = await submit(hass, result, {"sketch": sketch_of(result)})
    result = await choose(hass, result, "wait")
    board = await connect(path)
    items = [
        {"key": "oven", "kind": "sensor", "unit": "°C"},
        {"key": "relay", "kind": "switch"},
        {"key": "led", "kind": "light", "color": "rgb"},
        {"key": "fan", "kind": "number"},
    ]
    await board.send_json({"type": "channels", "channels": items, "final": True})
    await board.send_json({"oven": 20.5, "relay": 1, "led": "#ff8000"})
    flow = hass.config_entries.flow
    await wait_until(
        hass, lambda: flow.async_get(result["flow_id"])["step_id"] == "received"
    )
    result = await flow.async_configure(result["flow_id"])
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["values"].splitlines()[1:-1] == [
        "oven: 20.5",
        "relay: true",
        'led: "#ff8000"',
    ]
    await submit(hass, result, {})
    await hass.async_block_till_done()
    states = {state.entity_id: state.state for state in hass.states.async_all()}
    assert states["sensor.kitchen_oven"] == "20.5"
    assert states["switch.kitchen_relay"] == "on"
    assert states["light.kitchen_led"] == "on"
    assert states["number.kitchen_fan"] == "unknown"
