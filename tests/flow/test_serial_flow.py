"""Adding a board on a USB cable: where it is, what it says, and what if it does not."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import port_flow
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_LINK,
    CONF_PLOTTER,
    DOMAIN,
    LINK_KEY,
    LINK_SERIAL,
    LINK_TOKEN,
)
from custom_components.arduino_sensor.forms import check_baudrate
from custom_components.arduino_sensor.serial_flow import UNNAMED
from custom_components.arduino_sensor.transports.serial import Introduction, PortError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.common import TOKEN, add, channels, state, wait_until
from tests.serial_cable import serial_entry

from .serial_steps import HELLO, READING, Plug, introduce, listen, shown
from .steps import KEY, choose, set_up, start, submit, suggested_by

MENU = ["serial_listen", "serial_again", "serial_anyway"]


# What is heard.


async def test_readings(hass: HomeAssistant, plug: Plug) -> None:
    """A plain sketch's readings are shown, and are entities when it is added."""
    board = plug(READING, "a line for debugging")
    result = await introduce(hass, board)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "serial_received",
    )
    assert shown(result, "values") == "```text\ntemp: 21.5\nled: true\n```"
    assert shown(result, "baudrate") == "115200"
    assert shown(result, "board") == board.port
    assert suggested_by(result) == {CONF_NAME: UNNAMED}
    # Until it is added, the port is anybody's.
    assert not board.is_open

    result = await submit(hass, result, {CONF_NAME: " "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Bench"
    assert result["data"] == {
        CONF_LINK: LINK_SERIAL,
        CONF_PORT: board.port,
        CONF_BAUDRATE: 115200,
        CONF_CHANNELS: {"temp": {"type": "number"}, "led": {"type": "boolean"}},
    }
    assert result["options"] == {}
    assert result["result"].unique_id == f"serial-{board.port}"
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")


async def test_hello(hass: HomeAssistant, plug: Plug) -> None:
    """A board that says who it is, and what it has, need not be told."""
    items = [
        {"key": "oven", "kind": "sensor", "name": "Oven", "unit": "°C"},
        {"key": "relay", "kind": "switch"},
    ]
    board = plug(channels(*items), {"oven": 180.5}, hello=HELLO)
    result = await introduce(hass, board)
    assert result["step_id"] == "serial_received"
    assert shown(result, "board") == r"Greenhouse \(Uno R3\)"
    assert shown(result, "values") == "```text\nOven: 180.5 °C\nrelay\n```"
    assert suggested_by(result) == {CONF_NAME: "Greenhouse"}

    result = await submit(hass, result, {CONF_NAME: "Greenhouse"})
    assert result["data"][CONF_BOARD] == "uno-1"
    assert result["data"][CONF_ABOUT] == HELLO
    assert result["result"].unique_id == "uno-1"
    assert state(hass, "switch.greenhouse_relay") is not None
    await wait_until(hass, lambda: state(hass, "sensor.greenhouse_oven") == "180.5")


async def test_serial_plotter(hass: HomeAssistant, plug: Plug) -> None:
    """Text for the Serial Plotter is offered as readings, and that is remembered."""
    board = plug("DHT Temp: 25.00 C, DHT Humidity: 40.00 %, Air Quality: 120 ppm")
    result = await introduce(hass, board)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "serial_plotted",
    )
    assert shown(result, "values").splitlines()[1:-1] == [
        "DHT Temp: 25.0 °C",
        "DHT Humidity: 40.0 %",
        "Air Quality: 120 ppm",
    ]
    result = await submit(hass, result, {CONF_NAME: " "})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["options"] == {CONF_PLOTTER: True}
    assert len(result["data"][CONF_CHANNELS]) == 3
    await wait_until(hass, lambda: state(hass, "sensor.bench_dht_temp") == "25.0")


async def test_debug_text_beside_readings(hass: HomeAssistant, plug: Plug) -> None:
    """Text that looks like it is left alone where there are real readings."""
    board = plug(READING, "Free memory: 1200")
    result = await introduce(hass, board)
    assert result["step_id"] == "serial_received"
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["options"] == {}
    assert result["data"][CONF_CHANNELS].keys() == {"temp", "led"}


async def test_no_reading_yet(hass: HomeAssistant, plug: Plug) -> None:
    """A board that has only said hello can be added."""
    board = plug(hello=HELLO)
    result = await introduce(hass, board)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial_name")
    assert suggested_by(result) == {CONF_NAME: "Greenhouse"}
    result = await submit(hass, result, {CONF_NAME: ""})
    assert result["errors"] == {CONF_NAME: "empty_name"}
    result = await submit(hass, result, {CONF_NAME: "Greenhouse"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_CHANNELS] == {}


async def test_silence(hass: HomeAssistant, plug: Plug) -> None:
    """Whoever hears nothing can listen again, choose again, or go on as it is."""
    board = plug()
    result = await introduce(hass, board, "9600")
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "serial_silent")
    assert result["menu_options"] == MENU
    assert shown(result, "baudrate") == "9600"

    # A browser that is opened again sees the same.
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "serial_silent"

    result = await choose(hass, result, "serial_listen")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await hass.async_block_till_done()
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert result["step_id"] == "serial_silent"

    result = await choose(hass, result, "serial_again")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    assert suggested_by(result) == {CONF_PORT: board.port, CONF_BAUDRATE: "9600"}
    assert result["errors"] == {}
    result = await listen(hass, result, board.port)
    result = await choose(hass, result, "serial_anyway")
    assert result["step_id"] == "serial_name"
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["type"] is FlowResultType.CREATE_ENTRY

    board.lines = [READING]
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")


async def test_only_text(hass: HomeAssistant, plug: Plug) -> None:
    """The text is shown, each line once, with what a reading looks like."""
    result = await introduce(hass, plug("Hello, ```", "world!"))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "serial_text")
    assert shown(result, "lines").splitlines()[0] == "```text"
    assert sorted(shown(result, "lines").splitlines()[1:-1]) == ["Hello, '''", "world!"]
    assert shown(result, "example").startswith("{")
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "serial_text"


