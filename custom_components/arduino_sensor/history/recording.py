"""Writes the past into the recorder's database, in one of two ways.

The first one is the recorder's own queue, so that states are there as if they had come
in time; statistics are set right behind them. The queue is no interface that Home
Assistant promises, so it is tried before it is relied upon. Where it does not do, only
statistics are written, through the import that Home Assistant has for that.
"""

from annotationlib import Format
import asyncio
from collections.abc import Mapping, Sequence
import inspect
import logging
from typing import Any, Final, cast

from homeassistant.components.recorder import Recorder, get_instance, is_entity_recorded
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import StatisticData
from homeassistant.components.recorder.util import session_scope
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.util import dt as dt_util

from .database import Change, Known, kind_of, plan_statistics, read_known
from .extremes import async_get_extremes
from .merging import merge
from .mode import Mode, NotWrittenError
from .periods import Periods
from .row import Row
from .thinning import Source, reach

_LOGGER = logging.getLogger(__name__)

PATIENCE: Final = 300.0
"""How long the recorder may be busy with other things, in seconds."""


MAX_UNWRITTEN: Final = 4096
"""How many states of an entity are remembered that could not be written."""


class Recording:
    """The way into the database."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without having looked what the recorder takes."""
        self._hass = hass
        self._mode: Mode | None = None
        self._unwritten: dict[str, list[Row]] = {}

    async def async_load(self) -> None:
        """Load what statistics lacked when Home Assistant was last stopped."""
        if (extremes := async_get_extremes(self._hass)) is not None:
            await extremes.async_load()

    @property
    def mode(self) -> Mode:
        """Return what can be written."""
        if self._mode is None:
            self._mode = self._probe()
        return self._mode

    def _probe(self) -> Mode:
        """Look whether what is needed is there, and takes what it is given."""
        try:
            # Here and not above: it would not load where there are no such tasks.
            from .recorder_task import SettleTask  # noqa: PLC0415

            for needed, arguments in (
                (Recorder.queue_task, ("self", "task")),
                (Event, ("event_type", "data", "time_fired_timestamp")),
                (State, ("last_changed", "last_reported", "last_updated")),
                (SettleTask.run, ("instance",)),
            ):
                inspect.signature(needed, annotation_format=Format.STRING).bind_partial(
                    **dict.fromkeys(arguments)
                )
        except Exception as err:  # noqa: BLE001
            # Whatever has changed, it is no reason to do without boards.
            return self._only_statistics(err)
        return Mode.ALL

    def _only_statistics(self, reason: object) -> Mode:
        _LOGGER.warning(
            "This release of Home Assistant takes no states of the past (%s). What "
            "boards have kept while they were away is written to the statistics only",
            reason,
        )
        self._mode = Mode.STATISTICS
        return self._mode

    @property
    def longest(self) -> float:
        """Return how old a reading can be, in seconds.

        States are deleted once a day; an hour is made from all of its states.
        """
        instance = get_instance(self._hass)
        return instance.keep_days * 86400.0 - 3600

    def is_recorded(self, entity_id: str) -> bool:
        """Return whether a person wants to have an entity's history."""
        return is_entity_recorded(self._hass, entity_id)

    async def async_write(
        self,
        past: Mapping[str, Sequence[Row]],
        heard: Sequence[float],
        sources: Mapping[str, Source],
    ) -> None:
        """Write what entities were at, which may be there in part; return when it is."""
        if not past or not heard:
            return
        instance = get_instance(self._hass)
        if not (instance.recording and instance.enabled):
            raise NotWrittenError("The recorder does not record")
        async with asyncio.timeout(PATIENCE):
            # What came live is there then.
            await instance.async_block_till_done()
            if self.mode is not Mode.ALL or not await self._async_write_all(
                instance, past, heard, sources
            ):
                await self._async_write_statistics(instance, past, sources)
        if (extremes := async_get_extremes(self._hass)) is not None:
            extremes.async_widen_again(heard[0])

    async def _async_write_all(
        self,
        instance: Recorder,
        past: Mapping[str, Sequence[Row]],
        heard: Sequence[float],
        sources: Mapping[str, Source],
    ) -> bool:
        from .recorder_task import SettleTask  # noqa: PLC0415

        known = await instance.async_add_executor_job(
            _read_known, instance, list(past), heard[0], sources
        )
        now = dt_util.utcnow().timestamp()
        new = {
            entity_id: merge(
                known[entity_id].rows,
                rows,
                heard,
                known[entity_id].before,
                sources[entity_id].policy,
                now,
            )
            for entity_id, rows in past.items()
        }
        settled: asyncio.Future[bool] = self._hass.loop.create_future()

        def _done(result: bool | Exception) -> None:
            if settled.done():
                return
            if isinstance(result, Exception):
                settled.set_exception(result)
            else:
                settled.set_result(result)

        # All at once, so that nothing comes in between.
        for entity_id, rows in new.items():
            for row in rows:
                instance.queue_task(_event(entity_id, row, sources[entity_id].info))
        instance.queue_task(
            SettleTask(
                new,
                {
                    entity_id: sorted([*rows, *new[entity_id]], key=lambda row: row.at)
                    for entity_id, rows in past.items()
                },
                _done,
            )
        )
        if await settled:
            return True
        if not (instance.recording and instance.enabled):
            raise NotWrittenError("The recorder does not record")
        self._only_statistics("they are not there after they were written")
        return False

    async def _async_write_statistics(
        self,
        instance: Recorder,
        past: Mapping[str, Sequence[Row]],
        sources: Mapping[str, Source],
    ) -> None:
        changes, unwritten = await instance.async_add_executor_job(
            _plan, instance, past, self._unwritten, sources
        )
        self._unwritten = unwritten
        for change in changes:
            for table, (old, new) in (
                (StatisticsShortTerm, change.five_minutes),
                (Statistics, change.hours),
            ):
                instance.async_import_statistics(
                    change.metadata, _as_data(old, new), table
                )
        await instance.async_block_till_done()


