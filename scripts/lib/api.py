"""A client of Home Assistant's own REST and WebSocket API."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import TracebackType
from typing import Any, Self

import aiohttp

DOMAIN = "arduino_sensor"


class ApiError(Exception):
    """Home Assistant refused a request."""

    def __init__(self, what: str, status: int, answer: str) -> None:
        """Keep the status; the message says what was asked and answered."""
        super().__init__(f"{what}: {status} {answer.strip()[:500]}")
        self.status = status


async def eventually[T](
    ask: Callable[[], Awaitable[T | None]], what: str, *, timeout: float = 20
) -> T:
    """Ask again and again until there is an answer that is not None."""
    deadline = monotonic() + timeout
    while (answer := await ask()) is None:
        if monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:.0f} s")
        await asyncio.sleep(0.2)
    return answer


class Api:
    """One session with one Home Assistant; use it with `async with`."""

    def __init__(
        self, url: str, *, user: str | None = None, password: str | None = None
    ) -> None:
        """Say where, and who logs in at the beginning."""
        self.url = url
        self.client_id = f"{url}/"
        self._login = (user, password) if user and password else None
        self._headers: dict[str, str] = {}
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._last_id = 0
        self.tokens: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Open the session, and log in if somebody was named."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        if self._login is not None:
            try:
                await self.login(*self._login)
            except BaseException:
                await self._session.close()
                raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close what is open."""
        await self.hang_up()
        await self._session.close()

    async def hang_up(self) -> None:
        """Close the WebSocket, which Home Assistant's stop would wait for."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def request(self, method: str, path: str, **body: Any) -> Any:
        """Send one REST request; return what it answers, from JSON if it is."""
        async with self._session.request(
            method, self.url + path, headers=self._headers, **body
        ) as response:
            if response.status >= 400:
                answer = await response.text()
                raise ApiError(f"{method} {path}", response.status, answer)
            if response.content_type == "application/json":
                return await response.json()
            return await response.text()

    async def get(self, path: str, **query: str) -> Any:
        """Send a GET request."""
        return await self.request("GET", path, params=query)

    async def post(self, path: str, data: Any) -> Any:
        """Send a POST request with a JSON body."""
        return await self.request("POST", path, json=data)

    async def login(self, user: str, password: str) -> None:
        """Log in as the login page does."""
        step = await self.post(
            "/auth/login_flow",
            {
                "client_id": self.client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self.client_id,
            },
        )
        step = await self.post(
            f"/auth/login_flow/{step['flow_id']}",
            {"client_id": self.client_id, "username": user, "password": password},
        )
        if step["type"] != "create_entry":
            raise ApiError("log in", 401, f"the password of {user} was refused")
        grant = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": step["result"],
        }
        self.tokens = await self.request("POST", "/auth/token", data=grant)
        self._headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send one command over the WebSocket API and return its result."""
        if self._socket is None:
            self._socket = await self._session.ws_connect(
                f"{self.url}/api/websocket", max_msg_size=0
            )
            await self._socket.receive_json(timeout=10)
            await self._socket.send_json(
                {"type": "auth", "access_token": self.tokens["access_token"]}
            )
            greeting = await self._socket.receive_json(timeout=10)
            if greeting["type"] != "auth_ok":
                raise ApiError("WebSocket API", 401, str(greeting))
        self._last_id += 1
        await self._socket.send_json({"id": self._last_id, "type": kind, **fields})
        while True:
            answer = await self._socket.receive_json(timeout=60)
            if answer["id"] == self._last_id and answer["type"] == "result":
                break
        if not answer["success"]:
            raise ApiError(kind, 400, str(answer["error"]))
        return answer["result"]

    async def wait_running(self, *, timeout: float = 120) -> None:
        """Return when Home Assistant has finished starting."""

        async def running() -> bool | None:
            config = await self.get("/api/config")
            if config["recovery_mode"]:
                raise ApiError("start", 500, "Home Assistant is in recovery mode")
            return True if config["state"] == "RUNNING" else None

        await eventually(running, "Home Assistant has started", timeout=timeout)

    async def version(self) -> str:
        """Return Home Assistant's version."""
        version: str = (await self.get("/api/config"))["version"]
        return version

    # Config flows

    async def begin_flow(self, handler: str = DOMAIN) -> dict[str, Any]:
        """Begin to add an integration; return the first step."""
        step: dict[str, Any] = await self.post(
            "/api/config/config_entries/flow",
            {"handler": handler, "show_advanced_options": False},
        )
        return step

    async def flow_step(self, flow_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Submit a step; return the one that follows."""
        step: dict[str, Any] = await self.post(
            f"/api/config/config_entries/flow/{flow_id}", data
        )
        return step

    async def look_at_flow(self, flow_id: str) -> dict[str, Any]:
        """Return the step that a flow is at, as the frontend asks for it."""
        step: dict[str, Any] = await self.get(
            f"/api/config/config_entries/flow/{flow_id}"
        )
        return step

    async def wait_step(
        self, flow_id: str, what: str, *, timeout: float = 60
    ) -> dict[str, Any]:
        """Return the step that a flow shows when its progress bar has ended."""

        async def find() -> dict[str, Any] | None:
            step = await self.look_at_flow(flow_id)
            return None if step["type"] == "progress" else step

        return await eventually(find, what, timeout=timeout)

    async def discovered(self) -> list[dict[str, Any]]:
        """Return the integration's flows that are on the list *Discovered*."""
        flows: list[dict[str, Any]] = await self.command("config_entries/flow/progress")
        return [flow for flow in flows if flow["handler"] == DOMAIN]

    # Entries, devices, entities, states

    async def entries(self, domain: str = DOMAIN) -> list[dict[str, Any]]:
        """Return the config entries of an integration."""
        entries: list[dict[str, Any]] = await self.command(
            "config_entries/get", domain=domain
        )
        return entries

    async def change_options(self, entry_id: str, **options: Any) -> None:
        """Change some of an entry's options, as its dialog does."""
        path = "/api/config/config_entries/options/flow"
        step: dict[str, Any] = await self.post(path, {"handler": entry_id})
        form = {
            field["name"]: field.get("description", {}).get(
                "suggested_value", field.get("default")
            )
            for field in step["data_schema"]
        }
        # What may be left empty, and is, has no value.
        form = {name: value for name, value in form.items() if value is not None}
        step = await self.post(f"{path}/{step['flow_id']}", {**form, **options})
        if step["type"] != "create_entry":
            raise ApiError("options", 400, str(step.get("errors")))

    async def remove(self, entry_id: str) -> None:
        """Delete a config entry."""
        await self.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")

    async def entities(self, entry_id: str) -> list[dict[str, Any]]:
        """Return what the entity registry knows of one entry."""
        known: list[dict[str, Any]] = await self.command("config/entity_registry/list")
        return [entity for entity in known if entity["config_entry_id"] == entry_id]

    async def entity_of(self, entry_id: str, key: str, *, timeout: float = 20) -> str:
        """Return the entity id of one channel, as soon as it exists."""

        async def find() -> str | None:
            for entity in await self.entities(entry_id):
                if entity["unique_id"].endswith(key):
                    found: str = entity["entity_id"]
                    return found
            return None

        return await eventually(find, f"an entity for {key}", timeout=timeout)

    async def state(self, entity_id: str) -> dict[str, Any] | None:
        """Return a state, or None if there is none."""
        try:
            state: dict[str, Any] = await self.get(f"/api/states/{entity_id}")
        except ApiError as err:
            if err.status == 404:
                return None
            raise
        return state

    async def act(self, action: str, entity_id: str, **data: Any) -> None:
        """Perform an action such as `switch.turn_on`; return when it is done."""
        target = {"entity_id": entity_id, **data}
        await self.post(f"/api/services/{action.replace('.', '/')}", target)

    async def wait_state(
        self, entity_id: str, wanted: str | float, *, timeout: float = 20
    ) -> dict[str, Any]:
        """Return the state when it is the one that is wanted."""

        async def find() -> dict[str, Any] | None:
            state = await self.state(entity_id)
            return state if state and same(state["state"], wanted) else None

        return await eventually(find, f"{entity_id} is {wanted}", timeout=timeout)

    async def history(
        self, entity_id: str, *, hours: float = 24
    ) -> list[dict[str, Any]]:
        """Return the recorded states of an entity, oldest first."""
        start = datetime.now(UTC) - timedelta(hours=hours)
        periods = await self.get(
            f"/api/history/period/{start.isoformat()}",
            filter_entity_id=entity_id,
            significant_changes_only="0",
        )
        return periods[0] if periods else []

    async def import_statistics(
        self, entity_id: str, hours: list[dict[str, Any]]
    ) -> None:
        """Have the statistics of hours that have gone by: start, mean, min and max."""
        state = await self.state(entity_id)
        if state is None:
            raise ApiError(entity_id, 404, "it has no state")
        await self.command(
            "recorder/import_statistics",
            metadata={
                "has_mean": True,
                "has_sum": False,
                "name": None,
                "source": "recorder",
                "statistic_id": entity_id,
                "unit_of_measurement": state["attributes"]["unit_of_measurement"],
            },
            stats=hours,
        )

    async def wait_history(
        self, entity_id: str, wanted: str | float, *, timeout: float = 20
    ) -> dict[str, Any]:
        """Return the recorded state that is the one wanted, when it is there."""

        async def find() -> dict[str, Any] | None:
            for state in await self.history(entity_id):
                if same(state["state"], wanted):
                    return state
            return None

        return await eventually(
            find, f"{wanted} in the history of {entity_id}", timeout=timeout
        )


def same(state: str, wanted: str | float) -> bool:
    """Compare a state with a number or a text."""
    if isinstance(wanted, str):
        return state == wanted
    try:
        return abs(float(state) - wanted) < 1e-6
    except ValueError:
        return False
