"""Who may come in, and what becomes of who may not."""

from functools import partial
from http import HTTPStatus
import logging
from typing import Any

from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.arduino_sensor import admission
from custom_components.arduino_sensor.admission import (
    FAILED_LOGIN_INTERVAL,
    ISSUE_UNKNOWN_ADDRESS,
    MAX_DISCOVERED,
    Gatekeeper,
    is_private,
)
from custom_components.arduino_sensor.const import DEFAULT_GRACE, DOMAIN
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.components import persistent_notification
from homeassistant.components.http.ban import (
    KEY_BAN_MANAGER,
    KEY_LOGIN_THRESHOLD,
    IpBan,
)
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryDisabler,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .common import (
    TOKEN,
    Connect,
    Sketch,
    add,
    assert_quiet,
    fixed_entry,
    pass_time,
    state,
    token_entry,
)

WRONG = "wrongtokenwrongtokenwrongtoken99"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"}


def logins(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the failed logins in the log."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "homeassistant.components.http.ban"
        and record.getMessage().startswith("Login attempt")
    ]


async def refused(board: Sketch) -> tuple[str, int]:
    """Return the error and the code with which a board is refused."""
    (answer,), code = await board.end()
    assert answer["type"] == "error"
    assert answer["message"]
    return answer["code"], code


def discovered(hass: HomeAssistant) -> list[str]:
    """Return the names of the boards that are shown as discovered."""
    return [
        flow["context"]["title_placeholders"]["name"]
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    ]


# Tokens.


