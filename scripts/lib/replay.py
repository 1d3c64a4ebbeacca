"""What a board has sent, from a diagnostics download, as it can be sent again."""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from .readings import Frame, Pause

# Long enough for the answers to the last message.
AFTERWARDS = 1.0


@dataclass(frozen=True)
class Recording:
    """The messages of a board, the oldest first."""

    sent: list[tuple[float, str]]
    """How many seconds before the download, and the message."""

    skipped: int
    """Messages of the board that the download has only the type of."""

    def frames(self, speed: float = 1.0) -> Iterator[Frame]:
        """Yield the messages with their pauses, `speed` times as fast as they came."""
        earlier: float | None = None
        for age, text in self.sent:
            if earlier is not None and earlier > age:
                yield Pause((earlier - age) / speed)
            earlier = age
            yield text
        yield Pause(AFTERWARDS)


def read_recording(path: Path) -> Recording:
    """Return what a diagnostics download has of its board's messages.

    Raises ValueError, with a sentence for who gave the file, when it has nothing.
    """
    try:
        download = json.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise ValueError(f"{path} cannot be read: {err.strerror}") from err
    except ValueError as err:
        raise ValueError(f"{path} is not JSON, as a diagnostics download is") from err
    try:
        found: list[dict[str, Any]] = download["data"]["link"]["frames"]
        came = [frame for frame in found if frame["direction"] == "in"]
        sent = [
            (float(frame["age"]), str(frame["frame"]))
            for frame in came
            if "frame" in frame
        ]
    except (KeyError, TypeError, ValueError) as err:
        raise ValueError(f"{path} has no messages of a board in it") from err
    # Stable, so that messages of one age stay in the order in which they came.
    sent.sort(key=lambda message: -message[0])
    return Recording(sent, skipped=len(came) - len(sent))
