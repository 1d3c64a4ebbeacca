"""What a sketch does with its board, and what goes over the wire then.

Its tests are programs in `firmware/tests`, compiled for this machine: sketches at the
end of a cable or in a network, with a Home Assistant that follows a script, and a clock
that they move.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import subprocess
from typing import Final

import pytest

from .test_links import COMPILE, PROGRAMS, SOURCES

HELPERS: Final = (
    *("FakeChip", "check_apart"),
    *("stubs/FakeClock", "stubs/FakePins", "stubs/Print"),
)

# For the compiler, this is an Uno: it has little room, and no network. But its numbers
# are longer than the conversions take into account.
SMALL: Final = (
    *("-D__AVR__", "-DRAMEND=0x8ff", "-Wno-conversion"),
    *("-DSENSORBOARD_CHANNELS=32", "-DSENSORBOARD_NOTES=128"),
    *("-idirafter", PROGRAMS / "cores" / "avr"),
)
FOR_SMALL: Final = (
    *("cable_test", "command_test", "event_test", "input_test", "reading_test"),
    "slow_test",
)
FOR_ALL: Final = (
    *("channel_test", "conversation_test", "online_test", "sleep_test"),
    *FOR_SMALL,
)

type Build = Callable[[str, bool], Path]

pytestmark = pytest.mark.timeout(300)


def run(*command: str | Path) -> str:
    """Run a compiler or a program, and return what it says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return what makes a program of the library, for a small board or another."""
    folders = {
        is_small: tmp_path_factory.mktemp("small" if is_small else "board")
        for is_small in (False, True)
    }

    def _build(name: str, is_small: bool) -> Path:
        folder = folders[is_small]
        options = SMALL if is_small else ()

        def _compile(source: Path) -> Path:
            made = folder / f"{source.stem}.o"
            if not made.exists():
                run(*COMPILE, *options, "-c", source, "-o", made)
            return made

        library = sorted((SOURCES / "sensorboard").glob("*.cpp"))
        helpers = HELPERS if is_small else (*HELPERS, "ScriptedHub")
        parts = [PROGRAMS / f"{part}.cpp" for part in (*helpers, name)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = [*pool.map(_compile, (*library, *parts))]
        archive = folder / "library.a"
        if not archive.exists():
            run("ar", "rcs", archive, *objects[: len(library)])
        program = folder / name
        run(*COMPILE, *objects[len(library) :], archive, "-o", program)
        return program

    return _build


@pytest.mark.parametrize("name", FOR_ALL)
def test_program(build: Build, name: str) -> None:
    """What the program tests is right, and no sanitizer has anything to say."""
    run(build(name, False))


@pytest.mark.parametrize("name", FOR_SMALL)
def test_small_program(build: Build, name: str) -> None:
    """The same where the library is another one, for boards with little room."""
    run(build(name, True))
