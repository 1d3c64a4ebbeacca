"""No hole in the history: every value that a board has measured is there, once.

gap_story.py says what happens; here is what has to come of it, on both databases.
"""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
import math
from typing import Final

import pytest
import pytest_asyncio
import pytest_socket

from tests.postgres import Postgres

from .gap_story import BEGIN, INTERVAL, Seen, Story, Teller, Told

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

DATABASES: Final = ("SQLite", "PostgreSQL")

# Seconds by which times can differ: what a reading takes to travel when time is fast.
TRAVEL: Final = 2.0

# What is closer together is published as one, unless it was sent a bit late.
SECOND: Final = 1.3

FIVE_MINUTES: Final = 300

type Stories = dict[str, Story | BaseException]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    """Play the story with each of the databases, both at once: mostly they wait."""
    pytest_socket.enable_socket()
    folder = tmp_path_factory.mktemp("gaps")
    with Postgres.running() as postgres:
        addresses = (None, postgres.database())
        tellers: list[Teller] = []
        for name, address in zip(DATABASES, addresses, strict=True):
            (folder / name).mkdir()
            tellers.append(Teller(folder / name, address))
        told = await asyncio.gather(
            *(teller.play() for teller in tellers), return_exceptions=True
        )
    return dict(zip(DATABASES, told, strict=True))


@pytest.fixture(params=DATABASES)
def story(request: pytest.FixtureRequest, stories: Stories) -> Story:
    """Return what happened with one of the databases."""
    story = stories[request.param]
    if isinstance(story, BaseException):
        raise story
    return story


def numbers(states: Sequence[Seen]) -> list[Seen]:
    """Return those states that are a number."""
    return [seen for seen in states if seen.state not in ("unavailable", "unknown")]


def is_lost(story: Story, seen: Seen) -> bool:
    """Return whether a value was in a memory that was lost."""
    return story.moments["wifi away"] < seen.at < story.moments["restart"]


def hurried(measured: Sequence[Seen]) -> set[Seen]:
    """Return what the next value has followed at once."""
    return {one for one, other in pairwise(measured) if other.at - one.at < SECOND}


def check_history(expected: Sequence[Seen], told: Told) -> None:
    """Check that the history has these values, once each, at their times, in order.

    But for those that had no second to themselves: as many are not shown.
    """
    found = numbers(told.history["temp"])
    shown = {seen.state for seen in found}
    passed_over = hurried(expected)
    assert len(passed_over) < 10
    expected = [
        seen for seen in expected if seen.state in shown or seen not in passed_over
    ]
    assert [seen.state for seen in found] == [seen.state for seen in expected]
    # A moment in which the machine has no time for a board is half a minute for it: then
    # it takes longer to note what it has measured, and measures nothing meanwhile.
    ends = [seen.at for seen in [*expected[1:], Seen(math.inf, "")]]
    late = [
        (was.at - BEGIN.timestamp(), seen.at - was.at)
        for seen, was, end in zip(found, expected, ends, strict=True)
        if not was.at - TRAVEL < seen.at < max(was.at, min(end, was.at + 60)) + TRAVEL
    ]
    assert late == []
    stalls = [
        was.at
        for seen, was in zip(found, expected, strict=True)
        if abs(seen.at - was.at) > TRAVEL
    ]
    assert len(stalls) <= 1


async def test_silent_wifi(story: Story) -> None:
    """For 20 minutes nothing gets through, and Home Assistant notices late."""
    told = story.silent
    away = story.moments["wifi away"], story.moments["wifi back"]
    assert sum(away[0] < seen.at < away[1] for seen in told.measured) > 150
    check_history(told.measured, told)


async def test_restarted_board(story: Story) -> None:
    """What was in the memory of a board that is restarted is lost, and only that."""
    told = story.restarted
    kept = [seen for seen in told.measured if not is_lost(story, seen)]
    assert len(told.measured) - len(kept) > 50
    check_history(kept, told)
    hellos = [message for message in told.said if message.get("type") == "hello"]
    assert [hello.get("reset") for hello in hellos[-2:]] == ["external"] * 2


@pytest.mark.parametrize("which", ["silent", "restarted"])
async def test_killed_home(story: Story, which: str) -> None:
    """While Home Assistant was dead, boards have measured; and it is all there."""
    told: Told = getattr(story, which)
    dead = story.moments["killed"], story.moments["started"]
    measured = [seen for seen in told.measured if dead[0] < seen.at < dead[1]]
    assert len(measured) > 40
    shown = {seen.state for seen in told.history["temp"]}
    assert {seen.state for seen in set(measured) - hurried(measured)} <= shown
    # What came just before is in no database when it is killed: that, too, is there.
    before = [
        seen for seen in told.measured if dead[0] - 3 * INTERVAL < seen.at < dead[0]
    ]
    late = {f"{one['temp']:.1f}" for one in told.late}
    assert any(seen.state in late for seen in before)


