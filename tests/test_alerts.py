"""The list of alerts: what raises them, who sees them, and what becomes of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
    flush_store,
)
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.arduino_sensor import alerts
from custom_components.arduino_sensor.alert import AlertKind
from custom_components.arduino_sensor.alerts import (
    MAX_ALERTS,
    AlertBook,
    async_get_alerts,
)
from custom_components.arduino_sensor.board import Board
from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.health import DURATION, LOOKS, Code, Trouble
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .common import Sketch, add, channels, state, token_entry

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

TEMPERATURE: Final = "sensor.kitchen_temperature"


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a board's device."""
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Raise or clear an alert; return the response."""
    return await hass.services.async_call(
        DOMAIN, f"{action}_alert", data, blocking=True, return_response=True
    )


def notifications(hass: HomeAssistant) -> dict[str, Any]:
    """Return the notifications that there are, by their titles."""
    found: Mapping[str, Any] = hass.data.get("persistent_notification", {})
    return {one["title"]: one["message"] for one in found.values()}


@pytest.fixture
async def warm(board: Sketch) -> Sketch:
    """Return a board with a thermometer."""
    await board.send({"temp": 36.4})
    return board


class Reader:
    """Somebody who looks at the list."""

    def __init__(self, socket: MockHAClientWebSocket, message_id: int) -> None:
        """Take a subscription that was made."""
        self.socket = socket
        self.id = message_id

    async def next(self) -> list[dict[str, Any]]:
        """Return the list as it comes next."""
        message = await self.socket.receive_json()
        assert (message["id"], message["type"]) == (self.id, "event"), message
        alerts: list[dict[str, Any]] = message["event"]["alerts"]
        return alerts


async def read(socket: MockHAClientWebSocket) -> Reader:
    """Begin to look at the list."""
    await socket.send_json_auto_id({"type": "arduino_sensor/alerts/subscribe"})
    answer = await socket.receive_json()
    assert answer["success"], answer
    return Reader(socket, answer["id"])


async def clear_all(socket: MockHAClientWebSocket) -> list[dict[str, Any]]:
    """Clear the list; return what else came until that was done."""
    await socket.send_json_auto_id({"type": "arduino_sensor/alerts/clear"})
    events = []
    while (message := await socket.receive_json())["type"] != "result":
        events.append(message)
    assert message["success"], message
    return events


# Raising and clearing.


async def test_raise_and_clear(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """An alert is raised once, has a notification until it is over, and stays listed."""
    about = {"entity_id": TEMPERATURE, "key": "hot"}
    raised = await call(hass, "raise", **about, kind="above", limit=35)
    text = "Kitchen: Temperature rose to 36.4 °C. The upper limit is 35 °C."
    assert raised == {
        "is_new": True,
        "id": raised["id"],
        "title": "Kitchen",
        "message": text,
    }
    again = await call(hass, "raise", **about, kind="above", limit=35)
    assert again == {**raised, "is_new": False}
    [message] = notifications(hass).values()
    assert message.split("\n")[0].replace("\\", "") == text
    book = await async_get_alerts(hass)
    [alert] = book.shown
    assert alert.is_active
    assert alert.as_dict() == {
        "id": raised["id"],
        "kind": AlertKind.ABOVE,
        "key": "hot",
        "entry_id": entry.entry_id,
        "device_id": device_of(hass, entry),
        "entity_id": TEMPERATURE,
        "board": "Kitchen",
        "channel": "Temperature",
        "value": "36.4",
        "unit": "°C",
        "limit": "35",
        "message": None,
        "raised": alert.raised,
        "cleared": None,
        "hidden": False,
        "channel_key": None,
    }

    # What another automation says of the same sensor is another alert.
    assert await call(hass, "clear", entity_id=TEMPERATURE) == {"cleared": []}
    await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=36)
    assert len(book.shown) == 2
    cleared = await call(hass, "clear", **about)
    assert cleared == {
        "cleared": [
            {"id": raised["id"], "title": "Kitchen", "message": f"Over: {text}"}
        ]
    }
    assert len(hass.data["persistent_notification"]) == 1
    assert [alert.is_active for alert in book.shown] == [True, False]
    assert await call(hass, "clear", **about) == {"cleared": []}


async def test_own_words(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """A person can say it in other words; names are no markup."""
    device_id = device_of(hass, entry)
    dr.async_get(hass).async_update_device(device_id, name_by_user="The *big* one")
    raised = await call(
        hass, "raise", device_id=device_id, message="Look [here](http://x) now."
    )
    assert raised["message"] == "The *big* one: Look [here](http://x) now."
    [(title, message)] = notifications(hass).items()
    # A title is no Markdown.
    assert title == "The *big* one"
    assert message.startswith(r"The \*big\* one: Look \[here\]\(http\:")
    raised = await call(
        hass, "raise", device_id=device_id, key="x", channel="Pump", value=3.50
    )
    assert raised["message"] == "The *big* one: There is something wrong. Pump 3.5"
    # What a later version may tell is no reason to say nothing.
    raised = await call(
        hass, "raise", device_id=device_id, key="y", kind="sensor", value="odd"
    )
    assert raised["message"].endswith("There is something wrong. odd")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "above"}, "There is something wrong. Temperature 36.4 °C"),
        ({"kind": "above", "limit": 35, "value": ""}, "There is something wrong."),
        ({"kind": "battery", "value": 3}, "The battery is nearly empty."),
        ({"kind": "battery"}, "The battery is nearly empty."),
        ({"kind": "silent"}, "This board is away."),
        ({"kind": "sensor"}, "There is something wrong."),
        ({"kind": "sensor", "value": "stuck"}, "There is something wrong. stuck"),
        ({"kind": "other"}, "There is something wrong."),
    ],
)
async def test_what_is_not_known(
    hass: HomeAssistant,
    warm: Sketch,
    entry: MockConfigEntry,
    given: dict[str, Any],
    words: str,
) -> None:
    """There are no holes in a sentence: other words are taken then."""
    if given == {"kind": "above"}:
        about = {"entity_id": TEMPERATURE}
    else:
        about = {"device_id": device_of(hass, entry)}
    raised = await call(hass, "raise", **about, **given)
    assert raised["message"] == f"Kitchen: {words}"


async def test_no_value(hass: HomeAssistant, warm: Sketch) -> None:
    """A sensor may have none by the time that somebody tells of it."""
    await warm.send({"temp": None})
    raised = await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=35)
    assert raised["message"] == "Kitchen: There is something wrong. Temperature"


@pytest.mark.parametrize(
    ("limit", "unit", "words"),
    [
        (600, "s", "10 min"),
        (7200, "s", "2 h"),
        (5400, "s", "90 min"),
        (90, "s", "90 s"),
        (0, "s", "0 s"),
        ("1.5", "s", "1.5 s"),
        # As older blueprints have it, or a person.
        ("10 min", None, "10 min"),
        ("long", "s", "long s"),
        (10, "min", "10 min"),
    ],
)
async def test_how_long(
    hass: HomeAssistant,
    warm: Sketch,
    entry: MockConfigEntry,
    limit: Any,
    unit: str | None,
    words: str,
) -> None:
    """How long nothing was heard can be told in seconds, and is read as people say it."""
    given = {"limit": limit} if unit is None else {"limit": limit, "unit": unit}
    about = {"device_id": device_of(hass, entry), "kind": "silent"}
    raised = await call(hass, "raise", **about, **given)
    assert raised["message"] == f"Kitchen: Nothing was heard for {words}."


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Es kam 10 min lang nichts an."),
        ("vi", "Không nhận được gì trong 2 giờ."),
    ],
)
async def test_how_long_in_another_language(
    hass: HomeAssistant, warm: Sketch, language: str, words: str
) -> None:
    """A duration is in the language of the sentence, also if an entity is named."""
    hass.config.language = language
    raised = await call(
        hass,
        "raise",
        entity_id=TEMPERATURE,
        kind="silent",
        limit=600 if language == "de" else 7200,
        unit="s",
    )
    assert raised["message"] == f"Kitchen: {words}"


async def test_number_and_degrees(hass: HomeAssistant, board: Sketch) -> None:
    """Whatever has a number on the board's page can have an alert."""
    await board.send(channels({"key": "speed", "kind": "number", "unit": "°"}))
    await board.send({"speed": 33})
    raised = await call(
        hass, "raise", entity_id="number.kitchen_speed", kind="below", limit=40
    )
    assert raised["message"] == "Kitchen: Speed fell to 33°. The lower limit is 40°."


