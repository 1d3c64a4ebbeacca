"""The boards' library, as a program, in a real Home Assistant."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from scripts.lib.add import add_by_code
from scripts.lib.api import Api, ApiError, eventually
from scripts.lib.home_assistant import HomeAssistant, free_port
from scripts.lib.native import HostBoard, strict_program
from tests.mdns import Responder

type Plug = Callable[..., HostBoard]

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]

# What is at the pins of the sketch: 25.5 °C, and three levels.
PINS = "adc 50 755\necho 150.2\npin 5 1\npin 6 0\npin 7 1"
STATES: dict[str, str | float] = {
    "temp": 25.5,
    "distance": 150.2,
    "red": "on",
    "green": "off",
    "blue": "on",
}


@pytest_asyncio.fixture(loop_scope="module")
async def search(home: HomeAssistant) -> AsyncIterator[Responder]:
    """Return who says where Home Assistant is."""
    async with Responder.running(home.port) as responder:
        yield responder


@pytest.fixture
def plug(search: Responder, tmp_path: Path) -> Plug:
    """Return what gives a board, which finds Home Assistant by itself."""

    def _plug(board_id: str, **settings: Any) -> HostBoard:
        return HostBoard(
            strict_program(),
            id=board_id,
            key_file=tmp_path / "key",
            interval=1,
            mdns_port=search.port,
            bench=PINS,
            **settings,
        )

    return _plug


async def pair(api: Api, board: HostBoard, name: str) -> str:
    """Switch the board on, type the code that it prints, and return its entry."""

    async def code() -> str:
        await board.start()
        return "".join((await board.prints(r"code .*: (\d{3}) (\d{3})")).groups())

    return await add_by_code(api, name, code)


@asynccontextmanager
async def switched_off(board: HostBoard) -> AsyncIterator[None]:
    """Take the power from the board in the end; it must not have done harm."""
    try:
        yield
    finally:
        code = await board.stop()
        assert code == 0, "\n".join(board.lines)


async def check_switch(
    api: Api, board: HostBoard, entity_id: str, states: tuple[str, str] = ("on", "off")
) -> None:
    """Switch the LED from Home Assistant, first to the one state, then to the other."""
    for state in states:
        since = len(board.lines)
        await api.act(f"switch.turn_{state}", entity_id)
        await board.prints(f"^pin 13 {int(state == 'on')}$", since=since)
        await api.wait_state(entity_id, state)


async def kept(home: HomeAssistant, board_id: str) -> None:
    """Wait until Home Assistant has written down that it knows the board: 1 s."""
    entries = home.folder / ".storage" / "core.config_entries"

    async def find() -> bool | None:
        return True if board_id in entries.read_text() else None

    await eventually(find, f"{board_id} in {entries}")


async def test_paired_and_switched(home: HomeAssistant, api: Api, plug: Plug) -> None:
    """The code that it prints is typed: then it is measured, and operated."""
    board = plug("host-first", name="Workbench")
    async with switched_off(board):
        entry = await pair(api, board, "Workbench")
        ids = {key: await api.entity_of(entry, f"-{key}") for key in STATES}
        for key, value in STATES.items():
            await api.wait_state(ids[key], value)
        board.tell("adc 50 438", "echo 0", "pin 5 0")
        await api.wait_state(ids["temp"], -6.2)
        await api.wait_state(ids["distance"], "unknown")
        await api.wait_state(ids["red"], "off")

        await check_switch(api, board, await api.entity_of(entry, "-led"))
        lamp = await api.entity_of(entry, "-lamp")
        await api.act("light.turn_on", lamp, rgb_color=[255, 128, 0])
        await board.prints("^pin 9 255$")
        await board.prints("^pin 10 128$")
        state = await api.wait_state(lamp, "on")
        assert state["attributes"]["rgb_color"] == [255, 128, 0]
        assert state["attributes"]["friendly_name"] == "Workbench Lamp"

        # It restarts as a real one does, and has its key still.
        since = len(board.lines)
        await api.act("button.press", await api.entity_of(entry, "-restart"))
        await board.prints("Connected to", since=since)
        await api.wait_state(lamp, "off")
        await api.wait_state(ids["temp"], -6.2)
        assert not any("code" in line for line in board.lines[since:])
    assert home.complaints() == []


async def send(api: Api, entry: str, data: Any) -> Any:
    """Send a person's own message to a board, and return what it answers."""
    devices = await api.command("config/device_registry/list")
    [device] = [one for one in devices if entry in one["config_entries"]]
    answer = await api.command(
        "call_service",
        domain="arduino_sensor",
        service="send",
        service_data={"device_id": device["id"], "data": data},
        return_response=True,
    )
    return answer["response"]["data"]


