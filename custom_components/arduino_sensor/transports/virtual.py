"""A board that plays inside Home Assistant, to look around without one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from math import pi, sin
from typing import Any, Final

import orjson

from ..board import Board
from ..collecting import Collector
from ..connection import PROBE_TIME, CloseCode, Session
from ..link import LinkRecord
from ..protocol import Problem

INTERVAL: Final = 2.0
"""Seconds between two readings."""


class VirtualConnection:
    """The connection of the board that plays."""

    source = "virtual"
    silence = 0.0
    session: Session | None = None
    collector = Collector()
    link: LinkRecord | None = None

    receive: Callable[[bytes], None]
    receive_problem: Callable[[Problem], None]

    def send(self, message: dict[str, Any]) -> None:
        """Drop a message: there is nobody to read it."""

    def probe(self, patience: float = PROBE_TIME) -> None:
        """Do nothing: this board is always there."""

    def close(self, code: CloseCode, problem: Problem | None = None) -> None:
        """Do nothing: the task that plays is cancelled with its entry."""


def reading(step: int) -> dict[str, float | bool]:
    """Return the reading of a step: a room's temperature, someone who walks by.

    Temperature in °C, distance in cm, and which of three lights is on.
    """
    time = step * INTERVAL
    return {
        "temp": round(22 + 3 * sin(2 * pi * time / 600) + 0.2 * sin(time), 1),
        "distance": round(110 + 90 * sin(2 * pi * time / 60), 1),
        "red": step // 5 % 3 == 0,
        "green": step // 5 % 3 == 1,
        "blue": step // 5 % 3 == 2,
    }


async def async_play(board: Board) -> None:
    """Play readings for a board until cancelled."""
    board.connect(VirtualConnection())
    async for frame in _frames():
        board.receive(frame)


async def _frames() -> AsyncIterator[bytes]:
    for step in count():
        yield orjson.dumps(reading(step))
        await asyncio.sleep(INTERVAL)
