"""What is done in the recorder's own thread, where nothing comes in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import logging
from typing import override

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.components.recorder.util import session_scope

from .database import is_there, kind_of, plan_statistics, read_states, write_statistics
from .row import Row

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class SettleTask(RecorderTask):
    """Looks whether states got into the database, and sets their statistics right.

    What was queued before this task is committed when it runs.
    """

    written: Mapping[str, Sequence[Row]]
    """The states that should be there, by entity."""
    past: Mapping[str, Sequence[Row]]
    """All that the batch says of each entity."""
    done: Callable[[bool | Exception], None]
    """Is told whether the states are there, or what went wrong."""

    @override
    def run(self, instance: Recorder) -> None:
        """Do it."""
        try:
            result: bool | Exception = self._settle(instance)
        except Exception as err:  # noqa: BLE001
            # Whoever waits tells of it.
            result = err
        instance.hass.loop.call_soon_threadsafe(self.done, result)

    def _settle(self, instance: Recorder) -> bool:
        with session_scope(session=instance.get_session(), read_only=True) as session:
            for entity_id, rows in self.written.items():
                if rows and not is_there(
                    read_states(instance, session, entity_id, rows[0].at), rows
                ):
                    return False
        self._know_the_oldest(instance)
        for entity_id, rows in self.past.items():
            if not rows or (kind := kind_of(entity_id, rows[-1].attributes)) is None:
                continue
            with session_scope(session=instance.get_session()) as session:
                change = plan_statistics(instance, session, entity_id, kind, rows)
                if change is not None:
                    write_statistics(instance, session, change)
        return True

    def _know_the_oldest(self, instance: Recorder) -> None:
        """Have the recorder know that there are older states than it thought.

        It looks for nothing that is from before its oldest state.
        """
        written = [rows[0].at for rows in self.written.values() if rows]
        oldest = instance.states_manager.oldest_ts
        if written and (oldest is None or min(written) < oldest):
            with session_scope(
                session=instance.get_session(), read_only=True
            ) as session:
                instance.states_manager.load_from_db(session)