@pytest.mark.parametrize("action", ["raise", "clear"])
async def test_what_is_no_board(hass: HomeAssistant, warm: Sketch, action: str) -> None:
    """Whoever writes an automation reads what is wrong with it."""
    with pytest.raises(ServiceValidationError, match="There is no such board"):
        await call(hass, action, device_id="nonsense")
    for entity_id in ("sensor.nonsense", "zone.home"):
        with pytest.raises(
            ServiceValidationError, match=f"{entity_id} does not belong to a board"
        ):
            await call(hass, action, entity_id=entity_id)
    with pytest.raises(vol.Invalid, match="at least one of"):
        await call(hass, action, **({"key": "x"} if action == "raise" else {}))


async def test_a_board_is_deleted(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """What was wrong with it is over; that it was stays on the list."""
    await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=35)
    assert await hass.config_entries.async_remove(entry.entry_id)
    book = await async_get_alerts(hass)
    assert [alert.is_active for alert in book.shown] == [False]
    assert not notifications(hass)


async def test_an_entity_is_renamed(hass: HomeAssistant, warm: Sketch) -> None:
    """Its alert goes with it: the same is not told twice, and can be over."""
    about = {"kind": "above", "limit": 35}
    raised = await call(hass, "raise", entity_id=TEMPERATURE, **about)
    er.async_get(hass).async_update_entity(TEMPERATURE, new_entity_id="sensor.boiler")
    await hass.async_block_till_done()
    again = await call(hass, "raise", entity_id="sensor.boiler", **about)
    assert (again["id"], again["is_new"]) == (raised["id"], False)
    [alert] = (await async_get_alerts(hass)).shown
    assert alert.entity_id == "sensor.boiler"
    assert (await call(hass, "clear", entity_id="sensor.boiler"))["cleared"]
    assert not notifications(hass)


