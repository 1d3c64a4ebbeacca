"""What a sketch does with its board, and what goes over the wire then.

Its tests are programs in `firmware/tests`, compiled for this machine: sketches at the
end of a cable or in a network, with a Home Assistant that follows a script, and a clock
that they move.
"""

from typing import Final

import pytest

from .building import CHECKED, PROGRAMS, Workshop, run

HELPERS: Final = (
    *("FakeChip", "check_apart"),
    *("stubs/FakeClock", "stubs/FakePins", "stubs/Print"),
)

# For the compiler, this is an Uno: it has little room, and no network. But its numbers
# are longer than the conversions take into account.
SMALL: Final = (
    *("-D__AVR__", "-DRAMEND=0x8ff", "-Wno-conversion"),
    *("-DSENSORBOARD_CHANNELS=32", "-DSENSORBOARD_NOTES=128"),
    *("-idirafter", PROGRAMS / "cores" / "avr"),
)
FOR_SMALL: Final = (
    *("answer_test", "cable_test", "command_test", "event_test", "input_test"),
    *("message_test", "reading_test", "slow_test"),
)
FOR_ALL: Final = (
    *("channel_test", "conversation_test", "online_test", "sleep_test"),
    *FOR_SMALL,
)

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("name", FOR_ALL)
def test_program(workshop: Workshop, name: str) -> None:
    """What the program tests is right, and no sanitizer has anything to say."""
    run(workshop.program(CHECKED, *HELPERS, "ScriptedHub", name))


@pytest.mark.parametrize("name", FOR_SMALL)
def test_small_program(workshop: Workshop, name: str) -> None:
    """The same where the library is another one, for boards with little room."""
    run(workshop.program((*CHECKED, *SMALL), *HELPERS, name))
