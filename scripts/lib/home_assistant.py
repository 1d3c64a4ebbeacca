"""A real Home Assistant in a process of its own, on loopback only."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import distributions
import json
import os
from pathlib import Path
from random import randrange
import re
import shutil
import signal
import socket
import subprocess
import sys
from time import monotonic
from typing import Any

import aiohttp

from .api import Api, ApiError

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "arduino_sensor"
HOST = "127.0.0.1"
USER = "demo"
PASSWORD = "demo"  # only this machine can reach the server

# default_config would bring in parts that want the internet.
CONFIGURATION = """\
frontend:
config:
history:
logbook:
energy:
system_health:
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.arduino_sensor: debug
    # What always runs complains of what a test machine has no use for.
    aiohttp_fast_zlib: error
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
    homeassistant.loader: error
automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml
"""


class StartError(Exception):
    """Home Assistant did not come up, or went away."""


def free_port() -> int:
    """Return a port that nobody listens on at the moment.

    Not one that the kernel hands out: it would give the same to the next client
    that connects to anything.
    """
    while is_in_use(port := randrange(20_000, 32_000)):
        pass
    return port


def is_in_use(port: int) -> bool:
    """Tell whether somebody listens on this port already."""
    try:
        # As Home Assistant binds it: a port that was closed a moment ago is free.
        socket.create_server((HOST, port)).close()
    except OSError:
        return True
    return False


class HomeAssistant:
    """One configuration folder and the process that runs on it.

    Bound to no event loop, so that tests can share one; what talks to it
    (`connect`) is.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        say: Callable[[str], None] = lambda text: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Remember where it lives; `say` is told how it gets on.

        `environment` is what its processes have besides this one's.
        """
        self._environment = environment or {}
        self.folder = folder
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def console(self) -> Path:
        """Everything that its processes printed, the latest last."""
        return self.folder / "console.log"

    @property
    def log(self) -> str:
        """Return what was printed so far."""
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    @property
    def pid(self) -> int | None:
        """Return the id of the running process."""
        return self._process.pid if self._process else None

    def prepare(self, configuration: str = CONFIGURATION) -> None:
        """Make the configuration folder, or bring an older one up to date.

        Readings, users and entries of an older one stay.
        """
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        self.console.unlink(missing_ok=True)
        (self.folder / "configuration.yaml").write_text(configuration)
        for name, empty in (("automations", "[]"), ("scripts", ""), ("scenes", "")):
            if not (included := self.folder / f"{name}.yaml").exists():
                included.write_text(f"{empty}\n")
        self._store("http", 2, 2, _http_settings(self.port))
        if not (storage / "onboarding").exists():
            # That step of the onboarding adds integrations that need the internet,
            # and has nothing else to do: it is done before it is asked for.
            self._store("onboarding", 4, 1, {"done": ["core_config"]})
        # As HACS does it: the integration's folder, and nothing else.
        target = self.folder / "custom_components" / INTEGRATION.name
        shutil.rmtree(target, ignore_errors=True)
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(INTEGRATION, target, ignore=ignored)

    def _store(self, key: str, version: int, minor: int, data: dict[str, Any]) -> None:
        """Write one of Home Assistant's own storage files."""
        content = {"version": version, "minor_version": minor, "key": key, "data": data}
        (self.folder / ".storage" / key).write_text(json.dumps(content, indent=2))

    async def start(self, *, timeout: float = 180) -> None:
        """Start the process, and return when its API answers."""
        self._process = self._spawn()
        began = monotonic()
        next_word = 10.0
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(
                        f"{self.url}/auth/providers",
                        timeout=aiohttp.ClientTimeout(total=5),
                    ) as response:
                        if response.status < 500:
                            return
                if (code := self._process.poll()) is not None:
                    self._process = None
                    raise StartError(
                        f"Home Assistant ended with code {code} while it started."
                        f" Its last lines:\n{self.tail()}"
                    )
                if (waited := monotonic() - began) > timeout:
                    await self.stop()
                    raise StartError(
                        f"Home Assistant did not answer within {timeout:.0f} s."
                        f" Its last lines:\n{self.tail()}"
                    )
                if waited > next_word:
                    self._say(f"still starting ({waited:.0f} s)")
                    next_word += 10
                await asyncio.sleep(0.1)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Home Assistant must find nothing of this checkout but what was copied.
        hidden = ("PYTHONPATH", "COVERAGE_PROCESS_START", "COV_CORE_SOURCE")
        environment = {k: v for k, v in os.environ.items() if k not in hidden}
        environment |= self._environment
        command = [str(Path(sys.prefix) / "bin" / "hass"), "-c", str(self.folder)]
        if absent := _absent_packages():
            command += ["--skip-pip-packages", ",".join(absent)]
        if setpriv := shutil.which("setpriv"):
            # The kernel ends it when its parent is killed without a chance to do so.
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with self.console.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only the parent, which stops things in their order.
                start_new_session=True,
            )

    async def stop(self, *, timeout: float = 40) -> int | None:
        """Ask the process to stop, wait until it has, return its exit code."""
        if (process := self._process) is None:
            return None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        deadline = monotonic() + timeout
        while (code := process.poll()) is None:
            if monotonic() > deadline:
                self._say(f"it did not stop within {timeout:.0f} s: killed")
                process.kill()
                code = process.wait(10)
                break
            await asyncio.sleep(0.05)
        self._process = None
        return code

    async def restart(self) -> None:
        """Stop and start again on the same folder."""
        await self.stop()
        await self.start()

    def kill(self) -> None:
        """End the process as a power cut does: nobody is told."""
        if (process := self._process) is not None:
            process.kill()
            process.wait(10)
            self._process = None

    async def move(self, port: int) -> None:
        """Stop, and start again at another port."""
        await self.stop()
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self._store("http", 2, 2, _http_settings(port))
        await self.start()

    async def wait_ended(self) -> int:
        """Return the exit code when the process ends by itself."""
        assert self._process is not None
        while (code := self._process.poll()) is None:
            await asyncio.sleep(0.5)
        return code

    async def onboard(self) -> bool:
        """Create the user and finish the onboarding; tell whether it was needed."""
        async with Api(self.url) as api:
            try:
                steps: list[dict[str, Any]] = await api.get("/api/onboarding")
            except ApiError as err:
                if err.status == 404:  # the views are not there once all is done
                    return False
                raise
            left = {step["step"] for step in steps if not step["done"]}
            if "user" in left:
                user = {
                    "name": USER.capitalize(),
                    "username": USER,
                    "password": PASSWORD,
                    "client_id": api.client_id,
                    "language": "en",
                }
                await api.post("/api/onboarding/users", user)
            await api.login(USER, PASSWORD)
            if "analytics" in left:
                await api.post("/api/onboarding/analytics", {})
            if "integration" in left:
                ids = {"client_id": api.client_id, "redirect_uri": api.client_id}
                await api.post("/api/onboarding/integration", ids)
            settings = {
                "country": "GB",
                "currency": "EUR",
                "language": "en",
                "location_name": "Home",
                "time_zone": _time_zone(),
                "unit_system": "metric",
            }
            await api.command("config/core/update", **settings)
        return bool(left)

    def connect(self) -> Api:
        """Return an API client to enter with `async with`, logged in as the user."""
        return Api(self.url, user=USER, password=PASSWORD)

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of what was printed."""
        return "\n".join(self.log.splitlines()[-lines:])

    def complaints(self) -> list[str]:
        """Return the warnings and errors in the log that name the integration."""
        return [
            line
            for line in self.log.splitlines()
            if INTEGRATION.name in line
            and (" WARNING " in line or " ERROR " in line)
            # Home Assistant says of every custom integration that it is one.
            and "[homeassistant.loader]" not in line
        ]

    def tracebacks(self) -> list[str]:
        """Return what was logged with a traceback, each from its first line on."""
        records = re.split(r"^(?=\d{4}-\d\d-\d\d )", self.log, flags=re.MULTILINE)
        return [record for record in records if "Traceback" in record]


def _http_settings(port: int) -> dict[str, Any]:
    """Return what Home Assistant keeps of HTTP settings that a person confirmed.

    Settings in YAML are only taken over on trial, and reverted after five minutes.
    """
    return {
        "stable": {
            "server_host": [HOST],
            "server_port": port,
            "cors_allowed_origins": ["https://cast.home-assistant.io"],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": datetime.now(UTC).isoformat(),
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }


def _absent_packages() -> list[str]:
    """Return what the set-up could not install: it needs a compiler.

    Home Assistant would try again at every start, for minutes.
    """
    wanted = (Path(sys.prefix) / "requirements.txt").read_text().splitlines()
    names = [line.partition("==")[0] for line in wanted]
    present = {found.name.lower().replace("_", "-") for found in distributions()}
    return [name for name in names if name.lower().replace("_", "-") not in present]


def _time_zone() -> str:
    """Return the machine's time zone, by its name."""
    _, found, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name if found and not name.startswith("Etc/") else "UTC"
