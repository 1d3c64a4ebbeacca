"""Home Assistant is killed between any two steps, and nothing is lost or there twice."""

from collections.abc import Iterator
import json
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.postgres import Postgres

from . import house_that_dies
from .house_that_dies import CASES, DRIFT, READINGS

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def addresses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """Return the addresses of empty databases, one for each house."""
    if request.param == "SQLite":
        yield [f"sqlite:///{tmp_path}/{number}.db" for number, _ in enumerate(CASES)]
        return
    with Postgres.running() as postgres:
        yield [postgres.database() for _ in CASES]


@pytest.mark.timeout(300)
def test_killed(
    addresses: list[str], tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """The batch comes again after the next start, with other ages."""
    ended = subprocess.run(
        [sys.executable, "-m", house_that_dies.__name__, str(tmp_path), *addresses],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    results: dict[str, dict[str, Any]] = json.loads(ended.stdout)
    # One test, since Home Assistant is loaded only once for all houses.
    assert len(results) == len(CASES)
    for when, found in results.items():
        with subtests.test(when):
            check(found, has_journal=not when.startswith("before the journal"))


def check(found: dict[str, Any], *, has_journal: bool) -> None:
    """Check what came of a house."""
    assert (found["died"], found["ended"]) == (signal.SIGKILL, 0)
    # Once, or also for what the journal had.
    assert {"type": "ack", "batch": "0badc0de-1"} in found["told"]
    assert [float(value) for _, value in found["states"]] == [
        value for _, value in READINGS
    ]
    for (at, _), (age, _) in zip(found["states"], READINGS, strict=True):
        # The times of the first time count, if there was one.
        drift = 0 if has_journal else DRIFT
        assert at == pytest.approx(found["first"] - age - drift, abs=0.5)
    assert found["statistics"]
    for start, value, total in found["statistics"]:
        zero = value_at(found["states"], found["statistics"][0][0])
        now = value_at(found["states"], start + 300)
        assert (value, total) == (now, now - zero)


def value_at(states: list[tuple[float, str]], end: float) -> float:
    """Return what the meter was at; before all, what it was at first."""
    return float([value for at, value in states if at < end or at == states[0][0]][-1])
