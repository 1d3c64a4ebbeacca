"""What `scripts/simulate --native` can play of a gap in the history."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from time import monotonic

import pytest

from scripts.lib import simulate
from scripts.lib.home_assistant import HOST

from .test_backlog import PATH, Home, home  # noqa: F401
from .test_native import Type, run, typed, until  # noqa: F401

pytestmark = pytest.mark.timeout(180)


def ages(home: Home) -> list[tuple[float, float]]:  # noqa: F811
    """Return when each reading was taken that came in a batch, and how old it was."""
    return [
        (at - reading["age"], reading["age"])
        for at, batch in home.batches
        for reading in batch["readings"]
    ]


def has_come(home: Home, since: float) -> Callable[[], bool]:  # noqa: F811
    """Return what tells whether a reading came live since then."""
    return lambda: any(at > since for at, _ in home.live)


async def test_wifi_is_away(home: Home, typed: Type) -> None:  # noqa: F811
    """It goes by itself, for as long as it was told: what was measured comes late."""
    address = f"ws://{HOST}:{home.port}{PATH}"
    task = asyncio.create_task(run(address, "--interval", "1", "--outage", "2", "4"))
    await until(lambda: home.connections == 2)
    back = monotonic()
    await until(has_come(home, back))
    typed("quit")
    assert await task == 0
    silent = max(at for at, _ in home.live if at < back)
    assert back - silent > 3
    # One for each second, and nothing in between that is longer.
    late = sorted(at for at, _ in ages(home) if silent < at < back)
    times = [silent, *late, back]
    assert max(b - a for a, b in pairwise(times)) < 2.5


async def test_restarted(home: Home, typed: Type) -> None:  # noqa: F811
    """What was in its memory is lost; what is measured from then on is not."""
    address = f"ws://{HOST}:{home.port}{PATH}"
    task = asyncio.create_task(run(address, "--interval", "1"))
    await until(has_come(home, 0))
    typed("wifi 0")
    await asyncio.sleep(3)
    restart = monotonic()
    typed("restart")
    await asyncio.sleep(3)
    before = len(home.batches)
    typed("wifi 1")
    await until(lambda: home.connections == 2 and len(home.batches) > before)
    await until(has_come(home, monotonic()))
    typed("quit")
    assert await task == 0
    times = [at for at, _ in ages(home) if at > restart - 2]
    assert min(times) > restart - 0.3
    assert sum(at < restart + 3 for at in times) >= 2


async def test_home_is_away(home: Home, typed: Type) -> None:  # noqa: F811
    """It survives that, too."""
    address = f"ws://{HOST}:{home.port}{PATH}"
    task = asyncio.create_task(run(address, "--interval", "1"))
    await until(has_come(home, 0))
    await home.stop()
    away = monotonic()
    await asyncio.sleep(3)
    await home.start()
    back = monotonic()
    await until(has_come(home, back))
    typed("quit")
    assert await task == 0
    assert sum(away < at < back for at, _ in ages(home)) >= 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ws://127.0.0.1", "--outage", "1", "2"], "--outage goes with --native"),
        (["--native", "--outage", "1"], "expected 2 arguments"),
        (["--native", "--outage", "1", "0"], "must be more than 0"),
    ],
)
def test_wrong(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for what cannot be is told so."""
    with pytest.raises(SystemExit):
        simulate.parse(arguments)
    assert complaint in capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """What can be typed is in the help."""
    with pytest.raises(SystemExit):
        simulate.parse(["--help"])
    said = capsys.readouterr().out
    assert "--outage AFTER SECONDS" in said
    assert "\n  restart " in said
    assert "\n  wifi 0 " in said
