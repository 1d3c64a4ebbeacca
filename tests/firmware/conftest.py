"""What is compiled once for several tests, and the sizes that they measured."""

from collections.abc import AsyncIterator, Callable
import os
from pathlib import Path
from typing import Any

import pytest

from tests.emulated_uno import PLAIN_SKETCH, Uno, emulator_command

from .avr import MEGA, UNO, Avr, Board
from .building import Workshop

type Flash = Callable[..., Uno]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Return where everything is made, for all of this run."""
    folder = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist have a folder each, in one that they share.
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return Workshop(folder / "made")


@pytest.fixture(scope="session")
def avr(workshop: Workshop) -> dict[Board, Avr]:
    """Return a compiler for each of the AVR boards."""
    return {board: Avr(workshop, board) for board in (UNO, MEGA)}


@pytest.fixture(scope="session")
def emulator(workshop: Workshop) -> Path:
    """Return the program that is an emulated Uno."""
    return workshop.make("uno", *emulator_command(), "-o", "uno")


@pytest.fixture
async def flash(
    emulator: Path, avr: dict[Board, Avr], tmp_path: Path
) -> AsyncIterator[Flash]:
    """Return what gives a Uno with a sketch on it, still without power."""
    boards: list[Uno] = []

    def _flash(
        sketch: Path = PLAIN_SKETCH, folder: Path = tmp_path, **options: Any
    ) -> Uno:
        program = avr[UNO].build(sketch)
        boards.append(Uno(emulator, program.binary, folder, boot=0.2, **options))
        return boards[-1]

    yield _flash
    for board in boards:
        await board.unplug()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the tests have recorded as `size`, also of those that passed."""
    lines = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "size" and getattr(report, "when", "") == "call"
    ]
    if lines:
        terminalreporter.section("sizes")
        for line in sorted(lines):
            terminalreporter.write_line(line)
