"""The library's examples on AVR boards: all compiled and measured, some run.

What they run on is an emulated Uno, at whose port is a computer that says what Home
Assistant would.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
import re
from typing import Any, Final

import pytest

from .avr import MEGA, UNO, Avr, Board
from .computer import Computer, opened
from .conftest import Flash
from .examples import example, examples

pytestmark = [
    pytest.mark.usefixtures("socket_enabled"),
    pytest.mark.timeout(120),
]

AVR: Final = {"Uno": UNO, "Mega": MEGA}
OVER_USB: Final = example("UnoOverUsb").path
OVER_USB_KEYS: Final = ("temp", "distance", "red", "green", "blue", "led")
MESSAGES: Final = example("Messages").path
DESK: Final = example("TemperatureDistanceRgb").path

# The most that they may take of an Uno: bytes of flash, and of RAM without the stack.
LIMITS: Final = {"UnoOverUsb": (12 * 1024, 700)}

# What the deepest calls and interrupts need, and some more.
STACK: Final = 400


def sketches() -> Iterator[Any]:
    """Return the examples that are meant for AVR boards, each with its board."""
    for found in examples():
        for name, board in AVR.items():
            if name in found.boards:
                yield pytest.param(found.path, board, id=f"{found.name}-{name}")


@pytest.mark.parametrize(("sketch", "board"), sketches())
def test_size(
    sketch: Path,
    board: Board,
    avr: dict[Board, Avr],
    record_property: Callable[[str, object], None],
) -> None:
    """It compiles without a warning, and leaves room for the stack."""
    program = avr[board].build(sketch)
    flash, ram = LIMITS.get(sketch.stem, (board.flash, board.ram - STACK))
    size = f"{sketch.stem} on {board.name}: {program.flash} bytes of flash"
    size += f", {program.ram} of RAM"
    if board is UNO:
        size += f" (at most {flash} and {ram})"
    else:
        flash, ram = board.flash, board.ram - STACK
    record_property("size", size)
    assert program.flash <= flash, size
    assert program.ram <= ram, size


def test_limits_are_for_examples() -> None:
    """What is limited is measured."""
    assert all("Uno" in example(name).boards for name in LIMITS)


async def introduced(computer: Computer) -> dict[str, Any]:
    """Wait until the board has said who it is."""
    hello = await computer.message("hello")
    computer.send({"type": "welcome", "time": 1795255140, "offset": 3600})
    return hello


async def described(computer: Computer) -> dict[str, Any]:
    """Return what the board says of its channels."""
    channels: dict[str, Any] = {}
    while True:
        message = await computer.message("channels")
        channels |= {channel["key"]: channel for channel in message["channels"]}
        if message.get("final"):
            return channels


async def test_readings(flash: Flash, record_property: Callable[..., None]) -> None:
    """It says who it is, what it has, and what that is at."""
    uno = flash(OVER_USB)
    uno.measure(755)
    uno.see(150.2)
    uno.hold(5, level=False)
    async with uno.power(), opened(uno) as computer:
        hello = await introduced(computer)
        assert hello["name"] == "Uno"
        assert re.fullmatch("[a-z0-9_-]{1,32}", hello["id"])
        channels = await described(computer)
        assert channels["led"]["kind"] == "switch"
        assert channels["temp"]["precision"] == 1
        values = await computer.values(*OVER_USB_KEYS)
        assert values["temp"] == pytest.approx(25.5, abs=0.5)
        assert values["distance"] == pytest.approx(150.2, rel=0.01)
        # Switches to ground: the first is closed.
        assert (values["red"], values["green"], values["led"]) == (True, False, False)

        uno.measure(690)
        await computer.reading("temp", lambda temp: abs(temp - 19) < 0.5)
        uno.see(None)
        await computer.reading("distance", lambda distance: distance is None)
        uno.hold(5, level=None)
        await computer.reading("red", lambda red: red is False)

        unused = await uno.unused_memory()
        record_property("size", f"UnoOverUsb in use: {unused} bytes of RAM never used")
        assert unused >= STACK


async def test_commands(flash: Flash) -> None:
    """Pin 13 is switched, and a command that comes twice is answered twice."""
    uno = flash(OVER_USB)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        await computer.message()
        assert uno.outputs[13] == 0
        command = {"type": "set", "id": 17, "key": "led", "value": True}
        for _ in range(2):
            computer.send(command)
            result = await computer.message("result")
            assert (result["id"], result["ok"]) == (17, True)
        await uno.shows(13, 1)
        await computer.reading("led", lambda led: led is True)
        computer.send({**command, "id": 18, "value": False})
        assert (await computer.message("result"))["id"] == 18
        await uno.shows(13, 0)
        # Each of many arrives, one after the other.
        for number in range(19, 39):
            computer.send({**command, "id": number, "value": number % 2 == 0})
            assert (await computer.message("result"))["id"] == number


async def test_refuses(flash: Flash) -> None:
    """What makes no sense is refused in words, and does no harm."""
    uno = flash(OVER_USB)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        await computer.message()
        wrongs: tuple[dict[str, Any], ...] = (
            {"key": "led", "value": "yes"},
            {"key": "oven", "value": True},
        )
        for number, wrong in enumerate(wrongs, 5):
            computer.send({"type": "set", "id": number, **wrong})
            result = await computer.message("result")
            assert (result["id"], result["ok"]) == (number, False)
            assert len(result["message"]) > 10
        computer.say("", "{", "[1,2]", "null", '{"type":', "x" * 500, "\x00\x07")
        # More than its buffer has room for, at once: what is lost is lost.
        computer.send(
            *(
                {"type": "set", "id": n, "key": "led", "value": True}
                for n in range(50, 90)
            )
        )
        await computer.message("result")
        await computer.quiet()
        computer.send({"type": "set", "id": 99, "key": "led", "value": True})
        assert (await computer.message("result"))["id"] == 99
        await uno.shows(13, 1)
        assert uno.lines.count("reset") == 2


async def test_messages(flash: Flash, record_property: Callable[..., None]) -> None:
    """A message is told to the sketch, also if it comes in pieces; its answer comes."""
    uno = flash(MESSAGES)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        await computer.message()
        message = {"type": "message", "id": 5, "data": {"times": 2, "speed": "fast"}}
        for _ in range(2):
            computer.send(message)
            result = await computer.message("result")
            answer = {"times": 2, "seconds": 0.4}
            assert result == {"type": "result", "id": 5, "ok": True, "data": answer}
        await uno.shows(13, 1)
        await uno.shows(13, 0)
        for number, data, why in (
            (6, {"times": 1000}, "It can blink 1 to 100 times."),
            (7, {"text": "x" * 100}, "The message is too long for it."),
        ):
            computer.send({**message, "id": number, "data": data})
            result = await computer.message("result")
            wanted = {"id": number, "ok": False, "message": why}
            assert result == {"type": "result", **wanted}
        # The line is damaged: it waits for the message to come again.
        computer.say('{"type":"message","id":8,"data":{"times":1')
        await computer.quiet()
        assert not [line for line in computer.heard if '"id":8' in line]
        unused = await uno.unused_memory()
        record_property("size", f"Messages in use: {unused} bytes of RAM never used")
        assert unused >= STACK


async def test_no_messages(flash: Flash) -> None:
    """A sketch that takes none says so at once."""
    uno = flash(OVER_USB)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        await computer.message()
        computer.send({"type": "message", "id": 5, "data": {"melody": "alarm"}})
        result = await computer.message("result")
        why = "Its sketch takes no messages."
        assert result == {"type": "result", "id": 5, "ok": False, "message": why}


async def test_stays_the_same_board(flash: Flash, tmp_path: Path) -> None:
    """Its id is in its EEPROM, from the first start on; no other board has it."""
    ids = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        uno = flash(OVER_USB, folder=tmp_path / name)
        for _ in range(2):
            async with uno.power(), opened(uno) as computer:
                ids.append((await introduced(computer))["id"])
    assert ids[0] == ids[1] != ids[2] == ids[3]


async def test_hello_when_asked(flash: Flash) -> None:
    """Who missed its hello can ask for it, and gets all that follows."""
    uno = flash(OVER_USB)
    async with uno.power(), opened(uno) as computer:
        first = await introduced(computer)
        await computer.message()
        computer.send({"type": "hello"})
        assert await introduced(computer) == first
        channels = await described(computer)
        assert "led" in channels
        await computer.values(*OVER_USB_KEYS)


async def test_interval(flash: Flash) -> None:
    """It reports as often as Home Assistant wishes: a sign of life, at least."""
    uno = flash(OVER_USB)
    uno.measure(755)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        await computer.message()
        computer.send({"type": "settings", "interval": 1})
        await computer.message()
        began = asyncio.get_running_loop().time()
        for _ in range(3):
            await computer.message()
        assert asyncio.get_running_loop().time() - began < 6


async def test_desk(flash: Flash) -> None:
    """The NTC's curve, the echo on other pins, and three LEDs."""
    uno = flash(DESK, trigger=4, echo=5)
    uno.measure(2500)  # half of the voltage: 10 k, 25 °C
    uno.see(42)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        values = await computer.values("temp", "distance", "red")
        assert values["temp"] == pytest.approx(25, abs=0.2)
        assert values["distance"] == pytest.approx(42, rel=0.01)
        uno.measure(1147)  # 33.6 k
        await computer.reading("temp", lambda temp: abs(temp) < 0.3)
        uno.measure(0)
        await computer.reading("temp", lambda temp: temp is None)
        for number, (key, pin) in enumerate((("red", 6), ("green", 7), ("blue", 10))):
            computer.send({"type": "set", "id": number, "key": key, "value": True})
            await uno.shows(pin, 1)


async def test_slow_sketch(flash: Flash, tmp_path: Path) -> None:
    """A sketch that does something else for 5 s at a time is slow, and nothing else.

    What comes meanwhile is lost when it is more than the UART's buffer holds. Home
    Assistant sends a command again that was not answered.
    """
    (tmp_path / "Slow").mkdir()
    slow = tmp_path / "Slow" / "Slow.ino"
    loop = "void loop() { board.loop(); }"
    text = OVER_USB.read_text(encoding="utf-8")
    assert text.count(loop) == 1
    slow.write_text(
        text.replace(loop, f"{loop[:-1]} delay(5000); }}"), encoding="utf-8"
    )
    uno = flash(slow)
    uno.measure(755)
    async with uno.power(), opened(uno) as computer:
        await introduced(computer)
        values = await computer.values(*OVER_USB_KEYS, timeout=60)
        assert values["temp"] == pytest.approx(25.5, abs=0.5)
        for _ in range(3):
            computer.send({"type": "set", "id": 17, "key": "led", "value": True})
            with suppress(TimeoutError):
                result = await computer.message("result", timeout=12)
                break
        assert (result["id"], result["ok"]) == (17, True)
        await uno.shows(13, 1)
