"""Has rows of statistics take in numbers that never were states."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
import logging
from typing import Final, override

from sqlalchemy import update
from sqlalchemy.orm import Session

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import StatisticMetaData
from homeassistant.components.recorder.statistics import UNIT_CLASS_TO_UNIT_CONVERTER
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.components.recorder.util import session_scope
from homeassistant.components.sensor.recorder import EQUIVALENT_UNITS

from .database import Table, read_runs
from .extremes import Widening
from .periods import HOUR, period_of

_LOGGER = logging.getLogger(__name__)

_TABLES: Final[tuple[Table, ...]] = (StatisticsShortTerm, Statistics)


@dataclass(slots=True)
class WidenTask(RecorderTask):
    """Widens `min` and `max` of rows, of the hours too where there is a row already."""

    widenings: Sequence[Widening]
    done: Callable[[set[int]], None]
    """Is told of the periods that Home Assistant has been through, and so need not be
    tried again."""

    @override
    def run(self, instance: Recorder) -> None:
        """Do it."""
        try:
            with session_scope(session=instance.get_session()) as session:
                wanted = {one.start for one in self.widenings}
                starts = wanted & read_runs(session, min(wanted))
                _widen(
                    instance,
                    session,
                    [one for one in self.widenings if one.start in starts],
                )
        except Exception as err:  # noqa: BLE001
            # It is tried again when there are the next statistics.
            _LOGGER.debug("Statistics lack their extremes: %r", err)
            return
        instance.hass.loop.call_soon_threadsafe(self.done, starts)


def _widen(instance: Recorder, session: Session, widenings: Sequence[Widening]) -> None:
    known = instance.statistics_meta_manager.get_many(
        session, statistic_ids={one.entity_id for one in widenings}
    )
    for entity_id, group in groupby(widenings, lambda one: one.entity_id):
        if entity_id not in known:
            continue
        metadata_id, metadata = known[entity_id]
        for widening in group:
            for value in _converted(widening, metadata):
                _take_in(session, metadata_id, widening.start, value)


def _converted(widening: Widening, metadata: StatisticMetaData) -> Iterator[float]:
    """Yield both values in the unit of the statistics, if they can be told in that."""
    given, wanted = widening.unit, metadata["unit_of_measurement"]
    values = widening.least, widening.most
    if EQUIVALENT_UNITS.get(given, given) == EQUIVALENT_UNITS.get(wanted, wanted):
        yield from values
        return
    converter = UNIT_CLASS_TO_UNIT_CONVERTER.get(metadata["unit_class"])
    if converter is None or not {given, wanted} <= converter.VALID_UNITS:
        return
    convert = converter.converter_factory(given, wanted)
    for value in values:
        # Such as 0 kWh/100km in km/kWh.
        try:
            yield convert(value)
        except ArithmeticError, TypeError:
            continue


def _take_in(session: Session, metadata_id: int, start: int, value: float) -> None:
    """Have the rows of a period, and of its hour, take in a value."""
    for table, begin in zip(_TABLES, (start, period_of(start, HOUR)), strict=True):
        row = table.metadata_id == metadata_id, table.start_ts == begin
        for change in (
            update(table).where(*row, table.min > value).values(min=value),
            update(table).where(*row, table.max < value).values(max=value),
        ):
            session.execute(change.execution_options(synchronize_session=False))