async def test_mistakes(hass: HomeAssistant, plug: Plug) -> None:
    """What is wrong with the readings is said in the sentences that the board gets."""
    result = await introduce(hass, plug('{"temp": 21.5,}', {"gas": [1, 2]}))
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "serial_wrong")
    first, second = sorted(shown(result, "problems").splitlines())
    assert first.startswith("- 'gas' is a list")
    assert second.startswith("- This is not JSON at character 14")


async def test_other_speed(hass: HomeAssistant, plug: Plug) -> None:
    """A speed that gives no text is not the board's: it is found out."""
    result = await introduce(hass, plug(READING, baudrate=57600))
    assert result["step_id"] == "serial_received"
    assert shown(result, "baudrate") == "57600"
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["data"][CONF_BAUDRATE] == 57600
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")


async def test_no_speed(hass: HomeAssistant, plug: Plug) -> None:
    """If none of the usual ones is, the one that was chosen stays for a person to see."""
    board = plug(READING, baudrate=None)
    result = await introduce(hass, board, "38400")
    assert (result["type"], result["step_id"]) == (
        FlowResultType.MENU,
        "serial_garbled",
    )
    assert shown(result, "baudrate") == "38400"
    result = await choose(hass, result, "serial_again")
    assert suggested_by(result)[CONF_BAUDRATE] == "38400"


