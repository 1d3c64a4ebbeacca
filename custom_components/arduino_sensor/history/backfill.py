"""Takes what boards have kept, and sees to it that it gets into the history once."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..channels import fit
from ..const import DOMAIN
from ..protocol import ChannelType, Problem, Value
from .batch import Reading, is_batch_id, parse_id, parse_readings
from .journal import Journal, Moment
from .mode import Mode, NotWrittenError
from .row import Row
from .thinning import Policy, Source

if TYPE_CHECKING:
    from ..board import Board
    from ..entity import ChannelEntity
    from .recording import Recording

_LOGGER = logging.getLogger(__name__)

MAX_WAITING: Final = 4
"""How many batches of a board can wait for their turn: it should send one at a time."""

TRIES: Final = 3
"""How often a batch is tried to be written before the board has to send it again."""

RETRY: Final = 30.0
"""How long it takes until the next try, in seconds."""

MAX_ENTITY_WAIT: Final = 40
"""How often to look whether the entity of a new channel is there yet."""

ENTITY_WAIT: Final = 0.05


class Backfill:
    """What all boards share: the journal, and the way into the database."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing to do."""
        self.journal = Journal(hass)
        self._hass = hass
        self._recording: Recording | None = None

    async def async_load(self) -> None:
        """Load what was begun before Home Assistant started, and find the recorder."""
        await self.journal.async_load()
        if "recorder" in self._hass.config.components:
            self._recording = await self._hass.async_add_import_executor_job(
                _make_recording, self._hass
            )
        if self._recording is not None:
            await self._recording.async_load()

    @property
    def mode(self) -> Mode:
        """Return what can be written of the past."""
        return Mode.NOTHING if self._recording is None else self._recording.mode

    @property
    def recording(self) -> Recording:
        """Return the way into the database, where there is one."""
        if self._recording is None:
            raise NotWrittenError("There is no recorder")
        return self._recording

    async def async_forget(self, entry_id: str) -> None:
        """Forget a board that was deleted."""
        await self.journal.async_forget(entry_id)


def _make_recording(hass: HomeAssistant) -> Recording | None:
    """Return the way into the database; None if the recorder is not as it was."""
    try:
        from .recording import Recording  # noqa: PLC0415
    except ImportError as err:
        _LOGGER.warning(
            "What boards have kept while they were away cannot be written into the "
            "history with this release of Home Assistant: %s",
            err,
        )
        return None
    return Recording(hass)


@dataclass(slots=True)
class _Job:
    """A batch that is to be written."""

    batch_id: str
    moments: list[Moment] | None
    """None if they are in the journal."""