async def test_an_entity_is_removed(hass: HomeAssistant, warm: Sketch) -> None:
    """Its alert is over, since nothing could end it any more; others are not."""
    await warm.send({"humidity": 50})
    await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=35)
    await call(hass, "raise", entity_id="sensor.kitchen_humidity")
    er.async_get(hass).async_remove(TEMPERATURE)
    await hass.async_block_till_done()
    book = await async_get_alerts(hass)
    assert [alert.is_active for alert in book.shown] == [True, False]
    assert len(notifications(hass)) == 1


async def test_an_automation_is_deleted(
    hass: HomeAssistant, warm: Sketch, hass_storage: dict[str, Any]
) -> None:
    """What it has found is over, since nobody looks any more; other alerts are not."""
    registry = er.async_get(hass)
    guard, other = (
        registry.async_get_or_create("automation", "automation", key)
        for key in ("guard", "other")
    )
    for key in ("guard", "other", "", guard.entity_id):
        await call(hass, "raise", entity_id=TEMPERATURE, key=key)
    registry.async_update_entity(guard.entity_id, new_entity_id="automation.renamed")
    registry.async_update_entity(
        other.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    book = await async_get_alerts(hass)
    assert all(alert.is_active for alert in book.shown)
    registry.async_remove("automation.renamed")
    await hass.async_block_till_done()
    assert [alert.key for alert in book.shown if not alert.is_active] == ["guard"]
    assert len(hass.data["persistent_notification"]) == 3

    # Also if that was while nobody kept the book.
    await flush_store(book._store)
    kept = hass_storage[book._store.key]["data"]
    registry.async_remove(other.entity_id)
    await hass.async_block_till_done()
    await flush_store(book._store)
    hass_storage[book._store.key]["data"] = kept
    later = AlertBook(hass)
    await later.async_load()
    over = {alert.key for alert in later.shown if not alert.is_active}
    assert over == {"guard", "other"}


# Telling others.


async def test_tell(
    hass: HomeAssistant, warm: Sketch, caplog: pytest.LogCaptureFixture
) -> None:
    """Phones are told when it begins and when it is over, once; nobody waits for them."""
    about = {"entity_id": TEMPERATURE, "tell": ["notify.a", "notify.b"]}
    # There is no such action, as long as there is no phone at all.
    raised = await call(hass, "raise", **about)
    assert raised["is_new"]
    assert "Nobody can be told of an alert" in caplog.text
    await call(hass, "clear", entity_id=TEMPERATURE)
    calls: list[ServiceCall] = []

    async def fail(service: ServiceCall) -> None:
        calls.append(service)
        raise TimeoutError("The phone is off")

    hass.services.async_register("notify", "send_message", fail)
    for _ in range(2):
        raised = await call(hass, "raise", **about)
    cleared = await call(hass, "clear", **about)
    await call(hass, "clear", **about)
    await hass.async_block_till_done()
    assert [service.data for service in calls] == [
        {
            "entity_id": ["notify.a", "notify.b"],
            "title": "Kitchen",
            "message": message,
        }
        for message in (raised["message"], cleared["cleared"][0]["message"])
    ]


@pytest.mark.parametrize(
    ("tell", "told", "strangers"),
    [
        (None, [], ""),
        ("", [], ""),
        ([None, ""], [], ""),
        ("notify.a, notify.b", ["notify.a", "notify.b"], ""),
        (
            ["notify.a", "light.kitchen", 5, "Notify.B"],
            ["notify.a", "notify.b"],
            "light.kitchen, 5",
        ),
    ],
)
async def test_tell_whoever_there_is(
    hass: HomeAssistant,
    warm: Sketch,
    caplog: pytest.LogCaptureFixture,
    tell: Any,
    told: list[str],
    strangers: str,
) -> None:
    """Nobody, or what cannot be told, is no reason for no alert, nor for no message."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    about = {"entity_id": TEMPERATURE, "tell": tell}
    for _ in range(3):
        await call(hass, "raise", **about)
    assert [service.data["entity_id"] for service in calls] == [told] * bool(told)
    logged = f"only notify entities can be: {strangers}"
    assert caplog.text.count(logged) == bool(strangers)
    assert (await call(hass, "clear", **about))["cleared"]


# What may be over.


async def test_only_if_over(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """What is still so stays: a board that is away, a sensor that does not work."""
    await warm.send({"temp": 36, "water_temp": 20, "x": 1})
    board: Board = entry.runtime_data
    health = board.health
    health.troubles = {"temp": Trouble("temp", Code.STUCK, None, 0.0)}
    health.null({}, "nameless", 0.0)
    # As long as it takes to find out that something is wrong.
    health._looked, health._looks = DURATION, LOOKS - 1
    device = {"device_id": device_of(hass, entry)}
    sensor = {**device, "kind": "sensor", "value": "stuck"}
    await call(hass, "raise", **device, kind="silent")
    # By its key, and by its name, as older blueprints do.
    told = ("temp", "Temperature", "water_temp", "nameless", "gone")
    for channel in told:
        await call(hass, "raise", **sensor, channel=channel)
    await call(hass, "raise", **device, channel="x", kind="other")
    await call(hass, "raise", entity_id="sensor.kitchen_x", kind="above", limit=0)
    book = await async_get_alerts(hass)

    async def left() -> list[str | None]:
        await call(hass, "clear", **device, only_if_over=True)
        return [
            one.entity_id or one.channel_key
            for one in reversed(book.shown)
            if one.is_active
        ]

    others = ["x", "sensor.kitchen_x"]
    board.presence.available = False
    assert await left() == [None, *told, *others]
    board.presence.available = True
    assert await left() == [*told, *others]
    health._looks += 1
    assert await left() == ["temp", "Temperature", "nameless", "gone", *others]
    health.troubles = {}
    await hass.config_entries.async_unload(entry.entry_id)
    assert await left() == ["temp", "Temperature", "nameless", "gone", *others]
    await hass.config_entries.async_setup(entry.entry_id)
    await warm.send({"temp": 35})
    assert await left() == ["nameless", "gone", *others]


async def test_what_is_not_watched_any_more(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """An automation says what it watches: what it has found elsewhere is over."""
    await warm.send({"humidity": 50})
    garage = await add(hass, token_entry("garage", title="Garage"))
    kitchen_id, garage_id = device_of(hass, entry), device_of(hass, garage)
    humidity = "sensor.kitchen_humidity"
    found = (
        {"entity_id": TEMPERATURE},
        {"entity_id": humidity},
        {"device_id": kitchen_id},
        {"device_id": kitchen_id, "channel": "temp"},
        {"device_id": garage_id, "kind": "silent"},
    )
    for about in found:
        await call(hass, "raise", **about, key="guard")
    await call(hass, "raise", device_id=garage_id, key="other")
    book = await async_get_alerts(hass)

    async def left(watched: Any, **more: Any) -> list[str]:
        await call(hass, "clear", key="guard", watched=watched, **more)
        return [
            one.entity_id or one.board
            for one in reversed(book.shown)
            if one.is_active and one.key == "guard"
        ]

    all_of_it = [TEMPERATURE, humidity, "Kitchen", "Kitchen", "Garage"]
    assert await left([kitchen_id, garage_id]) == all_of_it
    # What is not said is everything; then it is as without it.
    assert await left(None, only_if_over=True) == all_of_it
    registered = er.async_get(hass).async_get(humidity)
    assert registered is not None
    assert (
        await left([TEMPERATURE.upper(), registered.id, kitchen_id, "gone"])
        == (all_of_it[:4])
    )
    assert (
        await left(f"{TEMPERATURE}, {humidity}", device_id=garage_id) == (all_of_it[:4])
    )
    assert await left(f"{TEMPERATURE}, {humidity}") == [TEMPERATURE, humidity]
    # Both: what is not watched, and what is over.
    await call(hass, "raise", device_id=kitchen_id, kind="silent", key="guard")
    assert await left([kitchen_id], only_if_over=True) == [TEMPERATURE, humidity]
    assert await left([], only_if_over=True) == []
    assert [one.key for one in book.shown if one.is_active] == ["other"]


async def test_all_with_a_key(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """Without a board, it is about all that an automation has found."""
    garage = await add(hass, token_entry("garage", title="Garage"))
    for one in (entry, garage):
        for key in ("guard", "other"):
            about = {"device_id": device_of(hass, one), "kind": "silent"}
            await call(hass, "raise", **about, key=key)
    book = await async_get_alerts(hass)
    await call(hass, "clear", key="guard", channel="temp")
    await call(hass, "clear", key="guard", only_if_over=True)
    assert [(one.board, one.key) for one in book.shown if not one.is_active] == [
        ("Kitchen", "guard")
    ]
    await call(hass, "clear", key="guard")
    assert {one.key for one in book.shown if one.is_active} == {"other"}


# The list.


async def test_list(
    hass: HomeAssistant, warm: Sketch, hass_ws_client: WebSocketGenerator
) -> None:
    """Who looks at the list gets it now, and after each change."""
    await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=35)
    reader = await read(await hass_ws_client(hass))
    [first] = await reader.next()
    assert first["message"] is None
    assert not first.keys() & {"channel_key", "entry_id", "hidden", "key"}
    await call(hass, "raise", entity_id=TEMPERATURE, key="x", kind="below", limit=40)
    newest, other = await reader.next()
    assert other == first
    assert (newest["kind"], newest["board"], newest["channel"]) == (
        *("below", "Kitchen"),
        "Temperature",
    )
    await call(hass, "clear", entity_id=TEMPERATURE)
    _, other = await reader.next()
    assert other["cleared"] >= other["raised"]

    # Until it has enough.
    await reader.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": reader.id}
    )
    assert (await reader.socket.receive_json())["success"]
    await call(hass, "clear", entity_id=TEMPERATURE, key="x")
    await reader.socket.send_json_auto_id({"type": "ping"})
    assert (await reader.socket.receive_json())["type"] == "pong"


async def test_clear_all(
    hass: HomeAssistant, warm: Sketch, hass_ws_client: WebSocketGenerator
) -> None:
    """The list is empty then; what is not over is not told again before it was."""
    about = {"entity_id": TEMPERATURE, "kind": "above", "limit": 35}
    await call(hass, "raise", **about, key="over")
    await call(hass, "clear", entity_id=TEMPERATURE, key="over")
    await call(hass, "raise", **about)
    socket = await hass_ws_client(hass)
    reader = await read(socket)
    assert len(await reader.next()) == 2
    [event] = await clear_all(socket)
    assert event["event"] == {"alerts": []}
    assert not notifications(hass)
    assert not (await call(hass, "raise", **about))["is_new"]
    assert not notifications(hass)
    await call(hass, "clear", entity_id=TEMPERATURE)
    assert await reader.next() == []
    assert (await call(hass, "raise", **about))["is_new"]
    assert len(await reader.next()) == 1


async def test_who_sees_it(
    hass: HomeAssistant,
    warm: Sketch,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Users see and clear what they may see and control, and raise no more."""
    await warm.send({"humidity": 50})
    await call(hass, "raise", entity_id=TEMPERATURE)
    await call(hass, "raise", entity_id="sensor.kitchen_humidity")
    device = {"device_id": device_of(hass, entry)}
    await call(hass, "raise", **device, kind="silent")
    for channel in ("temp", "humidity", "somewhere"):
        await call(hass, "raise", **device, kind="sensor", channel=channel)
    hass_admin_user.groups = []
    hass_admin_user.mock_policy(
        {
            "entities": {
                "entity_ids": {TEMPERATURE: {"read": True, "control": False}},
            }
        }
    )
    socket = await hass_ws_client(hass)
    reader = await read(socket)
    seen = {(alert["entity_id"], alert["channel"]) for alert in await reader.next()}
    # Of what is said by name, it is not known which of them it is.
    about_temperature = {(TEMPERATURE, "Temperature"), (None, "Temperature")}
    assert seen == {*about_temperature, (None, None)}
    await clear_all(socket)
    book = await async_get_alerts(hass)
    assert len(book.shown) == 6
    hass_admin_user.mock_policy({"entities": {"entity_ids": {TEMPERATURE: True}}})
    await clear_all(socket)
    left = [alert.entity_id or alert.channel_key for alert in book.shown]
    assert left == ["somewhere", "humidity", None, "sensor.kitchen_humidity"]
    hass_admin_user.mock_policy({})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            *(DOMAIN, "raise_alert", {"entity_id": TEMPERATURE}),
            blocking=True,
            context=Context(user_id=hass_admin_user.id),
        )