async def test_no_speed_of_a_network(
    hass: HomeAssistant, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is reached over a network knows the board's speed itself."""
    opened: list[int] = []

    async def _introduce(
        hass: HomeAssistant, port: str, baudrate: int, **_: Any
    ) -> Any:
        opened.append(baudrate)
        return Introduction(about=None, garbled=True, silent=False)

    monkeypatch.setattr(port_flow, "async_introduce", _introduce)
    result = await start(hass, "serial")
    result = await submit(
        hass, result, {CONF_PORT: "socket://127.0.0.1:1", CONF_BAUDRATE: "115200"}
    )
    assert result["step_id"] == "serial_garbled"
    assert opened == [115200]


# Where it is.


@pytest.mark.parametrize(
    ("text", "baudrate"),
    [("9600", 9600), (" 115 200 ", 115200), ("31250", 31250), ("12000000", 12_000_000)],
)
def test_speed(text: str, baudrate: int) -> None:
    """A speed can be any, and be typed as people type numbers."""
    errors: dict[str, str] = {}
    assert check_baudrate({CONF_BAUDRATE: text}, errors) == baudrate
    assert not errors


@pytest.mark.parametrize(
    "text", ["", "fast", "0", "-9600", "9600.5", "99999999", "٩٦٠٠"]
)
async def test_no_such_speed(hass: HomeAssistant, plug: Plug, text: str) -> None:
    """What is no speed is said at once, and what was typed is kept."""
    board = plug(READING)
    result = await start(hass, "serial")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: text}
    result = await submit(hass, result, form)
    assert result["errors"] == {CONF_BAUDRATE: "invalid_baudrate"}
    assert suggested_by(result) == form