class Past:
    """What one board hands over."""

    def __init__(self, backfill: Backfill, board: Board) -> None:
        """Begin with what was left unfinished, if there is something."""
        self._backfill = backfill
        self._board = board
        self._jobs: deque[_Job] = deque()
        self._task: asyncio.Task[None] | None = None
        self._warned = False
        self.taken = 0
        """How many batches are in the database since Home Assistant started."""
        if self.is_possible:
            unfinished = backfill.journal.unfinished(board.entry.entry_id)
            self._jobs.extend(_Job(batch_id, None) for batch_id in unfinished)
            self._work()

    @property
    def is_possible(self) -> bool:
        """Return whether a board may hand over what it has kept."""
        return self._backfill.mode is not Mode.NOTHING

    @property
    def waiting(self) -> int:
        """Return how many batches are not in the database yet."""
        return len(self._jobs)

    def as_dict(self) -> dict[str, Any]:
        """Return how it goes, for a bug report."""
        return {
            "written_as": self._backfill.mode.value,
            "batches": self.taken,
            "waiting": self.waiting,
        }

    @callback
    def take(self, message: Mapping[str, Any]) -> None:
        """Take a batch. It is acknowledged when it is in the database."""
        if not self.is_possible:
            # The board keeps it, and was not told to send it.
            return
        journal, entry_id = self._backfill.journal, self._board.entry.entry_id
        batch_id = parse_id(message)
        if isinstance(batch_id, Problem):
            self._refuse(batch_id, message)
        elif journal.is_done(entry_id, batch_id):
            self._acknowledge(batch_id)
        elif any(job.batch_id == batch_id for job in self._jobs):
            # It came again because this takes its time.
            return
        elif len(self._jobs) >= MAX_WAITING:
            self._board.report(
                Problem(
                    "too_many_batches",
                    f"{MAX_WAITING} batches wait to be written: send the next one when "
                    "the one before is acknowledged.",
                )
            )
        elif journal.moments(entry_id, batch_id) is not None:
            self._add(_Job(batch_id, None))
        else:
            self._take_readings(batch_id, message)

    def _take_readings(self, batch_id: str, message: Mapping[str, Any]) -> None:
        parsed = parse_readings(message, self._backfill.recording.longest)
        if isinstance(parsed, Problem):
            self._refuse(parsed, message)
            return
        readings, problems = parsed
        fitting = [(reading.age, self._fit(reading, problems)) for reading in readings]
        if problems:
            self._board.report(*problems)
        self._board.recall_past(fitting)
        now = dt_util.utcnow().timestamp()
        moments: list[Moment] = []
        for age, values in fitting:
            at = round(now - age, 3)
            if moments:
                # Each has a time of its own, so that their order stays.
                at = max(at, round(moments[-1][0] + 0.001, 3))
            moments.append((at, self._calibrated(values)))
        self._add(_Job(batch_id, moments))

    def _fit(self, reading: Reading, problems: list[Problem]) -> dict[str, Value]:
        """Return the values that channels can take; others are not known yet."""
        values: dict[str, Value] = {}
        for key, value in reading.values.items():
            if (channel := self._board.channels.get(key)) is None:
                continue
            fitting = fit(channel, value)
            if isinstance(fitting, Problem):
                problems.append(fitting)
            else:
                values[key] = fitting
        return values

    def _calibrated(self, values: dict[str, Value]) -> dict[str, Value]:
        channels = self._board.channels
        return {key: channels[key].calibrated(value) for key, value in values.items()}

    def _refuse(self, problem: Problem, message: Mapping[str, Any]) -> None:
        """Say that a batch will never be taken, so that it is not sent again."""
        batch_id = message.get("batch")
        self._board.refuse(problem, batch=batch_id if is_batch_id(batch_id) else None)

    def _acknowledge(self, batch_id: str) -> None:
        self._board.dialogue.send({"type": "ack", "batch": batch_id})

    # Writing: one batch after the other.

    def _add(self, job: _Job) -> None:
        self._jobs.append(job)
        self._work()

    def _work(self) -> None:
        if self._jobs and self._task is None:
            self._task = self._board.entry.async_create_background_task(
                self._board.hass,
                self._async_work(),
                f"history of {self._board.entry.title}",
            )

    async def _async_work(self) -> None:
        try:
            while self._jobs:
                job = self._jobs[0]
                if await self._async_try(job):
                    self.taken += 1
                    self._acknowledge(job.batch_id)
                self._jobs.popleft()
        finally:
            self._task = None

    async def _async_try(self, job: _Job) -> bool:
        """Write a batch; return whether that was done."""
        title = self._board.entry.title
        for left in reversed(range(TRIES)):
            try:
                await self._async_write(job)
            except Exception as err:  # noqa: BLE001
                # Whatever the database has: the board still has its readings.
                _LOGGER.debug("%s: batch %s: %r", title, job.batch_id, err)
                if not left:
                    _LOGGER.log(
                        logging.DEBUG if self._warned else logging.WARNING,
                        "What %s has kept could not be written into the history: %s. "
                        "It is tried again when the board sends it again",
                        title,
                        err or type(err).__name__,
                    )
                    self._warned = True
                    return False
                await asyncio.sleep(RETRY)
            else:
                self._warned = False
                return True
        return False

    async def _async_write(self, job: _Job) -> None:
        backfill, entry_id = self._backfill, self._board.entry.entry_id
        if job.moments is not None:
            await backfill.journal.async_begin(entry_id, job.batch_id, job.moments)
            job.moments = None
        moments = backfill.journal.moments(entry_id, job.batch_id)
        if moments is None:
            raise NotWrittenError("Other batches have taken its place")
        await self._async_wait_for_entities(moments)
        past, sources = self._past(moments)
        heard = [at for at, _ in moments]
        self._note_extremes(moments)
        await backfill.recording.async_write(past, heard, sources)
        await backfill.journal.async_finish(entry_id, job.batch_id)

    async def _async_wait_for_entities(self, moments: list[Moment]) -> None:
        """Give the entities of channels that were just described time to come."""
        registry = er.async_get(self._board.hass)
        keys = {key for _, values in moments for key in values}
        for _ in range(MAX_ENTITY_WAIT):
            if not any(self._is_missing(registry, key) for key in keys):
                return
            await asyncio.sleep(ENTITY_WAIT)

    def _is_missing(self, registry: er.EntityRegistry, key: str) -> bool:
        channel = self._board.channels.get(key)
        if channel is None or channel.type is ChannelType.NOTHING:
            return False
        if key in self._board.entities:
            return False
        entity_id = registry.async_get_entity_id(
            channel.kind.value, DOMAIN, f"{self._board.entry.entry_id}-{key}"
        )
        entity = registry.async_get(entity_id) if entity_id is not None else None
        return entity is None or not entity.disabled

    @callback
    def _past(
        self, moments: list[Moment]
    ) -> tuple[dict[str, list[Row]], dict[str, Source]]:
        """Return what each entity was at, and what is to be known of it."""
        past: dict[str, list[Row]] = {}
        sources: dict[str, Source] = {}
        for entity in self._board.entities.values():
            if not self._backfill.recording.is_recorded(entity.entity_id):
                continue
            rows = past[entity.entity_id] = []
            sources[entity.entity_id] = Source(entity.recorded_info, _policy(entity))
            channels = self._board.channels
            shown = {
                key: channels[key].value for key in entity.shown_keys if key in channels
            }
            for at, values in moments:
                said = {key: values[key] for key in shown if key in values}
                if not said:
                    continue
                shown |= said
                calculated = entity.async_calculate_past(shown)
                if calculated is not None:
                    rows.append(Row(at, *calculated))
        return past, sources

    @callback
    def _note_extremes(self, moments: list[Moment]) -> None:
        """Have statistics know also of what is not written of all this."""
        for at, values in moments:
            for key, value in values.items():
                channel = self._board.channels.get(key)
                if channel is not None and channel.pace.received is not None:
                    channel.pace.received.note_past(at, value)


def _policy(entity: ChannelEntity) -> Policy | None:
    """Return when the numbers of an entity are published; None if it is each time."""
    channel, pace = entity.channel, entity.channel.pace
    if channel.type is not ChannelType.NUMBER or len(entity.shown_keys) > 1:
        return None
    if not channel.pause and not pace.deadband:
        return None
    deadband = entity.scaled(pace.deadband)
    return Policy(channel.pause, channel.slack, pace.delay, pace.has_mean, deadband)
