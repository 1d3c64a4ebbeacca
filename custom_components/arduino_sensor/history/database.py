"""What is read from the recorder's database, and how statistics get into it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from homeassistant.components.recorder import Recorder, history
from homeassistant.components.recorder.db_schema import (
    StateAttributes,
    States,
    Statistics,
    StatisticsRuns,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.models import (
    StatisticMetaData,
    process_timestamp,
)
from homeassistant.components.recorder.statistics import (
    cache_latest_short_term_statistic_id_for_metadata_id,
    get_short_term_statistics_run_cache,
)
from homeassistant.components.sensor import ATTR_STATE_CLASS, DOMAIN as SENSOR
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import split_entity_id
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads_object

from .measuring import KINDS, measure
from .periods import (
    FIVE_MINUTES,
    HOUR,
    Kind,
    Period,
    Periods,
    hours,
    period_of,
    replace_periods,
)
from .row import Row

type Table = type[Statistics | StatisticsShortTerm]

_FIELDS: Final = Period._fields


class Known(NamedTuple):
    """What the database has of an entity."""

    rows: list[Row]
    """Its states; the first one may be from before the time that was asked for."""
    before: Row | None
    """Its last state before those, if the first one is its being unavailable."""


class Change(NamedTuple):
    """What becomes of the statistics of an entity."""

    metadata: StatisticMetaData
    metadata_id: int | None
    """None if it has none yet."""
    five_minutes: tuple[Periods, Periods]
    """As they are, and as they should be."""
    hours: tuple[Periods, Periods]


def read_states(
    instance: Recorder, session: Session, entity_id: str, since: float
) -> list[Row]:
    """Return the states of an entity from a time on, and what it was at then."""
    states = history.get_full_significant_states_with_session(
        instance.hass,
        session,
        dt_util.utc_from_timestamp(since) - datetime.resolution,
        entity_ids=[entity_id],
        significant_changes_only=False,
    )
    return [
        Row(state.last_updated_timestamp, state.state, state.attributes)
        for state in states.get(entity_id, ())
    ]


def read_known(
    instance: Recorder, session: Session, entity_id: str, since: float
) -> Known:
    """Return what a batch whose first reading is from a time is compared with."""
    rows = read_states(instance, session, entity_id, since)
    before = None
    if rows and rows[0].state == STATE_UNAVAILABLE:
        before = _last_available(instance, session, entity_id, rows[0].at)
    if rows and rows[0].at <= since:
        # It is told with that time, and is from some time before.
        rows[0] = rows[0]._replace(at=since - HOUR)
    return Known(rows, before)


def _last_available(
    instance: Recorder, session: Session, entity_id: str, until: float
) -> Row | None:
    metadata_id = instance.states_meta_manager.get(entity_id, session, False)
    found = session.execute(
        select(States.last_updated_ts, States.state, StateAttributes.shared_attrs)
        .outerjoin(
            StateAttributes, States.attributes_id == StateAttributes.attributes_id
        )
        .where(
            States.metadata_id == metadata_id,
            States.last_updated_ts < until,
            States.state != STATE_UNAVAILABLE,
        )
        .order_by(States.last_updated_ts.desc())
        .limit(1)
    ).first()
    if found is None or not found.state:
        # Or it was removed then.
        return None
    attributes = json_loads_object(found.shared_attrs) if found.shared_attrs else {}
    return Row(found.last_updated_ts, found.state, attributes)


def kind_of(entity_id: str, attributes: Mapping[str, Any]) -> Kind | None:
    """Return what statistics an entity has."""
    if split_entity_id(entity_id)[0] != SENSOR:
        return None
    return KINDS.get(attributes.get(ATTR_STATE_CLASS))  # type: ignore[arg-type]


def plan_statistics(
    instance: Recorder,
    session: Session,
    entity_id: str,
    kind: Kind,
    past: Sequence[Row],
    extra: Iterable[Row] = (),
) -> Change | None:
    """Return what becomes of an entity's statistics by what is in the past now.

    `extra` is what is not among its states in the database.
    """
    first, last = past[0].at, past[-1].at
    # Whole hours, since hourly rows are made from all of their parts.
    begin = period_of(first, HOUR)
    rows = [*read_states(instance, session, entity_id, begin), *extra]
    rows.sort(key=lambda row: row.at)
    metadata = instance.statistics_meta_manager.get_many(
        session, statistic_ids={entity_id}
    )
    metadata_id, old = metadata.get(entity_id, (None, None))
    if (measured := measure(entity_id, kind, rows, old)) is None:
        return None
    kept = _read_periods(session, StatisticsShortTerm, metadata_id, begin)
    runs = read_runs(session, begin)
    touched = period_of(first)
    before = max((start for start in kept if start < touched), default=None)
    five = {start: row for start, row in kept.items() if start < touched}
    five |= replace_periods(
        kind,
        measured.points,
        first,
        last,
        runs,
        kept,
        kept[before]
        if before is not None
        else _read_before(session, metadata_id, begin),
    )
    # What Home Assistant has not got to yet is not there, or not ours.
    five |= {start: row for start, row in kept.items() if start not in runs}
    long = _read_periods(session, Statistics, metadata_id, begin)
    wanted = hours(kind, five, begin, runs)
    over = {period_of(start, HOUR) for start in runs if _ends_hour(start)}
    # Nor are hours ours of which a person has had the parts deleted.
    over &= {period_of(start, HOUR) for start in kept}
    wanted |= {start: row for start, row in long.items() if start not in over}
    return Change(measured.metadata, metadata_id, (kept, five), (long, wanted))


def _ends_hour(start: int) -> bool:
    return start % HOUR == HOUR - FIVE_MINUTES


def read_runs(session: Session, since: int) -> set[int]:
    """Return the periods, from a time on, that Home Assistant has been through."""
    found = session.execute(
        select(StatisticsRuns.start).where(
            StatisticsRuns.start >= dt_util.utc_from_timestamp(since)
        )
    )
    return {int(process_timestamp(start).timestamp()) for (start,) in found}


def _columns(table: Table) -> list[Any]:
    return [getattr(table, name) for name in _FIELDS]


def _read_periods(
    session: Session, table: Table, metadata_id: int | None, since: int
) -> Periods:
    if metadata_id is None:
        return {}
    found = session.execute(
        select(table.start_ts, *_columns(table)).where(
            table.metadata_id == metadata_id, table.start_ts >= since
        )
    )
    return {int(start): Period(*row) for start, *row in found}


def _read_before(
    session: Session, metadata_id: int | None, until: int
) -> Period | None:
    if metadata_id is None:
        return None
    found = session.execute(
        select(*_columns(StatisticsShortTerm))
        .where(
            StatisticsShortTerm.metadata_id == metadata_id,
            StatisticsShortTerm.start_ts < until,
        )
        .order_by(StatisticsShortTerm.start_ts.desc())
        .limit(1)
    ).first()
    return None if found is None else Period(*found)


def write_statistics(instance: Recorder, session: Session, change: Change) -> None:
    """Write the difference. This is for the recorder's own thread."""
    metadata_id = change.metadata_id
    manager = instance.statistics_meta_manager
    entity_id = change.metadata["statistic_id"]
    _, metadata_id = manager.update_or_add(
        session,
        change.metadata,
        manager.get_many(session, statistic_ids={entity_id}),
    )
    _write_periods(session, StatisticsShortTerm, metadata_id, *change.five_minutes)
    _write_periods(session, Statistics, metadata_id, *change.hours)
    session.flush()
    # Sums go on from the latest row, which may be one of these.
    cache_latest_short_term_statistic_id_for_metadata_id(
        get_short_term_statistics_run_cache(instance.hass), session, metadata_id
    )


def _write_periods(
    session: Session, table: Table, metadata_id: int, old: Periods, new: Periods
) -> None:
    for start in old.keys() - new.keys():
        session.execute(
            delete(table).where(
                table.metadata_id == metadata_id, table.start_ts == start
            )
        )
    for start, row in new.items():
        if start not in old:
            session.add(
                table(metadata_id=metadata_id, start_ts=float(start), **row._asdict())
            )
        elif row != old[start]:
            session.execute(
                update(table)
                .where(table.metadata_id == metadata_id, table.start_ts == start)
                .values(**row._asdict())
                .execution_options(synchronize_session=False)
            )


def is_there(known: Sequence[Row], written: Sequence[Row]) -> bool:
    """Return whether rows that were written are among those that were read."""
    there = {(round(row.at, 3), row.state) for row in known}
    return all((round(row.at, 3), row.state) in there for row in written)
