"""The host board on the command line: `scripts/simulate --native`."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import re
import threading
import time

import pytest

from scripts.lib import native, simulate
from scripts.lib.home_assistant import HOST

from .test_backlog import PATH, Home, home  # noqa: F401

type Type = Callable[..., None]

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Return what types lines into the terminal."""
    read, write = os.pipe()
    # What `play_native` reads from its standard input comes out of the pipe.
    real = os.read

    def _read(file: int, size: int) -> bytes:
        return real(read if file == 0 else file, size)

    monkeypatch.setattr("scripts.lib.play_native.os.read", _read)

    def _typed(*lines: str) -> None:
        os.write(write, "".join(f"{line}\n" for line in lines).encode())

    yield _typed
    os.close(write)
    for thread in threading.enumerate():
        if thread.name == "typed":
            thread.join(10)
    os.close(read)


async def run(*arguments: str) -> int:
    """Run the command."""
    return await simulate.main(simulate.parse(["--native", *arguments]))


async def until(condition: Callable[[], object]) -> None:
    """Return when something is so."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.05)


def list_files(folder: Path) -> list[Path]:
    """Return what is in a folder, and in those in it."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_played(
    home: Home,  # noqa: F811
    typed: Type,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its readings move, until somebody moves them by hand."""
    seen: list[str] = []

    def has_printed(pattern: str) -> bool:
        seen.append(capsys.readouterr().out)
        return bool(re.search(pattern, "".join(seen)))

    address = f"ws://{HOST}:{home.port}{PATH}"
    task = asyncio.create_task(run(address, "--interval", "1", "--name", "Bench"))
    await until(lambda: len([one for _, one in home.live if "distance" in one]) > 2)
    # Also what was measured before it was connected is what was there.
    readings = [one for _, batch in home.batches for one in batch["readings"]]
    for reading in readings + [one for _, one in home.live]:
        assert 20 < reading.get("temp", 25.5) < 30
        assert 60 < reading.get("distance", 150.2) < 250
    assert {"distance", "red", "green", "blue", "led", "lamp"} <= {
        key for _, one in home.live for key in one
    }

    typed("adc 50 900", "echo 12.5", "pin 6 1", "pin 6 0")
    await until(lambda: any(one.get("distance") == 12.5 for _, one in home.live))
    told = len(home.live)
    await asyncio.sleep(3)
    assert all("temp" not in one for _, one in home.live[told:])

    typed("status", "nonsense")
    await until(lambda: has_printed("status ready") and has_printed("no .nonsense"))
    typed("quit")
    assert await task == 0
    output = "".join(seen) + capsys.readouterr().out
    assert re.search(
        rf"^ +\d+\.\d  board  .*Connected to.*:{home.port}", output, re.MULTILINE
    )


async def test_time_is_over(home: Home, typed: Type) -> None:  # noqa: F811
    """It ends when it is told to, and that is no error."""
    address = f"ws://{HOST}:{home.port}{PATH}"
    assert await run(address, "--seconds", "2") == 0
    assert home.connections == 1


async def test_no_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has no compiler is told what to install."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(native, "COMPILER", "no-such-compiler")
    assert await run() == 1
    said = capsys.readouterr().err
    assert "There is no no-such-compiler" in said
    assert "apt-get install g++" in said


async def test_does_not_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the compiler objects to is shown, and no half program is left."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(native, "OPTIONS", (*native.OPTIONS, "-include", "no-such.h"))
    assert await run() == 1
    said = capsys.readouterr().err
    assert "The host board does not compile" in said
    assert "error" in said
    assert list_files(tmp_path) == []


def test_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that start at once, the second waits for what the first compiles."""
    compiled: list[Path] = []

    def build(to: Path, *options: str) -> Path:
        compiled.append(to)
        time.sleep(0.3)
        to.touch()
        return to

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(native, "build", build)
    with ThreadPoolExecutor(2) as pool:
        (program,) = {*pool.map(lambda _: native.program(), range(2))}
    assert program.exists()
    assert len(compiled) == 1


async def test_cache_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cache that is no folder is named."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert await run() == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "XDG_CACHE_HOME" in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["http://h"], "begins with ws://"),
        (["wss://h"], "begins with ws://"),
        (["ws://"], "begins with ws://"),
        (["ws://h:99999"], "ort"),
        (["ws://h", "ws://g"], "one board"),
        (["--boards", "2"], "one board"),
        (["--count", "2"], "--count does not go with --native"),
        (["--fault", "nan"], "--fault does not go with --native"),
        (["--sleeps"], "--sleeps does not go with --native"),
        (["--interval", "0.5"], "whole seconds"),
        (["--interval", "4000"], "whole seconds"),
        (["--secret", "hunter2"], "26 letters and digits"),
        (["--key-file", "README.md"], "no file with the key"),
        (["--key-file", "firmware"], "cannot be read"),
    ],
)
def test_command_line_errors(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What makes no sense is explained."""
    with pytest.raises(SystemExit):
        simulate.parse(["--native", *arguments])
    said = capsys.readouterr().err
    assert reason in said
    assert "hunter2" not in said


def test_command_line(tmp_path: Path) -> None:
    """What the board is told is what the command line says."""
    key = tmp_path / "key"
    wishes = simulate.parse(["--native", "--key-file", str(key)]).wishes
    assert (wishes.host, wishes.port, wishes.path) == (None, None, None)
    assert (wishes.interval, wishes.key_file) == (2, key)
    key.write_text("0123456789abcdef" * 4 + "\n")
    wishes = simulate.parse(
        ["--native", "ws://h:8123", "--key-file", str(key), "--interval", "10"]
    ).wishes
    assert (wishes.host, wishes.port, wishes.path) == ("h", 8123, None)
    wishes = simulate.parse(["--native", "ws://h/ws/x/", "--id", "a", "--name", "B"])
    wishes = wishes.wishes
    assert (wishes.host, wishes.port, wishes.path) == ("h", 80, "/ws/x/")
    assert (wishes.id, wishes.name, wishes.interval) == ("a", "B", 2)
