"""An emulated Arduino Uno on a cable, in a real Home Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from scripts.lib.add import add_serial
from scripts.lib.api import Api, eventually
from scripts.lib.home_assistant import HomeAssistant
from tests.emulated_uno import Uno
from tests.firmware.avr import UNO, Avr, Board
from tests.firmware.conftest import avr, emulator, workshop  # noqa: F401
from tests.firmware.examples import example

type Plug = Callable[..., AbstractAsyncContextManager[Uno]]

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]


@pytest.fixture
def plug(
    emulator: Path,  # noqa: F811
    avr: dict[Board, Avr],  # noqa: F811
    tmp_path: Path,
) -> Plug:
    """Return what flashes a Uno with an example and plugs it in."""

    @asynccontextmanager
    async def _plug(name: str, **pins: int) -> AsyncIterator[Uno]:
        program = avr[UNO].build(example(name).path)
        uno = Uno(emulator, program.binary, tmp_path, **pins)
        async with uno.power():
            yield uno

    return _plug


async def measured(
    api: Api, entity_id: str, wanted: float, within: float, *, timeout: float = 30
) -> None:
    """Wait until an entity is near enough to what is wanted."""

    async def find() -> bool | None:
        state = await api.state(entity_id)
        try:
            value = float(state["state"]) if state else None
        except ValueError:
            return None
        near = value is not None and abs(value - wanted) <= within
        return True if near else None

    await eventually(find, f"{entity_id} is about {wanted}", timeout=timeout)


async def test_uno_over_usb(home: HomeAssistant, api: Api, plug: Plug) -> None:
    """Added by its port, measured, switched, unplugged, and plugged in again."""
    async with plug("UnoOverUsb") as uno:
        uno.measure(755)
        uno.see(150.2)
        entry = await add_serial(api, "Workbench", str(uno.port))
        temperature = await api.entity_of(entry, "-temp")
        distance = await api.entity_of(entry, "-distance")
        led = await api.entity_of(entry, "-led")
        assert led.startswith("switch.")
        await measured(api, temperature, 25.5, 0.5)
        await measured(api, distance, 150.2, 2)

        uno.measure(690)
        uno.see(42)
        await measured(api, temperature, 19, 0.5)
        await measured(api, distance, 42, 1)
        uno.see(None)
        await api.wait_state(distance, "unknown")

        await api.act("switch.turn_on", led)
        await uno.shows(13, 1)
        await api.wait_state(led, "on")

        # Options set the entry up anew, which is no reason to reset the board.
        resets = uno.lines.count("reset")
        await api.change_options(entry, grace=3)
        uno.see(60)
        await measured(api, distance, 60, 1)
        assert uno.lines.count("reset") == resets
        assert uno.outputs[13] == 1

        await uno.unplug()
        await api.wait_state(temperature, "unavailable")
        await api.wait_state(led, "unavailable")
        uno.measure(800)
        await uno.plug()
        await measured(api, temperature, 30, 0.5, timeout=60)
        # What it was told is gone with its power, and Home Assistant knows.
        await api.wait_state(led, "off")
        await api.act("switch.turn_on", led)
        await uno.shows(13, 1)

        await api.hang_up()
        await home.restart()
        await api.wait_running()
        uno.measure(700)
        await measured(api, temperature, 20, 0.5, timeout=60)
        await api.act("switch.turn_on", led)
        await uno.shows(13, 1)
        await api.remove(entry)
        await uno.said("closed")
    assert home.complaints() == []


async def test_desk(home: HomeAssistant, api: Api, plug: Plug) -> None:
    """Temperature and distance, and three LEDs that are switched.

    The speed is not the one that a person has chosen: the dialog finds it.
    """
    async with plug("TemperatureDistanceRgb", trigger=4, echo=5) as uno:
        uno.measure(2500)  # the NTC is as big as its resistor: 25 °C
        uno.see(150.2)
        entry = await add_serial(api, "Desk", str(uno.port), 9600)
        await measured(api, await api.entity_of(entry, "-temp"), 25, 0.3)
        await measured(api, await api.entity_of(entry, "-distance"), 150.2, 2)
        for key, pin in (("red", 6), ("green", 7), ("blue", 10)):
            light = await api.entity_of(entry, f"-{key}")
            await api.act("switch.turn_on", light)
            await uno.shows(pin, 1)
            await api.wait_state(light, "on")
        await api.remove(entry)
        await uno.said("closed")
    assert home.complaints() == []