async def test_who_raises_and_ends_it(
    hass: HomeAssistant, warm: Sketch, entry: MockConfigEntry
) -> None:
    """Who may control one entity of a board has no say in the others, nor in it all."""
    await warm.send({"humidity": 50})
    user = MockUser(is_owner=False).add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {TEMPERATURE: True}}})
    context = Context(user_id=user.id)
    device = {"device_id": device_of(hass, entry)}
    others = (
        {"entity_id": "sensor.kitchen_humidity"},
        device,
        {**device, "channel": "temp"},
    )
    everything = ({"entity_id": TEMPERATURE}, *others)
    for about in everything:
        await call(hass, "raise", **about, key="mine")
    book = await async_get_alerts(hass)

    async def ask(action: str, **about: Any) -> Any:
        return await hass.services.async_call(
            *(DOMAIN, f"{action}_alert", about),
            blocking=True,
            return_response=True,
            context=context,
        )

    for about in others:
        for action in ("raise", "clear"):
            with pytest.raises(Unauthorized):
                await ask(action, **about, key="mine")
        with pytest.raises(Unauthorized):
            await ask("raise", **about, key="another")
    assert len(book.shown) == 4
    assert all(alert.is_active for alert in book.shown)
    # Of all with a key, it is those about what the user may control.
    assert len((await ask("clear", key="mine"))["cleared"]) == 2
    over = [one.entity_id or one.channel_key for one in book.shown if one.cleared]
    assert over == ["temp", TEMPERATURE]
    assert (await ask("raise", entity_id=TEMPERATURE, key="mine"))["is_new"]
    assert (await ask("clear", entity_id=TEMPERATURE, key="mine"))["cleared"]

    user.mock_policy({"entities": {"domains": {"sensor": True, "binary_sensor": True}}})
    assert len((await ask("clear", key="mine"))["cleared"]) == 2
    assert (await ask("raise", **device))["is_new"]
    context = Context(user_id="nobody")
    for about in (device, {"key": ""}):
        with pytest.raises(Unauthorized):
            await ask("clear", **about)


