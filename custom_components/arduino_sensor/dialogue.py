"""What a board and Home Assistant say to each other besides readings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .channels import Channel, check_event, fit
from .commands import Commands
from .connection import Connection
from .const import CONF_INTERVAL, DOMAIN
from .description import Description
from .hello import About, parse_hello
from .keyring import Keyring
from .protocol import Problem, Value, check_type
from .remembered import async_save_about, merge
from .rotation import Rotation

if TYPE_CHECKING:
    from .board import Board


@dataclass(slots=True)
class News:
    """What a board has said of itself and was not acted on yet: the latest counts."""

    about: About | None = None
    described: Mapping[str, Description] | None = None

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return self.about is not None or self.described is not None


class Dialogue:
    """One board's side of every conversation: who it is, commands, events."""

    def __init__(self, board: Board) -> None:
        """Begin without a connection."""
        self._board = board
        self._hass = board.hass
        self._entry = board.entry
        self._connection: Connection | None = None
        self._commands = Commands(board.entry)
        self.news = News()
        self._news_timer: asyncio.TimerHandle | None = None
        self._rotation: Rotation | None = None
        self._ready_listeners: list[CALLBACK_TYPE] = []

    # The connection.

    def connect(self, connection: Connection) -> None:
        """Talk over a connection from now on."""
        if connection is not self._connection:
            self._end_rotation()
        self._connection = connection
        if self.ready:
            self._begin()

    def disconnect(self) -> None:
        """End what was asked of the board and has no answer yet."""
        self._connection = None
        self._commands.disconnect()
        self._end_rotation()

    def _end_rotation(self) -> None:
        if self._rotation is not None:
            self._rotation.end()

    def close(self) -> None:
        """End everything: the board's entry is unloaded. News waits for the next."""
        if self._news_timer is not None:
            self._news_timer.cancel()
            self._news_timer = None
        self.disconnect()

    def resume(self, news: News) -> None:
        """Go on with news that had to wait when the entry was unloaded."""
        self.news = news
        if news:
            # Not before the entities are there.
            self._news_timer = self._hass.loop.call_later(1, self._act_again)

    @property
    def ready(self) -> bool:
        """Return whether the board takes messages: it is there, and was welcomed."""
        return self._connection is not None and (
            self._connection.session is None or self._connection.session.welcomed
        )

    @callback
    def async_on_ready(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener whenever messages can be sent to the board from now on."""
        self._ready_listeners.append(listener)
        if self.ready:
            listener()
        return lambda: self._ready_listeners.remove(listener)

    def _begin(self) -> None:
        assert self._connection is not None
        self._commands.connect(self._connection)
        for listener in self._ready_listeners:
            listener()

    # To the board.

    @callback
    def send(self, message: dict[str, Any]) -> None:
        """Send a message, if the board takes any now."""
        if self._connection is not None and self.ready:
            self._connection.send(message)

    async def async_set(self, channel: Channel, value: Value) -> Value:
        """Have the board set a channel, and show what it is at then.

        Return what the board says of that, if it does. Raises HomeAssistantError when
        it is not done.
        """
        answer = await self._commands.async_set(channel.key, value)
        settled = None if answer is None else fit(channel, answer)
        if settled is None or isinstance(settled, Problem):
            settled = fit(channel, value)
        if not isinstance(settled, Problem):
            self._board.show(channel, settled)
        return answer

    async def async_press(self, channel: Channel) -> None:
        """Press a button of the board; raises HomeAssistantError as async_set does."""
        await self._commands.async_set(channel.key)

    async def async_send(self, data: Any) -> Any:
        """Send a person's own message, and return what the board answers.

        Raises HomeAssistantError as async_set does.
        """
        return await self._commands.async_send(data)

    @callback
    def async_set_interval(self, seconds: float) -> None:
        """Have the board report this often, now and after every new connection."""
        self._hass.config_entries.async_update_entry(
            self._entry, options={**self._entry.options, CONF_INTERVAL: seconds}
        )
        self.send({"type": "settings", "interval": seconds})
        self._board.look_again()

    async def async_replace_key(self) -> None:
        """Agree on a new key; raises HomeAssistantError when the board does not."""
        connection = self._connection
        if connection is None or connection.session is None or not self.ready:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="board_away",
                translation_placeholders={"board": self._entry.title},
            )
        if self._rotation is not None:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="key_is_being_replaced",
                translation_placeholders={"board": self._entry.title},
            )
        self._rotation = Rotation(
            connection, connection.session, Keyring(self._hass), self._entry.title
        )
        try:
            await self._rotation.async_run()
        finally:
            self._rotation = None
        self._welcome()

    # From the board.

    @callback
    def receive(self, values: dict[str, Any]) -> None:
        """Take a message that is no reading."""
        kind = values["type"]
        if type(kind) is str and (take := self._TAKE.get(kind)) is not None:
            take(self, values)
        elif (problem := check_type(values)) is not None:
            # Later versions may have more types, so this is not counted as rejected.
            self._board.reporter.tell(self._connection, problem)

    def _hello(self, values: Mapping[str, Any]) -> None:
        """Take note of who the board is, and welcome it."""
        hello, problems = parse_hello(values)
        if problems:
            self._board.report(*problems)
        self.news.about = hello.about if hello.about != self._board.about else None
        self._report_each(self._act())
        session = None if self._connection is None else self._connection.session
        if session is None or not session.welcomed:
            self._welcome()

    def _learn(self, about: About) -> None:
        self._board.about = about
        async_save_about(self._hass, self._entry, about)
        self._board.look_again()

    def _act(self) -> list[Problem]:
        """Act on news, or after a while if there was much of it lately.

        Return what Home Assistant refuses of it.
        """
        problems: list[Problem] = []
        while self._news_timer is None and self.news:
            if (wait := self._board.allowance.take()) > 0:
                self._news_timer = self._hass.loop.call_later(wait, self._act_again)
            elif (about := self.news.about) is not None:
                self.news.about = None
                self._learn(about)
            elif (described := self.news.described) is not None:
                self.news.described = None
                # There may be other channels since.
                merged, _ = merge(self._board.channels, described)
                problems += self._board.replace_channels(merged)
        return problems

    def _act_again(self) -> None:
        self._news_timer = None
        self._report_each(self._act())

    def _welcome(self) -> None:
        """Tell the board that it is accepted, and what it is to know."""
        if (connection := self._connection) is None:
            return
        now = dt_util.now()
        welcome: dict[str, Any] = {
            "type": "welcome",
            "time": int(now.timestamp()),
            "offset": int((now.utcoffset() or timedelta()).total_seconds()),
        }
        if (interval := self._entry.options.get(CONF_INTERVAL)) is not None:
            welcome["interval"] = interval
        if (session := connection.session) is not None:
            welcome["proof"] = session.proof
            session.welcomed = True
        if self._board.past is not None and self._board.past.is_possible:
            welcome["backlog"] = True
        connection.send(welcome)
        self._begin()

    def _describe(self, values: Mapping[str, Any]) -> None:
        """Take a part of the description, and act on it when it is whole."""
        if self._connection is None:
            return
        described, problems = self._connection.collector.take(values)
        if described is not None:
            problems += self._take_description(described)
        self._report_each(problems)

    def describe(self, described: Mapping[str, Description]) -> None:
        """Act on a description of all channels, if it has news."""
        self._report_each(self._take_description(described))

    def _take_description(self, described: Mapping[str, Description]) -> list[Problem]:
        merged, problems = merge(self._board.channels, described)
        if merged == self._board.channels:
            self.news.described = None
            # The author is told again: the first time, nobody may have looked.
            return problems + self._board.refused
        self.news.described = described
        return problems + self._act()

    def _report_each(self, problems: list[Problem]) -> None:
        if problems:
            self._board.report_each(*problems)

    def _event(self, values: Mapping[str, Any]) -> None:
        """Tell an entity of something that happened."""
        key = values.get("key")
        channel = self._board.channels.get(key) if isinstance(key, str) else None
        event = check_event(channel, values)
        if isinstance(event, Problem):
            self._board.report(event)
        elif channel is not None:
            self._board.happened(channel, event)

    def _result(self, values: Mapping[str, Any]) -> None:
        """Take the answer to a command."""
        if (problem := self._commands.receive_result(values)) is not None:
            self._board.report(problem)

    def _past(self, values: Mapping[str, Any]) -> None:
        """Take readings that the board has kept."""
        if self._board.past is not None:
            self._board.past.take(values)

    def _rotate(self, values: Mapping[str, Any]) -> None:
        """Take a part of the agreement on a new key."""
        if self._rotation is None:
            return
        if (problem := self._rotation.receive(values)) is not None:
            self._board.report(problem)

    _TAKE: ClassVar = {
        "hello": _hello,
        "channels": _describe,
        "event": _event,
        "backlog": _past,
        "result": _result,
        "pair": _rotate,
        "reveal": _rotate,
        "proof": _rotate,
    }
