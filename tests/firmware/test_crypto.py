"""The cryptography of the boards' library, compiled for this machine.

Its tests are programs in `firmware/tests`.
"""

from pathlib import Path
import subprocess
from typing import Final

import pytest

from .crypto_vectors import write_header

ROOT: Final = Path(__file__).parent.parent.parent
SOURCES: Final = ROOT / "firmware" / "src"
PROGRAMS: Final = ROOT / "firmware" / "tests"

COMPILE: Final = (
    *("g++", "-std=c++11", "-fno-exceptions", "-fno-rtti", "-g", "-pthread"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"),
    *(f"-I{folder}" for folder in (SOURCES, PROGRAMS)),
)
SANITIZE: Final = (
    *("-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "-fno-omit-frame-pointer",
)

# X25519.cpp is a part of the programs that test what is inside it.
PARTS: Final = {
    "hash_test": ("Bytes", "Sha256"),
    "x25519_test": ("Bytes",),
    "keys_test": ("Bytes", "Sha256", "X25519", "Keys"),
    "wiping_test": ("Bytes", "Sha256", "Keys"),
}


def run(*command: str | Path) -> str:
    """Run a compiler or a test, and return what it says. Fails with that."""
    try:
        ended = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=25,
            check=False,
        )
    except FileNotFoundError:
        pytest.fail(f"{command[0]} is missing: apt-get install g++", pytrace=False)
    if ended.returncode != 0:
        name = Path(command[0]).name
        # The first failures say most, and there can be thousands.
        text = "\n".join(ended.stdout.splitlines()[:40])
        pytest.fail(f"{name} ended with {ended.returncode}:\n{text}", pytrace=False)
    return ended.stdout


def sources(name: str) -> list[Path]:
    """Return the sources of the library that a program needs."""
    return [SOURCES / "sensorboard" / f"{part}.cpp" for part in PARTS[name]]


def run_program(folder: Path, name: str, *options: str) -> None:
    """Compile a program with its part of the library, and run it."""
    files = (*(PROGRAMS / f"{part}.cpp" for part in ("check", name)), *sources(name))
    run(*COMPILE, *options, *files, "-o", folder / name)
    run(folder / name)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the header with the vectors."""
    folder = tmp_path_factory.mktemp("vectors")
    write_header(folder / "crypto_vectors.h")
    return folder


@pytest.mark.parametrize("name", ["hash_test", "x25519_test", "keys_test"])
def test_program(vectors: Path, tmp_path: Path, name: str) -> None:
    """What comes out is right, and no sanitizer has anything to say."""
    run_program(tmp_path, name, *SANITIZE, f"-I{vectors}")


def test_leaves_no_secret_behind(tmp_path: Path) -> None:
    """What was computed with has been wiped, as the boards' compilers optimize.

    The sanitizers need so many registers that some are saved on the stack, where the
    program looks; and so does finding a function when it is called first.
    """
    run_program(tmp_path, "wiping_test", "-Os", "-Wl,-z,now")


@pytest.mark.parametrize("optimization", ["-Os", "-O2", "-O3"])
def test_takes_the_same_way_for_every_secret(tmp_path: Path, optimization: str) -> None:
    """Which instructions run does not depend on keys, however it is compiled."""
    flags = (*COMPILE, optimization, "-c")
    objects = []
    for source in sources("keys_test"):
        objects.append(tmp_path / f"{source.stem}.o")
        run(*flags, "-fsanitize-coverage=trace-pc", source, "-o", objects[-1])
    objects.append(tmp_path / "constant_time_test.o")
    run(*flags, PROGRAMS / "constant_time_test.cpp", "-o", objects[-1])
    run("g++", *objects, "-o", tmp_path / "constant_time_test")
    run(tmp_path / "constant_time_test")