# What is kept.


async def test_kept(
    hass: HomeAssistant, warm: Sketch, hass_storage: dict[str, Any]
) -> None:
    """The list survives a restart, and so does what is not over."""
    about = {"entity_id": TEMPERATURE, "kind": "above", "limit": 35}
    await call(hass, "raise", **about, key="over")
    await call(hass, "clear", entity_id=TEMPERATURE, key="over")
    await call(hass, "raise", **about)
    book = await async_get_alerts(hass)
    await flush_store(book._store)
    hass.data["persistent_notification"].clear()
    later = AlertBook(hass)
    await later.async_load()
    assert later.shown == book.shown
    assert len(notifications(hass)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "flood"},
        {"kind": None},
        {"raised": None},
        {"raised": "yesterday"},
        {"board": ...},
    ],
)
async def test_kept_what_cannot_be_used(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    warm: Sketch,
    other: dict[str, Any],
) -> None:
    """One alert that is not as it has to be is left out; the others are there."""
    await call(hass, "raise", entity_id=TEMPERATURE, kind="above", limit=35)
    book = await async_get_alerts(hass)
    await flush_store(book._store)
    kept = hass_storage[book._store.key]["data"]
    wrong = {
        name: value for name, value in {**kept[0], **other}.items() if value is not ...
    }
    hass_storage[book._store.key]["data"] = [wrong, "nonsense", *kept]
    later = AlertBook(hass)
    await later.async_load()
    assert later.shown == book.shown


