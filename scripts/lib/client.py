"""A simulated board with a key: the whole protocol, as docs/protocol.md has it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
import json
import math
import random
from typing import Any

import aiohttp

from .boards import USER_AGENT, closed, describe, shorten, why_not
from .device import Device, NotPossibleError, in_parts
from .handshake import Handshake, Message, UntrustedError
from .keys import KeyStore
from .readings import Value

WS_PATH = "/api/arduino_sensor/ws"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# After these it helps nobody to be back soon: seconds.
SELDOM = {4401: LONGEST_PAUSE, 4403: LONGEST_PAUSE, 4409: LONGEST_PAUSE, 4413: 180.0}
HANDSHAKE_TIME = 65.0  # Home Assistant gives it 60 s
PART_SIZE = 512  # characters of a description in one message: a small board's memory
AWAKE = 2.0  # seconds that a sleeping board stays for commands
MAX_COMMAND = 2**31 - 1


class Leaving(Enum):
    """Why a board ends its connection by itself, if it does."""

    NOT = "not"
    REPORTED = "reported"  # all that it had to, or all until it has slept
    RESTARTING = "restarting"


@dataclass(frozen=True)
class Options:
    """How a board behaves."""

    interval: float = 2.0  # seconds between two readings, until a person changes it
    readings: int | None = None  # ends after so many
    sleeps: bool = False  # is connected only while it reports
    loses_results: bool = False  # the first answer to each command does not arrive


class Backoff:
    """How long to wait before connecting again: longer and longer, never in step."""

    def __init__(self, source: random.Random | None = None) -> None:
        """Begin with the shortest pause."""
        self._random = source or random.Random()
        self.reset()

    def reset(self) -> None:
        """Begin anew: Home Assistant has welcomed the board."""
        self._most = FIRST_PAUSE

    def pause(self) -> float:
        """Return the next pause, 1 to 60 s: from half of what it may be to all."""
        pause = max(FIRST_PAUSE, self._random.uniform(self._most / 2, self._most))
        self._most = min(2 * self._most, LONGEST_PAUSE)
        return pause


class Client:
    """One board that goes on until it has sent all its readings, if that is limited.

    It takes the same place as `boards.Board`.
    """

    def __init__(
        self,
        name: str,
        address: str,
        hello: Mapping[str, Any],
        device: Device,
        store: KeyStore,
        *,
        options: Options = Options(),
        secret: bytes | None = None,
        say: Callable[[str, str], None] = lambda name, text: None,
        on_code: Callable[[str, str], None] = lambda name, code: None,
    ) -> None:
        """Describe the board.

        `hello` is what it says of itself, with its `id`. `say` is told its name and
        what happens to it, `on_code` its name and the code that a person has to type.
        """
        self.name = name
        self.address = address
        self.device = device
        self.sent = 0  # readings
        self.acted = 0  # commands that were carried out
        self.accepted = False  # whether it was ever welcome, or could wait for that
        self.interval = options.interval
        self.values: dict[str, Any] = {}  # what Home Assistant shows it
        self.settled = asyncio.Event()  # while it waits or is welcome
        self.welcomed = asyncio.Event()  # while it is
        self._hello = hello
        self._options = options
        self._tell = say
        self._on_code = on_code
        self._handshake = Handshake(hello["id"], store, secret=secret, say=self._say)
        self._backoff = Backoff()
        self._changed = asyncio.Event()  # another interval counts from now on
        self._known: dict[str, Value] = {}  # the values that Home Assistant has
        self._last: Message | None = None  # the result of the last command
        self._leaving = Leaving.NOT
        self._reporter: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Play the board until it has no more to send."""
        async with aiohttp.ClientSession(headers={"User-Agent": USER_AGENT}) as session:
            while not self._has_ended():
                code = 1006
                self._leaving = Leaving.NOT
                try:
                    async with session.ws_connect(
                        self.address,
                        timeout=aiohttp.ClientWSTimeout(ws_close=2),
                        max_msg_size=8192,
                    ) as socket:
                        self._say(f"connected to {shorten(self.address)}")
                        code = await self._converse(socket)
                except UntrustedError as err:
                    self._say(f"breaks off: {err}")
                except TimeoutError:
                    self._say("no answer within the time for the handshake")
                except (aiohttp.ClientError, OSError) as err:
                    self._say(why_not(err))
                if self._has_ended():
                    return
                if self._leaving is Leaving.REPORTED:
                    self._say(f"sleeps for {self.interval:g} s")
                    await asyncio.sleep(self.interval)
                    continue
                pause = SELDOM.get(code, 0) + self._backoff.pause()
                self._say(f"connects again in {pause:.0f} s")
                await asyncio.sleep(pause)

    @property
    def code(self) -> str | None:
        """What a person has to type, while the board waits for that."""
        return self._handshake.code

    def _has_ended(self) -> bool:
        limit = self._options.readings
        return limit is not None and self.sent >= limit

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> int:
        """Be on one connection to its end; return the close code."""
        told = {"type": "hello", "v": 1, "interval": _whole_interval(self.interval)}
        if self._options.sleeps:
            told["sleeps"] = True
        hello = {**told, **self._hello, **self._handshake.connected()}
        try:
            await socket.send_json(hello)
            async with asyncio.timeout(HANDSHAKE_TIME) as deadline:
                async for frame in socket:
                    if frame.type is not aiohttp.WSMsgType.TEXT:
                        continue
                    await self._take(socket, frame.data)
                    if self._handshake.waiting or self._handshake.welcomed:
                        deadline.reschedule(None)
        finally:
            await self._stop_reporting()
            self.settled.clear()
            self.welcomed.clear()
        code = socket.close_code or 1006
        if code == 4412:
            self._handshake.ended()
        if self._leaving is Leaving.NOT:
            self._say(closed(code))
        return code

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        """Do what one message asks for, and answer."""
        try:
            message = json.loads(text)
        except ValueError, RecursionError:
            message = None
        if not isinstance(message, dict):
            self._say(f"← what is no message: {text[:60]!r}")
            return
        kind = message.get("type")
        if kind == "error":
            self._say(f"← {describe(text)}")
        welcomed, waiting = self._handshake.welcomed, self._handshake.waiting
        for answer in self._handshake.receive(message):
            await socket.send_json(answer)
        if self._handshake.waiting and not waiting:
            self._wait()
        if not self._handshake.welcomed:
            return  # whoever says anything else has not shown who it is
        if kind == "welcome":
            if not welcomed:
                self._welcome(socket, message)
            self._take_interval(message)
        elif kind == "settings":
            self._take_interval(message)
        elif kind == "value":
            self._take_value(message)
        elif kind == "set":
            await self._command(socket, message)

    def _wait(self) -> None:
        self.accepted = True
        self.settled.set()
        if (code := self._handshake.code) is not None:
            self._on_code(self.name, code)
        else:
            self._say("waits to be accepted in Home Assistant; no code is needed")

    def _welcome(
        self, socket: aiohttp.ClientWebSocketResponse, message: Message
    ) -> None:
        self.accepted = True
        self._backoff.reset()
        self.settled.set()
        self.welcomed.set()
        self._say(f"welcome{_local_time(message)}")
        self._reporter = asyncio.create_task(self._report(socket))

    async def _report(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Describe the channels, then send readings until there are no more."""
        try:
            self._changed.clear()
            self._known = {}
            parts = in_parts(self.device.channels, PART_SIZE)
            for number, part in enumerate(parts, 1):
                message: Message = {"type": "channels", "channels": part}
                if number == len(parts):
                    message["final"] = True
                await socket.send_json(message)
            self._say(
                f"→ {len(self.device.channels)} channels, in {len(parts)} messages"
            )
            while not self._has_ended():
                await self._send_reading(socket)
                if self._options.sleeps:
                    await asyncio.sleep(AWAKE)
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.interval):
                        await self._changed.wait()
                self._changed.clear()
            self._leaving = Leaving.REPORTED
        except ConnectionError:
            pass  # the reader knows why, and says so
        finally:
            await socket.close()

    async def _send_reading(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Send what has changed, or all at the beginning of a connection."""
        reading = self.device.reading()
        news = {
            key: value
            for key, value in reading.items()
            if self._known.get(key) != value
        }
        self._known = reading
        await socket.send_json(news)
        self.sent += 1
        told = ", ".join(f"{key} {shown(value)}" for key, value in news.items())
        self._say(f"→ {told or 'nothing new'}")
        if (happened := self.device.event()) is not None:
            key, event = happened
            await socket.send_json({"type": "event", "key": key, "event": event})
            self._say(f"→ event: {key}, {event}")

    async def _stop_reporting(self) -> None:
        """End the reporter with its connection."""
        reporter, self._reporter = self._reporter, None
        if reporter is None:
            return
        if self._leaving is not Leaving.REPORTED:  # else it says goodbye just now
            reporter.cancel()
        await asyncio.wait({reporter})
        if not reporter.cancelled():
            reporter.result()  # a mistake in this program is not kept quiet

    async def _command(
        self, socket: aiohttp.ClientWebSocketResponse, message: Message
    ) -> None:
        """Carry out a command once, and answer it each time that it comes."""
        number = message.get("id")
        if type(number) is not int or not 1 <= number <= MAX_COMMAND:
            self._say("← a command without a number that it could have")
            return
        key = shown(message.get("key"))
        if self._last is not None and self._last["id"] == number:
            self._say(f"← set {key}, the same again: answers, and does nothing")
            await socket.send_json(self._last)
            return
        self._last = {"type": "result", "id": number, "ok": True}
        what = f"{key} {shown(message['value'])}" if "value" in message else key
        restarts = False
        try:
            done = self.device.act(message.get("key"), message.get("value"))
        except NotPossibleError as err:
            self._last |= {"ok": False, "message": str(err)}
            self._say(f"← set {what}: refuses. {err}")
        else:
            self.acted += 1
            restarts = done.restarts
            if done.value is not None:
                self._last["value"] = done.value
            self._say(f"← set {what}: {done.words}")
        if self._options.loses_results:
            self._say("  (the answer gets lost)")
        else:
            await socket.send_json(self._last)
        if restarts:
            self._leaving = Leaving.RESTARTING
            await socket.close()

    def _take_interval(self, message: Message) -> None:
        interval = message.get("interval")
        if not isinstance(interval, int | float) or isinstance(interval, bool):
            return
        if 1 <= interval <= 3600 and interval != self.interval:
            self.interval = interval
            self._changed.set()
            self._say(f"← reports every {interval:g} s from now on")

    def _take_value(self, message: Message) -> None:
        if not isinstance(key := message.get("key"), str):
            return
        self.values[key] = message.get("value")
        unit = f" {unit}" if isinstance(unit := message.get("unit"), str) else ""
        self._say(f"← {shown(key)} is {shown(message.get('value'))}{unit}")

    def _say(self, text: str) -> None:
        self._tell(self.name, text)


def shown(value: object) -> str:
    """Return a value from the wire as it fits into a line."""
    text = value if isinstance(value, str) and value.isprintable() else None
    return (text or json.dumps(value))[:60]


def _whole_interval(interval: float) -> int:
    """Return how many seconds at most pass between two messages, as `hello` has it."""
    return min(max(math.ceil(interval), 1), 86400)


def _local_time(message: Message) -> str:
    """Return what time it is at Home Assistant's, to be added to a sentence."""
    try:
        at = datetime.fromtimestamp(message["time"], UTC)
        at += timedelta(seconds=message["offset"])
    except KeyError, TypeError, ValueError, OverflowError, OSError:
        return ""
    return f"; it is {at:%H:%M} there"
