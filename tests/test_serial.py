"""What goes over a serial line, both ways: a real pty, and the real way to it."""

import asyncio
import json
import time

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor import commands
from custom_components.arduino_sensor.const import CONF_PLOTTER
from custom_components.arduino_sensor.protocol import MAX_FRAME
from custom_components.arduino_sensor.transports import serial_line, serial_writer
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from .common import act, add, assert_quiet, channels, state, wait_until
from .serial_cable import (
    CONNECTION,
    TEMPERATURE,
    Cable,
    hurry,
    is_open,
    is_temperature,
    serial_entry,
)

LED = {"key": "lamp", "kind": "switch"}


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have less time pass than with a board that has to start."""
    hurry(monkeypatch, 0.2)


# Lines.


async def test_reading(
    hass: HomeAssistant, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    """A line with a reading gives a value."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send({"temp": 21.5})
    await is_temperature(hass, "21.5")
    cable.send_raw(b'\0\0{"temp":22}\r\n\r\n\n  {"temp"')
    await is_temperature(hass, "22")
    cable.send_raw(b":23}\n")
    await is_temperature(hass, "23")

    assert state(hass, CONNECTION) == "on"
    assert entry.runtime_data.reporter.count == 0
    assert_quiet(caplog)


@pytest.mark.parametrize(
    "half", [b'.5,"humidity":40}', b'{"temp":2{"temp":3}', b"\xf0"]
)
async def test_half_a_line(hass: HomeAssistant, cable: Cable, half: bytes) -> None:
    """What the port is opened in the middle of is passed over, and is no mistake."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send(half, {"temp": 21.5})

    await is_temperature(hass, "21.5")
    assert entry.runtime_data.reporter.count == 0
    assert list(entry.runtime_data.channels) == ["temp"]


async def test_mistake(hass: HomeAssistant, cable: Cable) -> None:
    """A line that begins like JSON and is none is a mistake, and its author is told."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send({"temp": 1}, '{"temp": }')

    error = await cable.told(hass, "error")
    assert error["code"] == "invalid_json"
    assert entry.runtime_data.reporter.count == 1


async def test_printed_lines(
    hass: HomeAssistant, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    """What a sketch prints for people is kept, the latest of it, and is no mistake."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send(
        b"", *(f"Line {number}" for number in range(30)), "\x1b[1mé\t" + "x" * 300
    )
    cable.send({"temp": 1})

    await is_temperature(hass, "1")
    printed = list(entry.runtime_data.link.printed)
    assert len(printed) == 20
    assert printed[0] == "Line 11"
    assert printed[-1].startswith("\ufffd[1mé x")
    assert (len(printed[-1]), printed[-1][-1]) == (200, "…")
    assert entry.runtime_data.reporter.count == 0
    assert "error" not in [message["type"] for message in cable.heard]
    assert_quiet(caplog)


async def test_printed_lines_are_no_sign_of_life(
    hass: HomeAssistant, cable: Cable
) -> None:
    """A board that only prints has no values that anyone could rely upon."""
    entry = await add(hass, serial_entry(cable.port, options={"silence": 1}))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")

    for _ in range(15):
        cable.send("The sensor does not answer.")
        await asyncio.sleep(0.1)

    assert state(hass, TEMPERATURE) == STATE_UNAVAILABLE
    assert entry.runtime_data.connected


@pytest.mark.parametrize("ended", [True, False])
async def test_too_long(hass: HomeAssistant, cable: Cable, ended: bool) -> None:
    """A line that is too long is reported at once, dropped, and nothing else is."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")

    line = b'{"temp":2,"text":"' + b"x" * 5 * MAX_FRAME + b'"}'
    await cable.send_much(line + ended * b"\n")
    error = await cable.told(hass, "error")
    cable.send("" if ended else '{"temp":3}', {"temp": 4})

    assert error["code"] == "frame_too_large"
    await is_temperature(hass, "4")
    assert entry.runtime_data.reporter.count == 1
    assert entry.runtime_data.connected


async def test_longest_line(hass: HomeAssistant, cable: Cable) -> None:
    """A line of 4 KiB is good; with one byte more it is not."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    longest = json.dumps({"temp": 7})[:-1].ljust(MAX_FRAME - 1)

    await cable.send_much(f"{longest}}}\n".encode())
    await is_temperature(hass, "7")
    await cable.send_much(f"{{{' ' * MAX_FRAME}}}\n".encode())
    await cable.told(hass, "error")
    much = b" " * 9999 + b"{" + b'"temp":8}'.rjust(MAX_FRAME - 1)
    await cable.send_much(b"\n" + much + b"\r\n")

    await is_temperature(hass, "8")
    assert entry.runtime_data.reporter.count == 1


async def test_no_line_feed(hass: HomeAssistant, cable: Cable) -> None:
    """Who never ends a line is told how."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    await cable.send_much(b'{"temp":20.5}' * 400)

    assert "Serial.println()" in (await cable.told(hass, "error"))["message"]


