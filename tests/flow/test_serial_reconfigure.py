"""Changing a board on a USB cable: its port, its speed, what its text is."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import port_flow
from custom_components.arduino_sensor.const import (
    CONF_ABOUT,
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_GRACE,
    CONF_PLOTTER,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    CONF_SILENCE,
    CONF_VALUES,
    CONF_WATCH,
    DOMAIN,
)
from homeassistant.config_entries import SOURCE_IGNORE, ConfigFlowResult
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.common import add, state, wait_until
from tests.serial_board import SerialBoard
from tests.serial_cable import serial_entry

from .conftest import MakeBoard
from .serial_steps import HELLO, READING, Plug, listen, shown
from .steps import (
    choose,
    defaults_of,
    key_entry,
    progress,
    reconfigure,
    set_up,
    submit,
    suggested_by,
)


async def added(
    hass: HomeAssistant, board: SerialBoard | str, board_id: str | None = None
) -> MockConfigEntry:
    """Add a board that had a temperature before."""
    port = board if isinstance(board, str) else board.port
    return await add(
        hass, serial_entry(port, board=board_id, channels={"temp": "number"})
    )


async def change(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    board: SerialBoard,
    baudrate: str = "115200",
) -> ConfigFlowResult:
    """Choose a port for an entry, and return what is shown then."""
    result = await reconfigure(hass, entry, "serial_port")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial_port")
    return await listen(hass, result, board.port, baudrate)


def assert_changed(result: ConfigFlowResult) -> None:
    """Check that a dialog has come to its good end."""
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"


async def temperature(hass: HomeAssistant, value: str = "21.5") -> None:
    """Wait for the board's temperature."""
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == value)


async def test_what_can_be_changed(hass: HomeAssistant, plug: Plug) -> None:
    """The menu offers what makes sense for the board."""
    entry = await added(hass, plug())
    result = await reconfigure(hass, entry)
    assert result["menu_options"] == [
        "rename",
        "serial_port",
        "replace_wireless",
        "forget_channels",
    ]


async def test_another_speed(hass: HomeAssistant, plug: Plug) -> None:
    """The port that the board has is lent to the dialog, and it goes on after it."""
    board = plug(READING, baudrate=9600)
    entry = await added(hass, board)
    result = await reconfigure(hass, entry, "serial_port")
    assert suggested_by(result) == {CONF_PORT: board.port, CONF_BAUDRATE: "115200"}
    result = await listen(hass, result, board.port, "9600")
    assert_changed(result)
    await temperature(hass)
    assert entry.data[CONF_BAUDRATE] == 9600
    assert entry.data[CONF_CHANNELS].keys() == {"temp", "led"}
    assert entry.unique_id == f"serial-{board.port}"


async def test_nothing_new(hass: HomeAssistant, plug: Plug) -> None:
    """What stays as it is need not be set up anew, and goes on."""
    board = plug(READING)
    entry = await added(hass, board)
    running = entry.runtime_data
    assert_changed(await change(hass, entry, board))
    await hass.async_block_till_done()
    assert entry.runtime_data is running
    await temperature(hass)


async def test_another_port(hass: HomeAssistant, plug: Plug) -> None:
    """A plain sketch's board is what is at the port that is chosen."""
    entry = await added(hass, "/dev/gone")
    board = plug(READING)
    assert_changed(await change(hass, entry, board))
    await temperature(hass)
    assert entry.data[CONF_PORT] == board.port
    assert entry.unique_id == f"serial-{board.port}"


async def test_ignored_port(hass: HomeAssistant, plug: Plug) -> None:
    """What was ignored at that port is not ignored any more."""
    board = plug(READING)
    MockConfigEntry(
        domain=DOMAIN, source=SOURCE_IGNORE, unique_id=f"serial-{board.port}"
    ).add_to_hass(hass)
    entry = await added(hass, "/dev/gone")
    assert_changed(await change(hass, entry, board))
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_wrong_port(hass: HomeAssistant, plug: Plug) -> None:
    """What is wrong with a port is said, and nothing is changed by that."""
    entry = await added(hass, "/dev/gone")
    other = plug(READING)
    await add(hass, serial_entry(other.port, title="Desk"))
    result = await reconfigure(hass, entry, "serial_port")
    for port, error in ((other.port, "port_taken"), ("/dev/none", "port_missing")):
        form = {CONF_PORT: port, CONF_BAUDRATE: "115200"}
        result = await submit(hass, result, form)
        assert (result["type"], result["step_id"]) == (
            FlowResultType.FORM,
            "serial_port",
        )
        assert result["errors"] == {CONF_PORT: error}
    assert shown(result, "name") == ""
    assert entry.data[CONF_PORT] == "/dev/gone"


async def test_silent_port(hass: HomeAssistant, plug: Plug) -> None:
    """A port at which nothing is heard can be chosen all the same, or another one."""
    entry = await added(hass, "/dev/gone", "uno-1")
    board = plug()
    result = await change(hass, entry, board)
    assert result["step_id"] == "serial_silent"
    result = await choose(hass, result, "serial_again")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial_port")
    result = await listen(hass, result, board.port)
    result = await choose(hass, result, "serial_anyway")
    assert_changed(result)
    assert entry.data[CONF_PORT] == board.port
    # It is still the one that is expected there.
    assert entry.data[CONF_BOARD] == "uno-1"
    assert entry.unique_id == "uno-1"
    await wait_until(hass, lambda: board.is_open)


