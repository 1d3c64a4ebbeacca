"""The cryptography of the boards' library, compiled for this machine.

Its tests are programs in `firmware/tests`.
"""

from pathlib import Path
from typing import Final

import pytest

from .building import CHECKED, COMPILE, INCLUDE, PROGRAMS, SOURCES, Workshop, run
from .crypto_vectors import header

# What a key goes through.
UNITS: Final = tuple(
    SOURCES / "sensorboard" / f"{name}.cpp"
    for name in ("Bytes", "Sha256", "X25519", "Keys")
)


@pytest.fixture(scope="module")
def vectors(workshop: Workshop) -> Path:
    """Return the folder of the header with the vectors."""
    return workshop.write("crypto_vectors.h", header()).parent


@pytest.mark.parametrize("name", ["hash_test", "x25519_test", "keys_test"])
def test_program(workshop: Workshop, vectors: Path, name: str) -> None:
    """What comes out is right, and no sanitizer has anything to say."""
    run(workshop.program(CHECKED, "check", name, more=(f"-I{vectors}",)))


def test_leaves_no_secret_behind(workshop: Workshop) -> None:
    """What was computed with has been wiped, as the boards' compilers optimize.

    The sanitizers need so many registers that some are saved on the stack, where the
    program looks; and so does finding a function when it is called first.
    """
    compiler = (*COMPILE, *INCLUDE, "-Os")
    parts = [PROGRAMS / f"{part}.cpp" for part in ("check", "wiping_test")]
    objects = workshop.objects(compiler, parts)
    library = workshop.archive(workshop.objects(compiler, UNITS))
    program = workshop.link(
        "wiping_test", (*compiler, "-pthread", "-Wl,-z,now"), *objects, library
    )
    run(program)


@pytest.mark.parametrize("optimization", ["-Os", "-O2", "-O3"])
def test_takes_the_same_way_for_every_secret(
    workshop: Workshop, optimization: str
) -> None:
    """Which instructions run does not depend on keys, however it is compiled."""
    compiler = (*COMPILE, *INCLUDE, optimization)
    traced = workshop.objects((*compiler, "-fsanitize-coverage=trace-pc"), UNITS)
    test = workshop.objects(compiler, [PROGRAMS / "constant_time_test.cpp"])
    run(workshop.link("constant_time_test", compiler, *test, *traced))