@pytest.mark.parametrize(
    "token",
    [
        WRONG,
        TOKEN[:-1],
        f"{TOKEN}a",
        TOKEN.upper(),
        f"{TOKEN}/more",
        f"%2f{TOKEN}",
        f"{TOKEN}%00",
        "%ff%fe",
        "a" * 2000,
    ],
)
async def test_wrong_token(
    hass: HomeAssistant,
    connect_token: Connect,
    token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board is let in to be told why it cannot stay."""
    await add(hass, token_entry())
    board = await connect_token(f"{URL_PREFIX}{token}")
    assert await refused(board) == ("unknown_address", 4401)
    assert_quiet(caplog)


@pytest.mark.parametrize(
    "path",
    [
        TOKEN,
        f"{TOKEN}/",
        f"{TOKEN}?x=1",
        "".join(f"%{ord(char):02x}" for char in TOKEN),
        f"%{ord(TOKEN[0]):02X}{TOKEN[1:]}",
    ],
)
async def test_right_token(
    hass: HomeAssistant, connect_token: Connect, path: str
) -> None:
    """The same address can be written in more than one way."""
    await add(hass, token_entry())
    board = await connect_token(URL(f"{URL_PREFIX}{path}", encoded=True))
    assert await board.send({"temp": 20}) == []
    assert state(hass, "sensor.kitchen_temperature") == "20"


async def test_one_failed_login_in_ten_minutes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    client: TestClient[Any, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A board that goes on knocking does not have its house banned."""
    for _ in range(3):
        await refused(await connect_token(f"{URL_PREFIX}{WRONG}"))
    (login,) = logins(caplog)
    assert "127.0.0.1" in login
    assert f"'{URL_PREFIX}(token)'" in login
    notification = persistent_notification._async_get_or_create_notifications(hass)
    assert "127.0.0.1" in notification["http-login"]["message"]

    freezer.tick(FAILED_LOGIN_INTERVAL - 1)
    await refused(await connect_token(URL_PREFIX + "another"))
    assert len(logins(caplog)) == 1
    freezer.tick(2)
    await refused(await connect_token(f"{URL_PREFIX}{WRONG}"))
    assert len(logins(caplog)) == 2
    assert_quiet(caplog)


async def test_bans_count(
    hass: HomeAssistant,
    loopback: None,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who goes on guessing is banned by Home Assistant, here as anywhere."""
    hass.http.app[KEY_LOGIN_THRESHOLD] = 2
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    bans = hass.http.app[KEY_BAN_MANAGER]

    async def _add_ban(remote: Any) -> None:
        bans.ip_bans_lookup[remote] = IpBan(remote)

    monkeypatch.setattr(bans, "async_add_ban", _add_ban)
    for _ in range(2):
        socket = await client.ws_connect(f"{URL_PREFIX}{WRONG}", autoping=False)
        await refused(Sketch(hass, socket))
        freezer.tick(FAILED_LOGIN_INTERVAL + 1)
    assert [str(address) for address in bans.ip_bans_lookup] == ["127.0.0.1"]
    response = await client.get(f"{URL_PREFIX}{TOKEN}")
    assert response.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("disabled", [False, True])
async def test_token_is_not_logged(
    hass: HomeAssistant,
    connect_token: Connect,
    connect_fixed: Connect,
    port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    disabled: bool,
) -> None:
    """However much is logged, no token is in it: not a wrong one, nor a right one."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        # This one logs paths, so Home Assistant silences it when it starts.
        if name != "aiohttp.access":
            monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    logging.getLogger().manager._clear_cache()  # type: ignore[attr-defined]
    try:
        entry = await add(hass, token_entry())
        await add(hass, fixed_entry(port))
        if disabled:
            await hass.config_entries.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )
        caplog.clear()
        for path in (f"{URL_PREFIX}{TOKEN}", f"{URL_PREFIX}{WRONG}"):
            for connect in (connect_token, partial(connect_fixed, port)):
                board = await connect(path)
                if path.endswith(TOKEN) and not disabled:
                    await board.send("garbage")
                    await board.socket.close()
                else:
                    assert await refused(board) == ("unknown_address", 4401)
        await hass.async_block_till_done()
        assert TOKEN not in caplog.text
        assert WRONG not in caplog.text
        # A disabled board's token is right, and no failed login.
        assert len(logins(caplog)) == 1
    finally:
        monkeypatch.undo()
        logging.getLogger().manager._clear_cache()  # type: ignore[attr-defined]
    assert_quiet(caplog)


async def test_repair(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    issue_registry: ir.IssueRegistry,
) -> None:
    """A knock from the home raises one repair, until that board gets in."""
    await add(hass, token_entry())
    for _ in range(2):
        await refused(await connect_token(f"{URL_PREFIX}{WRONG}"))
    ((domain, issue_id),) = issue_registry.issues
    assert (domain, issue_id) == (DOMAIN, ISSUE_UNKNOWN_ADDRESS)
    issue = issue_registry.issues[domain, issue_id]
    assert issue.translation_placeholders == {"source": "127.0.0.1"}
    assert issue.severity is ir.IssueSeverity.WARNING
    board = await connect_token()
    await board.answers()
    assert not issue_registry.issues
    # It does not take away what another board raises later.
    await pass_time(hass, freezer, FAILED_LOGIN_INTERVAL)
    await refused(await connect_token(f"{URL_PREFIX}{WRONG}"))
    assert len(issue_registry.issues) == 1


async def test_repair_is_kept_for_its_board(
    hass: HomeAssistant,
    connect_token: Connect,
    connect_fixed: Connect,
    port: int,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Another board that gets in is not the one that knocked."""
    await add(hass, fixed_entry(port))
    await refused(await connect_fixed(port, f"{URL_PREFIX}{WRONG}", "127.0.0.2"))
    board = await connect_fixed(port, source="127.0.0.3")
    await board.answers()
    assert len(issue_registry.issues) == 1
    await board.socket.close()


async def test_knock_from_the_internet(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_client_no_auth: Any,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A stranger from outside raises no repair, but counts as a failed login."""
    assert await async_setup_component(
        hass,
        "http",
        {"http": {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}},
    )
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    socket = await client.ws_connect(
        f"{URL_PREFIX}{WRONG}", headers={"X-Forwarded-For": "198.51.100.7"}
    )
    assert await refused(Sketch(hass, socket)) == ("unknown_address", 4401)
    (login,) = logins(caplog)
    assert "198.51.100.7" in login
    assert issue_registry.async_get_issue(DOMAIN, ISSUE_UNKNOWN_ADDRESS) is None


async def test_remembered_knocks_are_bounded(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest of many sources is forgotten, not the one that knocks most."""
    monkeypatch.setattr(admission, "MAX_REMEMBERED_KNOCKS", 2)
    gatekeeper = Gatekeeper(hass, None, None)  # type: ignore[arg-type]
    assert gatekeeper.is_failed_login("198.51.100.1")
    assert gatekeeper.is_failed_login("198.51.100.2")
    assert gatekeeper.is_failed_login("198.51.100.3")
    assert not gatekeeper.is_failed_login("198.51.100.2")
    assert not gatekeeper.is_failed_login("198.51.100.3")
    assert gatekeeper.is_failed_login("198.51.100.1")


@pytest.mark.parametrize(
    ("source", "private"),
    [
        ("192.168.1.5", True),
        ("10.9.8.7", True),
        ("172.31.0.1", True),
        ("172.32.0.1", False),
        ("169.254.3.4", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fd00::1", True),
        ("fe80::1", True),
        ("8.8.8.8", False),
        ("2001:4860::1", False),
    ],
)
def test_is_private(source: str, private: bool) -> None:
    """Private is what the internet does not route."""
    assert is_private(source) is private


# Fixed addresses.


async def test_second_source(
    hass: HomeAssistant,
    connect_fixed: Connect,
    freezer: FrozenDateTimeFactory,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A second board at one address is offered, and does not evict the first."""
    await add(hass, fixed_entry(port))
    first = await connect_fixed(port, source="127.0.0.2")
    await first.send({"temp": 20})
    for _ in range(2):
        second = await connect_fixed(port, source="127.0.0.3")
        (answer,), code = await second.end()
        assert (answer["code"], code) == ("address_in_use", 4408)
        assert "127.0.0.2" in answer["message"]
    assert discovered(hass) == ["127.0.0.3"]
    await first.send({"temp": 21})
    assert state(hass, "sensor.shed_temperature") == "21"

    # The first may drop for a moment without losing its place.
    await first.socket.close()
    await hass.async_block_till_done()
    freezer.tick(DEFAULT_GRACE - 1)
    assert await refused(await connect_fixed(port, source="127.0.0.3")) == (
        "address_in_use",
        4408,
    )
    again = await connect_fixed(port, source="127.0.0.2")
    await again.send({"temp": 22})
    assert state(hass, "sensor.shed_temperature") == "22"
    # Its own newer connection replaces its own older one.
    newer = await connect_fixed(port, source="127.0.0.2")
    await newer.send({"temp": 23})
    assert await refused(again) == ("replaced", 4409)
    await newer.socket.close()
    await hass.async_block_till_done()

    # After that it is whoever comes first: it may have another address by now.
    freezer.tick(DEFAULT_GRACE + 1)
    moved = await connect_fixed(port, source="127.0.0.3")
    await moved.send({"temp": 24})
    assert state(hass, "sensor.shed_temperature") == "24"
    assert_quiet(caplog)


async def test_offers_are_bounded(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """Not everybody in a network is offered."""
    await add(hass, fixed_entry(port))
    first = await connect_fixed(port, source="127.0.0.2")
    await first.answers()
    for number in range(MAX_DISCOVERED + 2):
        board = await connect_fixed(port, source=f"127.0.1.{number}")
        assert await refused(board) == ("address_in_use", 4408)
    assert len(discovered(hass)) == MAX_DISCOVERED


async def test_two_sources_on_one_path(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """An entry for one source comes before the entry for any."""
    await add(hass, fixed_entry(port))
    await add(hass, fixed_entry(port, source="127.0.0.3", title="Barn"))
    shed = await connect_fixed(port, source="127.0.0.2")
    barn = await connect_fixed(port, source="127.0.0.3")
    await shed.send({"temp": 1})
    await barn.send({"temp": 2})
    assert state(hass, "sensor.shed_temperature") == "1"
    assert state(hass, "sensor.barn_temperature") == "2"


@pytest.mark.parametrize(
    ("path", "source"),
    [("/", "127.0.0.1"), ("/ws/sensor", "127.0.0.1"), ("/ws/sensor/", "127.0.0.4")],
)
async def test_unknown_fixed_address(
    hass: HomeAssistant, connect_fixed: Connect, port: int, path: str, source: str
) -> None:
    """Path and source must be those of an entry that is in force."""
    await add(hass, fixed_entry(port, source="127.0.0.1"))
    fixed_entry(port, disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    token_entry().add_to_hass(hass)
    # A discovered board that was ignored has no data at all.
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE).add_to_hass(hass)
    board = await connect_fixed(port, path, source)
    assert await refused(board) == ("unknown_address", 4401)


async def test_networks(
    hass: HomeAssistant, connect_fixed: Connect, port: int, caplog: Any
) -> None:
    """Only boards in the networks of an entry may connect."""
    await add(hass, fixed_entry(port, networks=("192.168.0.0/16", "127.0.0.4/32")))
    board = await connect_fixed(port, source="127.0.0.3")
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("not_allowed", 4403)
    assert "127.0.0.3" in answer["message"]
    allowed = await connect_fixed(port, source="127.0.0.4")
    assert await allowed.send({"temp": 20}) == []
    assert state(hass, "sensor.shed_temperature") == "20"
    # No password was guessed at.
    assert logins(caplog) == []


async def test_web_pages(
    hass: HomeAssistant, connect_token: Connect, connect_fixed: Connect, port: int
) -> None:
    """A page cannot play a board where no token is asked for."""
    await add(hass, fixed_entry(port))
    await add(hass, token_entry())
    assert await refused(await connect_fixed(port, headers=BROWSER)) == (
        "not_allowed",
        4403,
    )
    # Where one is asked for, that is enough.
    for connect in (connect_token, partial(connect_fixed, port)):
        board = await connect(f"{URL_PREFIX}{TOKEN}", headers=BROWSER)
        assert await board.send({"temp": 20}) == []
    # A common library sends an Origin of its own: it tells nothing.
    board = await connect_fixed(port, headers={"Origin": "http://example.com"})
    assert await board.send({"temp": 20}) == []


async def test_banned(
    hass: HomeAssistant,
    connect_fixed: Connect,
    port: int,
) -> None:
    """An address that Home Assistant has banned is refused on every port."""
    ban = IpBan("127.0.0.3")
    hass.http.app[KEY_BAN_MANAGER].ip_bans_lookup[ban.ip_address] = ban
    await add(hass, fixed_entry(port))
    await add(hass, token_entry())
    for path in ("/ws/sensor/", f"{URL_PREFIX}{TOKEN}"):
        board = await connect_fixed(port, path, "127.0.0.3")
        (answer,), code = await board.end()
        assert (answer["code"], code) == ("not_allowed", 4403)
        assert "banned" in answer["message"]
    other = await connect_fixed(port, source="127.0.0.4")
    assert await other.send({"temp": 20}) == []


async def test_no_offers_during_start_up(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """Before Home Assistant has started, offers could not be counted."""
    hass.set_state(CoreState.starting)
    await add(hass, fixed_entry(port))
    first = await connect_fixed(port, source="127.0.0.2")
    await first.answers()
    for number in range(MAX_DISCOVERED + 2):
        board = await connect_fixed(port, source=f"127.0.1.{number}")
        assert await refused(board) == ("address_in_use", 4408)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert discovered(hass) == []
    assert await refused(await connect_fixed(port, source="127.0.1.1"))
    assert discovered(hass) == ["127.0.1.1"]


@pytest.mark.parametrize("answers", [True, False])
async def test_the_same_board_with_a_new_address(
    hass: HomeAssistant,
    connect_fixed: Connect,
    freezer: FrozenDateTimeFactory,
    port: int,
    answers: bool,
) -> None:
    """Who holds an address and has been silent is asked, once another wants it."""
    await add(hass, fixed_entry(port))
    first = await connect_fixed(port, source="127.0.0.2")
    await first.send({"temp": 20})
    freezer.tick(29)
    assert await refused(await connect_fixed(port, source="127.0.0.3"))
    await pass_time(hass, freezer, 1)
    assert await refused(await connect_fixed(port, source="127.0.0.3"))
    assert (await first.socket.receive(5)).type is WSMsgType.PING
    if answers:
        await first.socket.pong()
        await first.answers()
    await pass_time(hass, freezer, 30)
    if answers:
        await first.send({"temp": 21})
        assert state(hass, "sensor.shed_temperature") == "21"
        return
    assert (await first.socket.receive(5)).data == 1001
    await first.socket.close()
    await hass.async_block_till_done()
    freezer.tick(DEFAULT_GRACE + 1)
    second = await connect_fixed(port, source="127.0.0.3")
    await second.send({"temp": 22})
    assert state(hass, "sensor.shed_temperature") == "22"
