"""What a connection says while its board is not there to hear it."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from .connection import Connection, ProblemReporter
from .description import Description
from .protocol import Problem, ProtocolError, parse

MAX_READINGS: Final = 8
"""How many readings are kept; older ones give way."""


class Lobby:
    """Keeps what a board said of itself, all of it, and its latest readings."""

    def __init__(self, connection: Connection, reporter: ProblemReporter) -> None:
        """Begin with nothing said."""
        self._connection = connection
        self._reporter = reporter
        self.hello: bytes | None = None
        self.described: dict[str, Description] | None = None
        """What the board's channels are, if that was said to the end."""
        self.readings: deque[bytes] = deque(maxlen=MAX_READINGS)

    def receive(self, data: bytes) -> None:
        """Take one frame."""
        try:
            values, _ = parse(data)
        except ProtocolError:
            values = {}
        if "type" not in values:
            # Also what is no JSON: its board will say so.
            self.readings.append(data)
        else:
            self.receive_typed(data, values)

    def receive_typed(self, data: bytes, values: Mapping[str, Any]) -> None:
        """Take a frame that is no reading; commands and events are for later."""
        if values["type"] == "hello":
            self.hello = data
        elif values["type"] == "channels":
            described, problems = self._connection.collector.take(values)
            if described is not None:
                self.described = described
            if problems:
                self._reporter.report_each(self._connection, *problems)

    def receive_problem(self, problem: Problem) -> None:
        """Pass over what went wrong: it goes wrong again when the board is there."""
