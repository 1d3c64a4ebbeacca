"""A cable to a board that does what a test says, at the other end of a real pty."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import json
import os
from pathlib import Path
import tty
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import serialx

from custom_components.arduino_sensor.const import (
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_LINK,
    DOMAIN,
    LINK_SERIAL,
)
from custom_components.arduino_sensor.transports import serial_line, serial_ports
from homeassistant.const import CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .common import state, wait_until

TEMPERATURE = "sensor.bench_temperature"
CONNECTION = "binary_sensor.bench_connectivity"


class Cable:
    """A USB cable: a name in the file system that has a board behind it, or none."""

    def __init__(self, path: Path) -> None:
        """Begin with nothing plugged in."""
        self.path = path
        self.master: int | None = None
        self._heard = b""

    @property
    def port(self) -> str:
        """Return the name of the port."""
        return str(self.path)

    def plug(self) -> None:
        """Plug a board in."""
        self.master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._heard = b""

    def unplug(self) -> None:
        """Pull the plug."""
        if self.master is not None:
            os.close(self.master)
            self.master = None
            self.path.unlink()

    def send(self, *lines: object) -> None:
        """Send lines: text and bytes as they are, anything else as JSON."""
        for line in lines:
            text = line if isinstance(line, str | bytes) else json.dumps(line)
            self.send_raw((text if isinstance(text, bytes) else text.encode()) + b"\n")

    def send_raw(self, data: bytes) -> None:
        """Send bytes; not more than the port holds."""
        assert self.master is not None
        assert os.write(self.master, data) == len(data)

    async def send_much(self, data: bytes) -> None:
        """Send any number of bytes."""
        assert self.master is not None
        async with asyncio.timeout(10):
            while data:
                with suppress(BlockingIOError):
                    data = data[os.write(self.master, data) :]
                await asyncio.sleep(0)

    def read(self) -> bytes:
        """Return all that Home Assistant has sent until now."""
        assert self.master is not None
        # EIO: nobody has the other end open.
        with suppress(BlockingIOError, OSError):
            while data := os.read(self.master, 65536):
                self._heard += data
        return self._heard

    def forget(self) -> None:
        """Forget what Home Assistant has sent until now."""
        self.read()
        self._heard = b""

    def read_as_if_busy(self, size: int = 63) -> None:
        """Read what a board's chip has kept while its sketch was busy; lose the rest."""
        self.read()
        self._heard = self._heard[:size]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """Return the messages that Home Assistant has sent until now."""
        return [json.loads(line) for line in self.read().split(b"\n")[:-1] if line]

    async def told(self, hass: HomeAssistant, kind: str) -> dict[str, Any]:
        """Wait for a message of a type; return the latest.

        Not for all else that goes on: somebody may wait for what the board answers.
        """
        for _ in range(5000):
            if found := [m for m in self.heard if m["type"] == kind]:
                return found[-1]
            await asyncio.sleep(0.001)
        pytest.fail(f"Home Assistant has not sent: {kind}")


class Openings:
    """Counts how often a port was opened, which resets many a board."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin to count."""
        self.ports: list[str] = []
        create = serialx.create_serial_connection

        async def counted(loop: Any, factory: Any, url: str, **kwargs: Any) -> Any:
            result = await create(loop, factory, url, **kwargs)
            self.ports.append(url)
            return result

        monkeypatch.setattr(serialx, "create_serial_connection", counted)

    @property
    def count(self) -> int:
        """Return how often any port was opened."""
        return len(self.ports)


def hurry(monkeypatch: pytest.MonkeyPatch, factor: float = 0.05) -> None:
    """Have all that takes its time on a serial line take less of it."""
    for module, names in (
        (serial_line, ("BOOT_TIME", "ANSWER_TIME", "_JUDGE_INTERVAL")),
        (serial_ports, ("FIRST_PAUSE", "LONGEST_PAUSE")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name) * factor)
    monkeypatch.setattr(
        serial_line,
        "ASK_TIMES",
        tuple(seconds * factor for seconds in serial_line.ASK_TIMES),
    )


def serial_entry(
    port: str,
    *,
    board: str | None = None,
    baudrate: int = 115200,
    title: str = "Bench",
    channels: Mapping[str, str] = {},
    **kwargs: Any,
) -> MockConfigEntry:
    """Return the entry of a board at a serial port."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=board or f"serial-{port}",
        data={
            CONF_LINK: LINK_SERIAL,
            CONF_PORT: port,
            CONF_BAUDRATE: baudrate,
            CONF_CHANNELS: {key: {CONF_TYPE: kind} for key, kind in channels.items()},
            **({CONF_BOARD: board} if board is not None else {}),
        },
        **kwargs,
    )


def has_open(cable: Cable) -> bool:
    """Return whether Home Assistant has a port open."""
    port = str(cable.path.readlink())
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(link.readlink()) == port:
                return True
    return False


async def is_open(hass: HomeAssistant, cable: Cable) -> None:
    """Wait until Home Assistant has a port open."""
    await wait_until(hass, lambda: has_open(cable))
    # The settings come after that, and throw away what had come before them.
    await asyncio.sleep(0.1)


async def is_temperature(hass: HomeAssistant, value: str) -> None:
    """Wait for a temperature."""
    await wait_until(hass, lambda: state(hass, TEMPERATURE) == value)


def repairs(hass: HomeAssistant) -> list[str | None]:
    """Return what is to be repaired."""
    issues = ir.async_get(hass).issues.values()
    return [issue.translation_key for issue in issues if issue.domain == DOMAIN]
