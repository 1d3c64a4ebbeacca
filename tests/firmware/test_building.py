"""What the tests compile with: several processes may ask for the same at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .building import Workshop


def test_made_once(tmp_path: Path) -> None:
    """Who comes second waits for what the first makes; another command is another."""
    log = tmp_path / "log"
    command = ("sh", "-c", f"echo made >> {log}; sleep 0.3; echo done > file")

    def make(_: int) -> Path:
        return Workshop(tmp_path / "shop").make("file", *command)

    with ThreadPoolExecutor(4) as pool:
        (made,) = set(pool.map(make, range(4)))
    assert made.read_text("utf-8") == "done\n"
    assert log.read_text("utf-8") == "made\n"
    other = Workshop(tmp_path / "shop").make("file", "sh", "-c", "echo x > file")
    assert other.read_text("utf-8") == "x\n"


def test_not_made(tmp_path: Path) -> None:
    """What could not be made is said, and tried again; no half of it is left."""
    shop = Workshop(tmp_path / "shop")
    command = ("sh", "-c", f"echo half > file; echo why; test -e {tmp_path}/there")
    for _ in range(2):
        with pytest.raises(pytest.fail.Exception, match=r"ended with 1:\nwhy"):
            shop.make("file", *command)
    (tmp_path / "there").touch()
    assert shop.make("file", *command).read_text("utf-8") == "half\n"
