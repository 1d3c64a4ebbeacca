"""Home Assistant is killed between any two steps, and nothing is lost or there twice."""

import json
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import pytest

from . import house_that_dies
from .house_that_dies import CASES, DRIFT, READINGS

ROOT = Path(__file__).parents[2]

type Results = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return what came of each of the houses."""
    folder = tmp_path_factory.mktemp("houses")
    ended = subprocess.run(
        [sys.executable, "-m", house_that_dies.__name__, str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    found: Results = json.loads(ended.stdout)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("when", "commit"), CASES)
def test_killed(results: Results, when: str, commit: int) -> None:
    """The batch comes again after the next start, with other ages."""
    found = results[f"{when}, {commit}"]
    assert (found["died"], found["ended"]) == (signal.SIGKILL, 0)
    # Once, or also for what the journal had.
    assert {"type": "ack", "batch": "0badc0de-1"} in found["told"]
    assert [float(value) for _, value in found["states"]] == [
        value for _, value in READINGS
    ]
    for (at, _), (age, _) in zip(found["states"], READINGS, strict=True):
        # The times of the first time count, if there was one.
        drift = DRIFT if when == "before the journal" else 0
        assert at == pytest.approx(found["first"] - age - drift, abs=0.5)
    assert found["statistics"]
    for start, value, total in found["statistics"]:
        zero = value_at(found["states"], found["statistics"][0][0])
        now = value_at(found["states"], start + 300)
        assert (value, total) == (now, now - zero)


def value_at(states: list[tuple[float, str]], end: float) -> float:
    """Return what the meter was at; before all, what it was at first."""
    return float([value for at, value in states if at < end or at == states[0][0]][-1])