def _event(entity_id: str, row: Row, info: Any) -> Event[Any]:
    """Return what the recorder would have been told at the time."""
    at = dt_util.utc_from_timestamp(row.at)
    state = State(
        entity_id,
        row.state,
        row.attributes,
        last_changed=at,
        last_reported=at,
        last_updated=at,
        state_info=info,
    )
    return Event(
        EVENT_STATE_CHANGED,
        {"entity_id": entity_id, "old_state": None, "new_state": state},
        time_fired_timestamp=row.at,
    )


def _read_known(
    instance: Recorder,
    entity_ids: Sequence[str],
    first: float,
    sources: Mapping[str, Source],
) -> dict[str, Known]:
    with session_scope(session=instance.get_session(), read_only=True) as session:
        return {
            entity_id: read_known(
                instance, session, entity_id, first - reach(sources[entity_id].policy)
            )
            for entity_id in entity_ids
        }


def _plan(
    instance: Recorder,
    past: Mapping[str, Sequence[Row]],
    unwritten: Mapping[str, list[Row]],
    sources: Mapping[str, Source],
) -> tuple[list[Change], dict[str, list[Row]]]:
    """Return what becomes of statistics where states cannot be written.

    The states of the batches before count as well, and are returned with the new ones.
    """
    changes: list[Change] = []
    all_unwritten = dict(unwritten)
    with session_scope(session=instance.get_session(), read_only=True) as session:
        for entity_id, rows in past.items():
            if not rows or (kind := kind_of(entity_id, rows[-1].attributes)) is None:
                continue
            policy = sources[entity_id].policy
            known = read_known(instance, session, entity_id, rows[0].at - reach(policy))
            before = unwritten.get(entity_id, [])
            there = sorted([*known.rows, *before], key=lambda row: row.at)
            new = merge(
                there,
                rows,
                [row.at for row in rows],
                known.before,
                policy,
                dt_util.utcnow().timestamp(),
            )
            extra = all_unwritten[entity_id] = [*before, *new][-MAX_UNWRITTEN:]
            change = plan_statistics(instance, session, entity_id, kind, rows, extra)
            if change is not None:
                changes.append(change)
    return changes, all_unwritten


def _as_data(old: Periods, new: Periods) -> list[StatisticData]:
    return [
        cast(
            "StatisticData", {"start": dt_util.utc_from_timestamp(at), **row._asdict()}
        )
        for at, row in new.items()
        if row != old.get(at)
    ]