@pytest.mark.parametrize("which", ["silent", "restarted"])
async def test_gaps_that_are_left(story: Story, which: str) -> None:
    """The rows that say that it was unavailable stay, until the next reading."""
    told: Told = getattr(story, which)
    kept = [seen for seen in told.measured if not is_lost(story, seen)]
    gone = [
        (one.at, other.at)
        for one, other in pairwise(told.history["temp"])
        if one.state == "unavailable"
    ]
    for at, until in gone:
        assert until - TRAVEL < next(seen.at for seen in kept if seen.at > at + TRAVEL)
    # Of the outage, and of Home Assistant's start.
    away, killed = story.moments["wifi away"], story.moments["killed"]
    assert [at for at, _ in gone if away < at < story.moments["wifi back"]]
    assert [at for at, _ in gone if killed < at < story.moments["handed over again"]]


@pytest.mark.parametrize("which", ["silent", "restarted"])
async def test_statistics(story: Story, which: str) -> None:
    """They are what the states give: those that came live, and those that came late."""
    told: Told = getattr(story, which)
    states = told.history["temp"]
    expected = {
        start: row
        for start in range(
            round(BEGIN.replace(minute=0).timestamp()),
            round(story.moments["end"]) + FIVE_MINUTES,
            FIVE_MINUTES,
        )
        if (row := compiled(states, start)) is not None
    }
    found = {round(row["start"] / 1000): row for row in told.five_minutes}
    assert found.keys() == expected.keys()
    for start, (mean, least, most) in expected.items():
        assert found[start]["mean"] == pytest.approx(mean, abs=1e-5), start
        assert (found[start]["min"], found[start]["max"]) == (least, most), start

    hours = {round(row["start"] / 1000): row for row in told.hours}
    assert len(hours) == 2
    for start, hour in hours.items():
        parts = [expected[part] for part in expected if start <= part < start + 3600]
        mean = sum(part[0] for part in parts) / len(parts)
        assert hour["mean"] == pytest.approx(mean, abs=1e-5)
        assert hour["min"] == min(part[1] for part in parts)
        assert hour["max"] == max(part[2] for part in parts)


def compiled(states: Sequence[Seen], start: float) -> tuple[float, float, float] | None:
    """Return the mean by time, the least and the greatest of five minutes."""
    end = start + FIVE_MINUTES
    before = [seen for seen in states if seen.at <= start][-1:]
    within = [
        Seen(max(seen.at, start), seen.state)
        for seen in numbers([*before, *(x for x in states if start < x.at < end)])
    ]
    if not within:
        return None
    ends = [*(seen.at for seen in within[1:]), end]
    weighted = sum(
        float(seen.state) * (until - seen.at)
        for seen, until in zip(within, ends, strict=True)
    )
    values = [float(seen.state) for seen in within]
    return weighted / (end - within[0].at), min(values), max(values)


@pytest.mark.parametrize("which", ["silent", "restarted"])
async def test_past_starts_nothing(story: Story, which: str) -> None:
    """An automation that listens to everything hears only of what came live."""
    told: Told = getattr(story, which)
    live = [f"{message['temp']:.1f}" for message in told.readings]
    heard = [seen.state for seen in numbers(told.heard)]
    assert heard == [state for state in live if state in heard]
    # But for what came just when it was killed.
    killed = story.moments["killed"]
    assert {
        seen.state
        for seen in set(told.measured) - hurried(told.measured)
        if abs(seen.at - killed) > TRAVEL and seen.state in live
    } <= set(heard)
    late = {f"{reading['temp']:.1f}" for reading in told.late}
    assert len(late.difference(live)) > 200


@pytest.mark.parametrize("which", ["silent", "restarted"])
async def test_lights(story: Story, which: str) -> None:
    """What was switched meanwhile has its edge; what never changed has none."""
    told: Told = getattr(story, which)
    assert {seen.state for seen in numbers(told.history["distance"])} == {"150.2"}
    red = numbers(told.history["red"])
    assert [one.state for one, other in pairwise(red) if one.state != other.state] == [
        "on"
    ]
    off = next(seen.at for seen in red if seen.state == "off")
    # The board that was restarted had forgotten when that was.
    when = story.moments["red off" if which == "silent" else "restart"]
    assert when - TRAVEL < off < when + TRAVEL + INTERVAL


async def test_duplicates(story: Story) -> None:
    """The story has a batch that comes twice, and ones with what came live, too."""
    batches = story.silent.batches
    ids = [message["batch"] for message in batches]
    (twice,) = {batch for batch in ids if ids.count(batch) > 1}
    first, *others = (
        [reading.get("temp") for reading in message["readings"]]
        for message in batches
        if message["batch"] == twice
    )
    assert all(other == first for other in others)
    for told in (story.silent, story.restarted):
        live = {reading["temp"] for reading in told.readings}
        assert live.intersection(reading["temp"] for reading in told.late)


async def test_no_complaints(story: Story) -> None:
    """Nothing is worth a word in the log."""
    # Where seconds are short, Home Assistant finds everything slow.
    assert [line for line in story.complaints if " took " not in line] == []
    assert story.tracebacks == []