async def test_bound(
    hass: HomeAssistant, loopback: None, warm: Sketch, entry: MockConfigEntry
) -> None:
    """The list has 50 at most: the oldest goes, what is over before what is not."""
    await call(hass, "raise", entity_id=TEMPERATURE, key="first")
    for number in range(MAX_ALERTS):
        about = {"entity_id": TEMPERATURE, "key": f"over {number}"}
        await call(hass, "raise", **about)
        await call(hass, "clear", **about)
    book = await async_get_alerts(hass)
    keys = [alert.key for alert in reversed(book.shown)]
    assert len(keys) == MAX_ALERTS == 50
    assert keys[:2] == ["first", "over 1"]
    for number in range(MAX_ALERTS):
        await call(hass, "raise", entity_id=TEMPERATURE, key=f"active {number}")
    keys = [alert.key for alert in reversed(book.shown)]
    assert keys == [f"active {number}" for number in range(MAX_ALERTS)]


async def test_more_than_the_list_has(
    hass: HomeAssistant, warm: Sketch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not over is known, and not told again, also if it is not on the list."""
    about = {"entity_id": TEMPERATURE}
    for number in range(MAX_ALERTS + 1):
        await call(hass, "raise", **about, key=f"{number}")
    book = await async_get_alerts(hass)
    assert len(book.shown) == MAX_ALERTS
    assert len(hass.data["persistent_notification"]) == MAX_ALERTS + 1
    assert not (await call(hass, "raise", **about, key="0"))["is_new"]
    # When there is room, it is on the list again.
    await call(hass, "clear", **about, key="1")
    await call(hass, "raise", **about, key="new")
    assert {alert.key for alert in book.shown} == {
        *(f"{number}" for number in range(2, MAX_ALERTS + 1)),
        "new",
    }
    await call(hass, "clear", **about, key="0")
    book.async_clear(lambda _: True)
    assert not hass.data["persistent_notification"]
    assert not (await call(hass, "raise", **about, key="2"))["is_new"]
    # What was cleared takes nothing of the room for what can be seen.
    await call(hass, "raise", **about, key="seen")
    await call(hass, "clear", **about, key="seen")
    await call(hass, "raise", **about, key="seen, too")
    assert [alert.key for alert in book.shown] == ["seen, too", "seen"]
    # Even that has an end.
    monkeypatch.setattr(alerts, "MAX_ACTIVE", 3)
    for key in "ab":
        await call(hass, "raise", **about, key=key)
    assert [alert.key for alert in book.shown] == ["b", "a", "seen, too", "seen"]
    assert (await call(hass, "raise", **about, key="2"))["is_new"]
    assert len(hass.data["persistent_notification"]) == 3


async def test_language(
    hass: HomeAssistant, loopback: None, hass_storage: dict[str, Any]
) -> None:
    """The words are there in any language, at the latest in English."""
    hass.config.language = "tlh"
    entry = await add(hass, token_entry(channels={"temp": "number"}))
    assert state(hass, TEMPERATURE) is not None
    raised = await call(
        hass, "raise", device_id=device_of(hass, entry), kind="silent", limit="10 min"
    )
    assert raised["message"] == "Kitchen: Nothing was heard for 10 min."