async def test_home_is_killed(home: HomeAssistant, api: Api, plug: Plug) -> None:
    """A Home Assistant that has gone without a word finds the board back by itself."""
    board = plug("host-second", name="Cellar")
    async with switched_off(board):
        entry = await pair(api, board, "Cellar")
        temperature = await api.entity_of(entry, "-temp")
        await api.wait_state(temperature, 25.5)
        led = await api.entity_of(entry, "-led")
        await api.act("switch.turn_on", led)
        await board.prints("^pin 13 1$")

        await kept(home, "host-second")
        await api.hang_up()
        home.kill()
        since = len(board.lines)
        board.tell("adc 50 512")
        await home.start()
        await api.wait_running()
        await board.prints("Connected to", since=since, timeout=60)
        await api.wait_state(temperature, 1.2)
        # The board has gone on meanwhile: nothing was switched.
        await api.wait_state(led, "on")
        assert not any("pin 13" in line for line in board.lines[since:])
        await check_switch(api, board, led, ("off", "on"))
    assert home.complaints() == []


async def test_home_moves(home: HomeAssistant, plug: Plug, search: Responder) -> None:
    """A Home Assistant that is somewhere else now is searched for, and found."""
    board = plug("host-third", name="Attic")
    async with switched_off(board):
        async with home.connect() as api:
            entry = await pair(api, board, "Attic")
            led = await api.entity_of(entry, "-led")
            temperature = await api.entity_of(entry, "-temp")
            await api.wait_state(temperature, 25.5)

        board.tell("adc 50 612")
        asked, since = search.asked, len(board.lines)
        search.home = free_port()
        await home.move(search.home)
        async with home.connect() as api:
            await api.wait_running()
            await board.prints(f"Connected to .*:{home.port}", since=since, timeout=60)
            assert search.asked > asked
            # Nothing is switched before the board is available.
            await api.wait_state(temperature, 11.2)
            await check_switch(api, board, led)
        assert not any("code" in line for line in board.lines[since:])
    assert home.complaints() == []


async def test_message(home: HomeAssistant, api: Api, plug: Plug) -> None:
    """A person's own message is told to the sketch, which answers, or says why not."""
    board = plug("host-fourth", name="Hall")
    async with switched_off(board):
        entry = await pair(api, board, "Hall")
        assert await send(api, entry, {"say": "Grüß Gott", "times": 3}) == {
            "said": "Grüß Gott",
            "times": 3,
        }
        await board.prints("^says Grüß Gott$")
        with pytest.raises(ApiError, match="Hall did not do it: It has nothing to say"):
            await send(api, entry, [1, 2])
        since = len(board.lines)
        with pytest.raises(ApiError, match="did not do it: The message is too long"):
            await send(api, entry, {"say": "x" * 3000})
        with pytest.raises(ApiError, match="did not do it: Its answer is too long"):
            await send(api, entry, {"say": "x" * 600})
        await board.prints(
            "no room for the answer, see SENSORBOARD_ANSWER", since=since
        )
        assert await send(api, entry, {"say": "still here"}) == {
            "said": "still here",
            "times": 1,
        }
    # What was refused is in Home Assistant's log, so this test is the last one.
    assert not [line for line in home.complaints() if "did not do it" not in line]
