"""Commands to a board: one after the other, each with an answer."""

import asyncio
from collections.abc import Mapping
import secrets
from typing import Any, Final

import orjson

from homeassistant.config_entries import ConfigEntry
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .connection import Connection
from .const import DOMAIN
from .hello import printable
from .protocol import MAX_FRAME, Problem, Value, as_json, depth

ANSWER_TIME: Final = 8.0
"""How long a board has to answer, in seconds; halfway it is asked once more.

A sketch can have a delay of five seconds in its loop, and does all it is told after that.
"""

MAX_WAITING: Final = 16
"""How many commands can wait behind the one that is outstanding."""

MAX_REASON: Final = 120
"""The longest reason that a board can give, in characters."""

MAX_DEPTH: Final = 16
"""How often lists and objects can stand in one another in a board's answer."""

MESSAGE: Final = "message"
"""The type of a person's own messages."""

_MAX_ID: Final = 2**31 - 1


class Commands:
    """What a board is told to do.

    One command is outstanding at a time. It is sent again if its answer is late; the
    board knows it by its id then, and does not act twice.
    """

    def __init__(self, entry: ConfigEntry) -> None:
        """Begin with nothing to do; the entry has the board's name, for errors."""
        self._entry = entry
        self._connection: Connection | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        # Boards remember the last id, also while Home Assistant restarts.
        self._id = secrets.randbelow(_MAX_ID)
        self._answer: asyncio.Future[Mapping[str, Any]] | None = None

    def connect(self, connection: Connection) -> None:
        """Send commands over a connection; what was sent over another is given up."""
        if connection is not self._connection:
            self._give_up()
        self._connection = connection

    def disconnect(self) -> None:
        """Give up what was sent, and what waits behind it."""
        self._connection = None
        self._give_up()

    def _give_up(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(self._error("board_away"))

    async def async_set(self, key: str, *value: Value) -> Value:
        """Set a channel, or press a button, which has no value.

        Return what the board says that the channel is at now: None when it does not
        say. Raises HomeAssistantError when the board is away, refuses, does not
        answer in time, or has too much to do.
        """
        content = {"key": key, "value": value[0]} if value else {"key": key}
        result = await self._async_wait_turn("set", content)
        answer: Value = result.get("value")
        return answer

    async def async_send(self, data: Any) -> Any:
        """Send a message of a person's own, and return what the board answers.

        Raises HomeAssistantError as async_set does, and ServiceValidationError when
        the message is too long, or cannot be written as JSON.
        """
        try:
            longest = orjson.dumps({"type": MESSAGE, "id": _MAX_ID, "data": data})
        except orjson.JSONEncodeError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="message_not_json",
                translation_placeholders={"error": str(err)},
            ) from err
        if len(longest) > MAX_FRAME:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="message_too_long",
                translation_placeholders={
                    "size": str(len(longest)),
                    "limit": str(MAX_FRAME),
                },
            )
        result = await self._async_wait_turn(MESSAGE, {"data": data})
        return as_json(result.get("data"))

    async def _async_wait_turn(
        self, kind: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Ask the board for something when it has answered what was asked before."""
        if self._connection is None:
            raise self._error("board_away")
        if self._waiting > MAX_WAITING:
            raise self._error("too_many_commands")
        self._waiting += 1
        try:
            async with self._lock:
                return await self._async_ask(kind, content)
        finally:
            self._waiting -= 1

    async def _async_ask(
        self, kind: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        if (connection := self._connection) is None:
            raise self._error("board_away")
        self._id = self._id % _MAX_ID + 1
        message = {"type": kind, "id": self._id, **content}
        self._answer = asyncio.get_running_loop().create_future()
        try:
            connection.send(message)
            done, _ = await asyncio.wait({self._answer}, timeout=ANSWER_TIME / 2)
            if not done:
                connection.send(message)
                await asyncio.wait({self._answer}, timeout=ANSWER_TIME / 2)
            if not self._answer.done():
                if kind == MESSAGE:
                    raise self._error("message_not_answered")
                raise self._error("board_does_not_answer")
            result = self._answer.result()
        finally:
            self._answer.cancel()
            self._answer = None
        if result["ok"]:
            return result
        if (reason := printable(result.get("message"), MAX_REASON)) is None:
            raise self._error("board_refused")
        raise self._error("board_refused_because", reason=reason)

    def receive_result(self, values: Mapping[str, Any]) -> Problem | None:
        """Take a board's answer; one that comes late or twice is passed over."""
        number = values.get("id")
        if type(number) is not int:
            return _invalid("id", "the id of the command")
        if type(values.get("ok")) is not bool:
            return _invalid("ok", "true or false")
        if depth(values.get("data")) > MAX_DEPTH:
            return _invalid("data", f"nested at most {MAX_DEPTH} times")
        if number == self._id and self._answer is not None and not self._answer.done():
            self._answer.set_result(values)
        return None

    def _error(self, key: str, **placeholders: str) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"board": self._entry.title, **placeholders},
        )


def _invalid(field: str, expected: str) -> Problem:
    return Problem(
        "invalid_message", f"'{field}' in result has to be {expected}.", field=field
    )