async def test_flood(
    hass: HomeAssistant, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    """A board that sends as fast as it can does not stop the house."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")
    connection = entry.runtime_data.connection
    assert isinstance(connection, serial_line.SerialConnection)

    # More at once than a pty holds: what a port in the network can bring.
    count = 20_000
    turns: list[float] = []
    for number in range(count // 1000):
        connection.data_received(b'{"temp":%d}\n{"y":1}\n' % number * 500)
        turns.append(time.monotonic())
        await asyncio.sleep(0)
        assert time.monotonic() - turns[-1] < 0.1
    cable.send({"temp": -1})

    await is_temperature(hass, "-1")
    assert entry.runtime_data.link.frames_in == count + 2
    assert_quiet(caplog)


async def test_echo(hass: HomeAssistant, cable: Cable) -> None:
    """A sketch that sends back what it gets is not answered for ever."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "name": "Echo"})
    await cable.told(hass, "welcome")
    cable.send({"temp": "x"})
    await cable.told(hass, "error")

    for message in cable.heard:
        cable.send(message)
    cable.send('{"type":"hello"}', {"temp": 1})
    await is_temperature(hass, "1")
    await asyncio.sleep(1.1)

    assert [message["type"] for message in cable.heard] == ["welcome", "error"]
    assert entry.runtime_data.about.name == "Echo"


# Hello.


async def test_hello_is_asked_for(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that says nothing of itself is asked, three times and not sooner."""
    began = time.monotonic()
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"temp": 1})
    await is_temperature(hass, "1")
    assert cable.heard == []

    await cable.told(hass, "hello")
    assert time.monotonic() - began >= 0.4
    await asyncio.sleep(2.5)

    assert cable.heard == [{"type": "hello"}] * 3


async def test_hello_is_answered(
    hass: HomeAssistant,
    cable: Cable,
    device_registry: dr.DeviceRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A board that says hello is welcomed, and not asked."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send({"type": "hello", "id": "uno-1", "model": "Uno"}, channels(LED))
    welcome = await cable.told(hass, "welcome")
    await wait_until(hass, lambda: state(hass, "switch.bench_lamp"))
    await asyncio.sleep(2.2)

    assert "proof" not in welcome
    assert [message["type"] for message in cable.heard] == ["welcome"]
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert (device.model, device.serial_number) == ("Uno", "uno-1")


async def test_boot_loader_is_not_fed(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent before a board can have started, and then nothing is missing."""
    monkeypatch.setattr(serial_line, "BOOT_TIME", 0.5)
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    await wait_until(hass, lambda: entry.runtime_data.connected)

    entry.runtime_data.dialogue.send({"type": "settings", "interval": 5})
    await asyncio.sleep(0.1)
    assert cable.heard == []

    await cable.told(hass, "settings")


# To the board.


async def test_switch(hass: HomeAssistant, cable: Cable) -> None:
    """A person switches something at the board."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "uno-1"}, channels(LED), {"lamp": False})
    await wait_until(hass, lambda: state(hass, "switch.bench_lamp") == "off")

    action = act(hass, "switch.turn_on", "switch.bench_lamp")
    command = await cable.told(hass, "set")
    cable.send({"type": "result", "id": command["id"], "ok": True})
    await action

    assert (command["key"], command["value"]) == ("lamp", True)
    assert state(hass, "switch.bench_lamp") == "on"
    assert cable.read().endswith(b"}\n")


def fill(entry: MockConfigEntry) -> None:
    """Have a port full that the board does not read from: of empty lines."""
    connection = entry.runtime_data.connection
    assert isinstance(connection, serial_line.SerialConnection)
    assert connection._transport is not None
    connection._transport.write(b"\n" * 40_000)


async def test_board_that_does_not_read(
    hass: HomeAssistant, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    """What a board does not take is bounded, and the latest of it comes through."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello"} | {"id": "uno-1"})
    await cable.told(hass, "welcome")
    fill(entry)

    for number in range(2000):
        entry.runtime_data.dialogue.send({"type": "value", "key": "x", "value": number})
    await asyncio.sleep(0.1)
    values: list[int] = []
    for _ in range(300):
        values = [m["value"] for m in cable.heard if m["type"] == "value"]
        if 1999 in values:
            break
        await asyncio.sleep(0.01)

    assert values == list(range(2000 - serial_writer.MAX_QUEUE, 2000))
    assert_quiet(caplog)


