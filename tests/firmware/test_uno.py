"""An Arduino Uno, emulated: what runs on it was compiled for a real one."""

from typing import Any

import pytest
from serialx import PinState

from .computer import opened
from .conftest import Flash

pytestmark = [
    pytest.mark.usefixtures("socket_enabled"),
    pytest.mark.timeout(120),
]


async def test_measures(flash: Flash) -> None:
    """Voltages, echoes and pins are what the sketch reads."""
    uno = flash()
    uno.measure(755)
    uno.see(150.2)
    uno.hold(5, level=False)
    async with uno.power(), opened(uno) as computer:
        reading = await computer.message()
        assert reading["temp"] == pytest.approx(25.5, abs=0.5)
        assert reading["distance"] == pytest.approx(150.2, rel=0.01)
        assert reading["door"] is False
        uno.measure(500)
        await computer.reading("temp", lambda temp: -2 < temp < 0)
        uno.see(20)
        near = await computer.reading("distance", lambda value: value < 100)
        assert near == pytest.approx(20, rel=0.01)
        uno.see(None)
        await computer.reading("distance", lambda value: value is None)
        # Nothing holds it: the pull-up does.
        uno.hold(5, level=None)
        await computer.reading("door", lambda value: value is True)


async def test_drives(flash: Flash) -> None:
    """What a sketch does with its pins is told."""
    uno = flash()
    async with uno.power(), opened(uno) as computer:
        await computer.message()
        await uno.shows(13, 0)
        computer.say("on", "dim 100")
        await uno.shows(13, 1)
        await uno.shows(6, 100)
        computer.say("off")
        await uno.shows(13, 0)


async def test_lines_at_once(flash: Flash) -> None:
    """A UART's speed is kept: more than its buffer holds arrives if it is read."""
    uno = flash()
    async with uno.power(), opened(uno) as computer:
        await computer.message()
        sent = [f"{number} {'x' * 50}" for number in range(8)]
        computer.say(*sent)
        assert [await computer.line("# ") for _ in sent] == [
            f"# {line}" for line in sent
        ]


async def test_reset_on_opening(flash: Flash) -> None:
    """Opening the port starts the sketch anew, and what was said before is gone."""
    uno = flash()
    async with uno.power():
        await uno.shows(13, 0)
        for start in (1, 2):
            async with opened(uno) as computer:
                assert await computer.line("#") == f"# start {start}"
                assert await computer.message()
            await uno.said("closed")
        assert uno.lines.count("reset") == 3


async def test_no_reset_on_opening(flash: Flash) -> None:
    """Who does not lower DTR when closing the port does not reset the board later."""
    uno = flash()
    stays: dict[str, Any] = {
        "dtr_on_close": PinState.UNDEFINED,
        "rts_on_close": PinState.UNDEFINED,
    }
    async with uno.power():
        async with opened(uno, **stays) as computer:
            await computer.message()
        await uno.said("closed")
        resets = uno.lines.count("reset")
        async with opened(uno, **stays) as computer:
            await computer.message()
            await computer.message()
            assert not [line for line in computer.heard if "start" in line]
        assert uno.lines.count("reset") == resets


async def test_boot_loader_takes_what_is_early(flash: Flash) -> None:
    """What is sent in the first second is not for the sketch."""
    uno = flash()
    async with uno.power(), opened(uno) as computer:
        computer.say("on")
        await computer.message()
        computer.say("hello")
        assert await computer.line("# hello")
        assert 13 in uno.outputs
        assert "pin 13 1" not in uno.lines


async def test_other_speed(flash: Flash) -> None:
    """At the wrong speed there is noise in both directions."""
    uno = flash()
    async with uno.power(), opened(uno, 9600) as computer:
        received = await computer.raw(200)
        assert b"temp" not in received
        assert any(byte >= 0x80 for byte in received)
        computer.say(*["on"] * 20)
        await computer.raw(200)
        assert "pin 13 1" not in uno.lines


async def test_plug(flash: Flash) -> None:
    """A pulled plug breaks the connection; EEPROM and wires stay, RAM does not."""
    uno = flash()
    uno.measure(755)
    async with uno.power():
        await uno.shows(13, 0)
        async with opened(uno) as computer:
            assert await computer.line("#") == "# start 1"
            await computer.message()
            await uno.unplug()
            assert not uno.port.is_symlink()
            with pytest.raises(OSError):
                await computer.line("nothing more")
        with pytest.raises(OSError):
            async with opened(uno):
                pass
        await uno.plug()
        await uno.shows(13, 0)
        async with opened(uno) as computer:
            assert await computer.line("#") == "# start 3"
            reading = await computer.message()
            assert reading["temp"] == pytest.approx(25.5, abs=0.5)


async def test_crash(flash: Flash) -> None:
    """A program that jumps to where there is none does not go unnoticed."""
    uno = flash()
    async with uno.power(), opened(uno) as computer:
        await computer.message()
        assert 1000 < await uno.unused_memory() < 2048 - 287
        computer.say("crash")
        await uno.said("crashed")