async def test_missing_port(hass: HomeAssistant, plug: Plug) -> None:
    """A port that is not there is said to be so; another can be chosen."""
    result = await start(hass, "serial")
    form = {CONF_PORT: "/dev/no-such-port", CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    # With no progress in between: its end would come before the page looks for it.
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    assert result["errors"] == {CONF_PORT: "port_missing"}
    assert suggested_by(result) == form
    result = await listen(hass, result, plug(READING).port)
    assert result["step_id"] == "serial_received"


@pytest.mark.parametrize("key", ["port_busy", "port_denied", "port_failed"])
async def test_port_that_cannot_be_opened(
    hass: HomeAssistant, plug: Plug, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """What a pty never does, a port may: each has words of its own."""

    async def _introduce(hass: HomeAssistant, port: str, *_: Any, **__: Any) -> Any:
        raise PortError(key, port=port, error="why")

    monkeypatch.setattr(port_flow, "async_introduce", _introduce)
    result = await start(hass, "serial")
    form = {CONF_PORT: "/dev/ttyUSB0", CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    assert result["errors"] == {CONF_PORT: key}


async def test_no_serial_port(hass: HomeAssistant, integration: None) -> None:
    """What is no serial port at all cannot be opened as one."""
    result = await start(hass, "serial")
    form = {CONF_PORT: "/dev/null", CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    assert result["errors"] == {CONF_PORT: "port_failed"}


async def test_port_of_another_board(hass: HomeAssistant, plug: Plug) -> None:
    """A port that another board is at is its own."""
    board = plug(READING)
    await add(hass, serial_entry(board.port, title="Desk_1"))
    result = await start(hass, "serial")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    assert result["errors"] == {CONF_PORT: "port_taken"}
    # An error is shown as it is, with no marks in it.
    assert shown(result, "name") == "Desk_1"


async def test_unplugged_while_listening(hass: HomeAssistant, plug: Plug) -> None:
    """The plug is pulled: the dialog asks again."""
    board = plug()
    result = await start(hass, "serial")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await board.unplug()
    await hass.async_block_till_done()
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    assert result["errors"] == {CONF_PORT: "port_missing"}


async def test_closed_while_listening(
    hass: HomeAssistant, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dialog that is closed lets go of the port."""
    monkeypatch.setattr(port_flow, "LISTEN_TIME", 600.0)
    board = plug()
    result = await start(hass, "serial")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: "9600"}
    result = await submit(hass, result, form)
    # While it listens, the page may look again.
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    assert board.is_open
    hass.config_entries.flow.async_abort(result["flow_id"])
    await wait_until(hass, lambda: not board.is_open)


async def test_closed_at_once(
    hass: HomeAssistant, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So does one that is closed before it shows that it listens."""
    monkeypatch.setattr(port_flow, "LISTEN_TIME", 600.0)
    monkeypatch.setattr(port_flow, "_MOMENT", 600.0)
    board = plug()
    result = await start(hass, "serial")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: "9600"}
    closing = hass.async_create_task(submit(hass, result, form))
    async with asyncio.timeout(5):
        while not board.is_open:
            await asyncio.sleep(0.01)
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await closing
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "nothing_changed",
    )
    await wait_until(hass, lambda: not board.is_open)


async def test_added_meanwhile(hass: HomeAssistant, plug: Plug) -> None:
    """Two dialogs for one board do not make two of it."""
    board = plug(READING)
    first, second = await introduce(hass, board), await introduce(hass, board)
    result = await submit(hass, first, {CONF_NAME: "Bench"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    result = await submit(hass, second, {CONF_NAME: "Bench"})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


# A board that is known.


@pytest.mark.parametrize(
    "data",
    [
        {CONF_LINK: LINK_TOKEN, CONF_TOKEN: TOKEN, CONF_ABOUT: {"id": "uno-1"}},
        {CONF_LINK: LINK_KEY, CONF_BOARD: "uno-1", "key": KEY.hex()},
    ],
)
async def test_from_the_network_to_the_cable(
    hass: HomeAssistant, plug: Plug, data: dict[str, Any]
) -> None:
    """A board that was on Wi-Fi keeps all that it had."""
    entry = await set_up(hass, data, {"temp": {"type": "number"}}, unique_id="some-id")
    board = plug(READING, hello=HELLO)
    result = await introduce(hass, board)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial_known")
    assert shown(result, "name") == "Kitchen"
    assert entry.data[CONF_LINK] == data[CONF_LINK]
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "serial_known"

    result = await submit(hass, result)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "serial_known_now",
    )
    assert shown(result, "name") == "Kitchen"
    await hass.async_block_till_done()
    assert entry.unique_id == "uno-1"
    assert entry.data == {
        CONF_LINK: LINK_SERIAL,
        CONF_PORT: board.port,
        CONF_BAUDRATE: 115200,
        CONF_BOARD: "uno-1",
        CONF_ABOUT: HELLO,
        CONF_CHANNELS: entry.data[CONF_CHANNELS],
    }
    assert "temp" in entry.data[CONF_CHANNELS]
    await wait_until(hass, lambda: state(hass, "sensor.kitchen_temperature") == "21.5")
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_two_say_the_same(hass: HomeAssistant, plug: Plug) -> None:
    """Nobody knows which of two boards it is: it is a new one."""
    for token in (TOKEN, TOKEN[::-1]):
        data = {CONF_LINK: LINK_TOKEN, CONF_TOKEN: token, CONF_ABOUT: {"id": "uno-1"}}
        await set_up(hass, data, unique_id=token)
    result = await introduce(hass, plug(READING, hello=HELLO))
    assert result["step_id"] == "serial_received"


async def test_at_another_port(hass: HomeAssistant, plug: Plug) -> None:
    """A board that was plugged in elsewhere is found again."""
    entry = await add(
        hass,
        serial_entry(
            "/dev/gone", board="uno-1", title="Bench", channels={"a": "number"}
        ),
    )
    board = plug(READING, hello=HELLO)
    result = await introduce(hass, board)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "serial_moved")
    assert shown(result, "name") == "Bench"
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == board.port
    assert "a" in entry.data[CONF_CHANNELS]
    assert entry.state is ConfigEntryState.LOADED
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")


async def test_twins(hass: HomeAssistant, plug: Plug) -> None:
    """A board that says it is one that is connected takes nothing from it."""
    board = plug(READING, hello=HELLO)
    entry: MockConfigEntry = await add(hass, serial_entry(board.port, board="uno-1"))
    await wait_until(hass, lambda: entry.runtime_data.connected)
    result = await introduce(hass, plug(READING, hello=HELLO))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "serial_twin")
    assert entry.data[CONF_PORT] == board.port
    assert entry.runtime_data.connected