async def test_old_messages_are_dropped(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that nobody could take does not come true when it is given up."""
    monkeypatch.setattr(serial_writer, "_MAX_AGE", 0.2)
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "uno-1"})
    await cable.told(hass, "welcome")
    send = entry.runtime_data.dialogue.send
    fill(entry)

    send({"type": "set", "id": 1, "key": "lamp", "value": True})
    await asyncio.sleep(0.3)
    for _ in range(50):
        cable.read()
        await asyncio.sleep(0.01)
    send({"type": "settings", "interval": 5})
    await cable.told(hass, "settings")

    assert "set" not in [message["type"] for message in cable.heard]


async def test_busy_board(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what comes in a long delay(), an Uno keeps little: that spoils nothing later."""
    monkeypatch.setattr(commands, "ANSWER_TIME", 0.4)
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "uno-1"}, channels(LED), {"lamp": False})
    await wait_until(hass, lambda: state(hass, "switch.bench_lamp") == "off")
    await cable.told(hass, "welcome")
    cable.forget()

    # The command, and the same again.
    with pytest.raises(HomeAssistantError, match="did not answer"):
        await act(hass, "switch.turn_on", "switch.bench_lamp")
    first = cable.heard
    assert len(first) == 2
    assert first[0] == first[1]
    cable.read_as_if_busy()
    action = act(hass, "switch.turn_off", "switch.bench_lamp")
    await asyncio.sleep(0.1)
    lines = [line for line in cable.read().split(b"\n") if line]

    assert [json.loads(lines[0])] == first[:1]
    with pytest.raises(ValueError, match="JSON|Expecting|Unterminated"):
        json.loads(lines[1])
    later = json.loads(lines[2])
    assert (later["type"], later["value"]) == ("set", False)
    cable.send({"type": "result", "id": later["id"], "ok": True})
    await action


# What the library has no other way to say.


async def test_complaints(hass: HomeAssistant, cable: Cable) -> None:
    """What the library complains of reaches the board, also if it is not known yet."""
    entry = await add(hass, serial_entry(cable.port, board="uno-1"))
    await is_open(hass, cable)
    cable.send("SensorBoard: no room")
    cable.send({"type": "hello", "id": "uno-1"})
    await cable.told(hass, "welcome")
    board = entry.runtime_data
    assert board.last_problem == "no room"

    cable.send(*["SensorBoard: Temp: 5 \x07\t" + "ä" * 300] * 3)
    cable.send("SensorBoard: ", "sensorBoard: x", {"temp": 1})
    await is_temperature(hass, "1")

    shown = "Temp: 5 \ufffd "
    assert board.last_problem == shown + "ä" * (254 - len(shown)) + "…"
    # People can read all of it in a bug report, and it is not said back to the board.
    assert "SensorBoard: no room" in board.link.printed
    assert board.reporter.count == 0
    assert [message["type"] for message in cable.heard] == ["welcome"]


async def test_complaints_are_no_readings(hass: HomeAssistant, cable: Cable) -> None:
    """They may look like text for the Serial Plotter, and are none."""
    entry = await add(hass, serial_entry(cable.port, options={CONF_PLOTTER: True}))
    await is_open(hass, cable)
    cable.send("half", *["A: 1", "SensorBoard: 5", "B: 2"] * 3)
    await wait_until(hass, lambda: state(hass, "sensor.bench_b") == "2")

    assert list(entry.runtime_data.channels) == ["A", "B"]


async def test_complaints_of_another_board(hass: HomeAssistant, cable: Cable) -> None:
    """What a board complains of is not told of another."""
    entry = await add(hass, serial_entry(cable.port, board="a"))
    await is_open(hass, cable)
    cable.send({"type": "hello", "id": "b"}, *["SensorBoard: b", "SensorBoard: c"])
    await cable.told(hass, "error")
    cable.send({"type": "hello", "id": "a"}, {"temp": 1})
    await is_temperature(hass, "1")
    assert entry.runtime_data.last_problem is None

    cable.send("SensorBoard: no room")
    cable.send({"type": "hello", "id": "b"}, "SensorBoard: of b")
    cable.send({"type": "hello", "id": "a"}, {"temp": 2})
    await is_temperature(hass, "2")
    assert entry.runtime_data.last_problem == "no room"