async def test_closed_while_listening(
    hass: HomeAssistant, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dialog that is closed gives the port back to the board that it is from."""
    monkeypatch.setattr(port_flow, "LISTEN_TIME", 600.0)
    board = plug()
    entry = await added(hass, board)
    await wait_until(hass, lambda: board.is_open)
    result = await reconfigure(hass, entry, "serial_port")
    form = {CONF_PORT: board.port, CONF_BAUDRATE: "115200"}
    result = await submit(hass, result, form)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    hass.config_entries.flow.async_abort(result["flow_id"])
    board.lines = [READING]
    await temperature(hass)


async def test_same_board(hass: HomeAssistant, plug: Plug) -> None:
    """A board that says its id is known at the new port."""
    entry = await added(hass, "/dev/gone", "uno-1")
    board = plug(READING, hello=HELLO)
    assert_changed(await change(hass, entry, board))
    await temperature(hass)
    assert entry.data[CONF_PORT] == board.port
    assert entry.data[CONF_ABOUT] == HELLO


async def test_board_gets_an_id(hass: HomeAssistant, plug: Plug) -> None:
    """A board whose sketch uses the library now is known by its id from then on."""
    board = plug(READING, hello=HELLO)
    entry = await added(hass, board)
    assert_changed(await change(hass, entry, board))
    assert entry.data[CONF_BOARD] == "uno-1"
    assert entry.unique_id == "uno-1"


async def test_another_board(hass: HomeAssistant, plug: Plug) -> None:
    """Another board takes the place only if that is meant."""
    entry = await added(hass, "/dev/gone", "uno-0")
    board = plug(READING, hello=HELLO)
    result = await change(hass, entry, board)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial_other")
    assert shown(result, "board") == r"Greenhouse \(Uno R3\)"
    assert shown(result, "name") == "Bench"
    assert entry.data[CONF_PORT] == "/dev/gone"
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "serial_other"

    assert_changed(await submit(hass, result))
    await temperature(hass)
    assert entry.data[CONF_BOARD] == "uno-1"
    assert entry.unique_id == "uno-1"
    assert entry.title == "Bench"


@pytest.mark.parametrize("link", ["cable", "network"])
async def test_a_board_of_its_own(hass: HomeAssistant, plug: Plug, link: str) -> None:
    """A board that has an entry of its own does not get another."""
    other = (
        serial_entry("/dev/gone-too", board="uno-1", title="Desk")
        if link == "cable"
        else key_entry("uno-1", title="Desk")
    )
    await add(hass, other)
    entry = await added(hass, "/dev/gone", "uno-0")
    result = await change(hass, entry, plug(READING, hello=HELLO))
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "serial_is_other",
    )
    assert shown(result, "name") == "Desk"
    assert entry.data[CONF_PORT] == "/dev/gone"


async def test_text_for_the_plotter(hass: HomeAssistant, plug: Plug) -> None:
    """A board that prints text now is offered to be read so."""
    entry = await added(hass, board := plug("Temperature: 21.5 C"))
    hass.config_entries.async_update_entry(entry, options={CONF_GRACE: 5})
    result = await change(hass, entry, board)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.FORM,
        "serial_plotter",
    )
    assert "Temperature: 21.5 °C" in shown(result, "values")
    again = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert again["step_id"] == "serial_plotter"
    assert_changed(await submit(hass, result))
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature_2") == "21.5")
    assert entry.options == {CONF_GRACE: 5, CONF_PLOTTER: True}

    # From then on it is not asked again.
    assert_changed(await change(hass, entry, board))
    assert entry.options[CONF_PLOTTER] is True


async def test_a_board_with_a_network(
    hass: HomeAssistant, plug: Plug, make_board: MakeBoard
) -> None:
    """A board that shows a code can take the place of one on a cable."""
    entry = await added(hass, plug(READING))
    result = await reconfigure(hass, entry, "replace_wireless")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    (flow,) = progress(hass)
    assert flow["step_id"] == "replace_board"


async def test_options(hass: HomeAssistant, plug: Plug) -> None:
    """Text can be read, and be left alone again; other boards are not asked."""
    board = plug("Temperature: 21.5 C")
    entry = await added(hass, board)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    defaults = {
        CONF_GRACE: 30,
        CONF_SILENCE: 600,
        CONF_VALUES: [],
        CONF_PLOTTER: False,
        CONF_PUBLISH: "last",
        CONF_PUBLISH_INTERVAL: 1,
        CONF_WATCH: "sure",
    }
    assert defaults_of(result) == defaults
    await hass.config_entries.options.async_configure(
        result["flow_id"], {**defaults, CONF_PLOTTER: True}
    )
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature_2") == "21.5")
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert suggested_by(result)[CONF_PLOTTER] is True
    await hass.config_entries.options.async_configure(result["flow_id"], defaults)
    await hass.async_block_till_done()
    assert entry.options[CONF_PLOTTER] is False

    other = await set_up(hass, {"link": "token", "token": "x" * 32})
    result = await hass.config_entries.options.async_init(other.entry_id)
    assert CONF_PLOTTER not in defaults_of(result)
