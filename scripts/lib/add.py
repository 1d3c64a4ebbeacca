"""Boards are added as a person adds them: through the config flow's own steps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .api import Api, ApiError, eventually
from .home_assistant import HOST


@dataclass(frozen=True)
class FixedAddress:
    """A port of its own for boards that were flashed with an address."""

    port: int
    path: str = "/ws/sensor/"

    @property
    def url(self) -> str:
        """Return where a board on this machine connects."""
        return f"ws://{HOST}:{self.port}{self.path}"


def _expect(step: dict[str, Any], *step_ids: str) -> dict[str, Any]:
    """Return the step if it is one of these."""
    if step.get("step_id") not in step_ids or step.get("errors"):
        got = step.get("errors") or step.get("reason") or step.get("step_id")
        expected = " or ".join(step_ids)
        raise ApiError("config flow", 400, f"expected step {expected}, got {got}")
    return step


def _entry_id(step: dict[str, Any]) -> str:
    """Return the id of the entry that a flow has ended with."""
    if step["type"] != "create_entry":
        got = step.get("errors") or step.get("reason") or step.get("step_id")
        raise ApiError("config flow", 400, f"no entry was made, but: {got}")
    entry_id: str = step["result"]["entry_id"]
    return entry_id


async def add_board(
    api: Api, name: str, connect: Callable[[str], None] | None = None
) -> tuple[str, str]:
    """Add a board with an address of its own; return its entry's id and address.

    `connect` is told the address as soon as it is known, and is to connect the
    board; without it the flow is finished without waiting for one.
    """
    step = _expect(await api.begin_flow(), "user")
    flow = step["flow_id"]
    step = await api.flow_step(flow, {"next_step_id": "add_board"})
    _expect(step, "add_board")
    step = await api.flow_step(flow, {"name": name})
    # On loopback, the page also says that no board out there can reach the address.
    _expect(step, "sketch", "sketch_loopback")
    address: str = step["description_placeholders"]["address"]
    _expect(await api.flow_step(flow, {}), "connect")
    if connect is None:
        step = await api.flow_step(flow, {"next_step_id": "finish"})
        return _entry_id(step), address
    await api.flow_step(flow, {"next_step_id": "wait"})
    connect(address)

    step = await api.wait_step(flow, "the board's first reading")
    _expect(step, "received")
    return _entry_id(await api.flow_step(flow, {})), address


async def add_by_code(
    api: Api, name: str, show_code: Callable[[], Awaitable[str]]
) -> str:
    """Add a board that shows a code; return its entry's id.

    `show_code` is called when a person would switch the board on, and gives the code.
    """
    step = _expect(await api.begin_flow(), "user")
    flow = step["flow_id"]
    await api.flow_step(flow, {"next_step_id": "pair"})
    code = await show_code()
    step = await api.wait_step(flow, "the form for the code")
    _expect(step, "discovery_pair")
    return _entry_id(await api.flow_step(flow, {"name": name, "code": code}))


async def find_discovered(api: Api, board_id: str, *, timeout: float = 30) -> str:
    """Return the flow of a board that waits to be added, as soon as it is listed."""

    async def find() -> str | None:
        for flow in await api.discovered():
            if flow["context"].get("unique_id") == board_id:
                found: str = flow["flow_id"]
                return found
        return None

    what = f"{board_id} on the list of what was discovered"
    return await eventually(find, what, timeout=timeout)


async def add_discovered(api: Api, board_id: str, name: str, code: str) -> str:
    """Add a board that waits, with the code that it shows; return its entry's id."""
    flow = await find_discovered(api, board_id)
    _expect(await api.look_at_flow(flow), "discovery_pair")
    return _entry_id(await api.flow_step(flow, {"name": name, "code": code}))


async def add_fixed_address(
    api: Api, name: str, address: FixedAddress, *, source: str | None = None
) -> str:
    """Add a board on a port of its own; return its entry's id."""
    step = _expect(await api.begin_flow(), "user")
    flow = step["flow_id"]
    step = await api.flow_step(flow, {"next_step_id": "fixed_address"})
    _expect(step, "fixed_address")
    form: dict[str, Any] = {
        "name": name,
        "port": address.port,
        "path": address.path,
        "networks": ["127.0.0.0/8"],
    }
    if source is not None:
        form["source"] = source
    return _entry_id(await api.flow_step(flow, form))


async def add_serial(api: Api, name: str, port: str, baudrate: int = 115200) -> str:
    """Add a board on a USB cable; return its entry's id."""
    step = _expect(await api.begin_flow(), "user")
    flow = step["flow_id"]
    step = await api.flow_step(flow, {"next_step_id": "serial"})
    _expect(step, "serial")
    await api.flow_step(flow, {"port": port, "baudrate": str(baudrate)})

    step = await api.wait_step(flow, "what the board says")
    _expect(step, "serial_received")
    return _entry_id(await api.flow_step(flow, {"name": name}))
