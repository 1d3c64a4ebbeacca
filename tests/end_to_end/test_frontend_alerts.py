"""Alerts in a page of their own: what the list says, where the keyboard is, and badges."""

from typing import Any

from playwright.async_api import Page
import pytest

from .modules import contrast, pretend

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]

LOST = "There is no connection to Home Assistant."
NOT_READY = "Home Assistant is not ready yet."
NO_ALERTS = "There are no alerts."
WRONG = "There is something wrong."
TWO = ["img", "Alerts: 2", "2", f"{WRONG} a\n{WRONG} b"]


async def test_alerts_card_after_midnight(fresh: Page) -> None:
    """What was today is of yesterday then, and is shown with its date."""
    await fresh.clock.install(time="2026-11-21T23:50:00Z")
    await pretend(fresh)
    when = "document.body.firstChild.shadowRoot.querySelector('.when').textContent"
    await fresh.evaluate("""() => {
        hass.locale.time_zone = "server";
        const card = document.createElement("arduino-alerts-card");
        card.setConfig({});
        document.body.replaceChildren(card);
        card.hass = hass;
    }""")
    await fresh.clock.run_for(100)
    await fresh.evaluate("""side.tell({ alerts: [{ id: "a", kind: "battery", board: "B",
        channel: null, entity_id: null, device_id: "d", message: null, value: null,
        limit: null, unit: null, raised: "2026-11-21T14:05:00Z", cleared: null }] })""")
    assert await fresh.evaluate(when) == "Since 14:05"
    await fresh.clock.run_for(9 * 60_000)
    assert await fresh.evaluate(when) == "Since 14:05"
    await fresh.clock.run_for(2 * 60_000)
    assert await fresh.evaluate(when) == "Since Nov 21, 14:05"
    # It has one timer, which goes with the card.
    assert (
        await fresh.evaluate("""async () => {
        const [card] = document.body.children;
        let drawn = 0;
        card._draw = () => { drawn += 1; };
        card.remove();
        document.body.append(card);
        card.remove();
        window.drawn = () => drawn;
    }""")
        is None
    )
    await fresh.clock.run_for(3 * 3_600_000)
    assert await fresh.evaluate("drawn()") == 0


ALERTS = """async () => {
    const alert = (id, more) => ({ id, kind: "new", board: "Kitchen", channel: id,
        entity_id: `sensor.${id}`, device_id: "d", message: null, value: null,
        limit: null, unit: null, raised: "2026-11-21T19:30:00Z", cleared: null, ...more });
    const put = () => window.put("arduino-alerts-card");
    const tell = (...alerts) => side.tell({ alerts });
    const find = (card, what) => [...card.shadowRoot.querySelectorAll(what)];
    const notice = (card) => find(card, ".notice")[0].textContent;
    const focused = (card) => {
        const found = card.shadowRoot.activeElement;
        return found?.closest("li")?.dataset.id ?? found?.localName ?? null;
    };
    return await (BODY)();
}"""


async def alerts(page: Page, body: str) -> Any:
    """Return what a function returns that has the card of alerts at hand."""
    await pretend(page)
    return await page.evaluate(ALERTS.replace("BODY", body))


async def test_alerts_card_says_what_went_wrong(fresh: Page) -> None:
    """A list that was not cleared says so beside its rows, until it was."""
    assert await alerts(
        fresh,
        """async () => {
            const card = await put();
            tell(alert("a"));
            const [clear] = find(card, ".clear");
            clear.focus();
            const seen = [];
            for (const error of [{ code: "x", message: "No right" }, 3,
                { code: "unknown_command", message: "Unknown command." }]) {
                side.answer = async () => { throw error; };
                clear.click();
                await settled();
                seen.push(notice(card));
            }
            seen.push(find(card, "li").length, focused(card));
            side.answer = async () => undefined;
            clear.click();
            await settled();
            seen.push(notice(card));
            tell();
            seen.push(notice(card));
            return seen;
        }""",
    ) == [
        "No right",
        LOST,
        NOT_READY,
        *(1, "button"),
        "",
        NO_ALERTS,
    ]


async def test_alerts_card_before_home_assistant_is_ready(fresh: Page) -> None:
    """It says so as the plotter does, and not in words for programs."""
    assert await alerts(
        fresh,
        """async () => {
            const seen = [];
            for (const error of [{ code: "unknown_command", message: "Unknown command." },
                { code: "other", message: "Odd" }]) {
                side.subscribed = async () => { throw error; };
                const card = await put();
                seen.push(notice(card));
                card.remove();
            }
            return seen;
        }""",
    ) == [NOT_READY, "This cannot be shown: Odd"]


async def test_alerts_card_keeps_the_keyboard_where_it_is(fresh: Page) -> None:
    """Rows that come, change, move or go leave the others as they are."""
    assert await alerts(
        fresh,
        """async () => {
            const card = await put();
            const shown = [];
            card.addEventListener("hass-more-info",
                (event) => shown.push(event.detail.entityId));
            tell(alert("b"), alert("a"));
            const [, row] = find(card, "li");
            row.querySelector("button").focus();
            const seen = [];
            const look = () => seen.push(focused(card),
                find(card, "li").map((one) => one.dataset.id).join(""));
            tell(alert("c"), alert("b"), alert("a"));
            look();
            seen.push(find(card, "li")[2] === row);
            tell(alert("a"), alert("b"));
            look();
            seen.push(find(card, "li")[0] === row);
            tell(alert("a", { cleared: "2026-11-21T20:30:00Z" }));
            look();
            tell(alert("a", { entity_id: "sensor.renamed" }));
            look();
            card.shadowRoot.activeElement.click();
            tell(alert("b"));
            look();
            return [...seen, ...shown];
        }""",
    ) == [
        *("a", "cba", True),
        *("a", "ab", True),
        *("a", "a"),
        *("a", "a"),
        *("h2", "b"),
        "sensor.renamed",
    ]


async def test_alerts_card_says_that_it_is_cleared(fresh: Page) -> None:
    """The keyboard goes from the button to the title, and the result is read out, once."""
    assert await alerts(
        fresh,
        """async () => {
            const card = await put();
            tell(alert("a"), alert("b"));
            const [clear] = find(card, ".clear");
            const [status] = find(card, "[role=status]");
            const seen = [getComputedStyle(status).display];
            let said = 0;
            new MutationObserver(() => { said += 1; })
                .observe(status, { childList: true, characterData: true, subtree: true });
            side.answer = async () => tell();
            clear.focus();
            clear.click();
            await settled();
            seen.push(clear.hidden, focused(card), notice(card));
            // What comes later concerns neither.
            card.hass = { ...hass, locale: { ...hass.locale }, states: {} };
            await settled();
            seen.push(focused(card), said);
            // Of what is heard otherwise, nothing is left over.
            seen.push(find(card, "[aria-live]")[0].textContent);
            // Somebody else may clear it as well, and one who is elsewhere stays there.
            tell(alert("c"));
            card.shadowRoot.activeElement.blur();
            tell();
            seen.push(focused(card));
            return seen;
        }""",
    ) == ["block", True, "h2", NO_ALERTS, "h2", 1, "", None]


async def test_alerts_card_leads_to_what_to_be_told_of(fresh: Page) -> None:
    """At its end, whether there are alerts or not, for those who may choose it."""
    assert await alerts(
        fresh,
        """async () => {
            const seen = [];
            for (const is_admin of [true, false]) {
                hass.user = { is_admin };
                const card = await put();
                for (const some of [[], [alert("a")]]) {
                    tell(...some);
                    const [link] = find(card, "a.set-up");
                    const boxes = find(card, "h2, li, .notice, a.set-up")
                        .map((one) => one.getBoundingClientRect().bottom);
                    seen.push(link.checkVisibility() && [link.textContent,
                        link.getAttribute("href"), boxes.at(-1) === Math.max(...boxes)]);
                }
            }
            return seen;
        }""",
    ) == [
        *[
            [
                "Choose what to be told of",
                "/config/integrations/dashboard/add?domain=arduino_sensor",
                True,
            ]
        ]
        * 2,
        *(False, False),
    ]


async def test_alerts_card_tells_once_that_a_board_is_away(fresh: Page) -> None:
    """An alert that says so is enough, as long as it is not over."""
    assert await alerts(
        fresh,
        """async () => {
            const ours = { identifiers: [["arduino_sensor", "x"]] };
            hass.devices = { d: { id: "d", name: "Kitchen", ...ours },
                e: { id: "e", name: "Garage", ...ours } };
            const card = await put();
            const seen = [];
            const look = (...some) => {
                tell(...some);
                seen.push(find(card, "#away li").map((one) => one.dataset.id).join(""),
                    find(card, "#away")[0].hidden, card.getCardSize());
            };
            const silent = alert("a", { kind: "silent", entity_id: null });
            const other = { ...silent, id: "b", device_id: "e" };
            look();
            look({ ...silent, kind: "above" });
            look(silent);
            look(silent, other);
            look({ ...silent, cleared: "2026-11-21T20:30:00Z" }, other);
            look();
            return seen;
        }""",
    ) == [
        *("ed", False, 3),
        *("ed", False, 4),
        *("e", False, 3),
        *("", True, 3),
        *("d", False, 4),
        *("ed", False, 3),
    ]


async def test_badges_count_alerts(fresh: Page) -> None:
    """Those of their board that are not over, with one subscription while one is seen."""
    assert await alerts(
        fresh,
        """async () => {
            const counts = { begun: 0, ended: 0 };
            side.subscribed = async () => {
                counts.begun += 1;
                return async () => { counts.ended += 1; };
            };
            const seen = [];
            const look = async () => {
                await settled();
                seen.push(Object.values(counts).join(), badges.map((badge) => {
                    const [shown] = find(badge, "ha-heading-badge");
                    return shown.checkVisibility() ? [shown.role, shown.ariaLabel,
                        shown.textContent.trim(), shown.title] : null;
                }));
            };
            const badges = ["d", "d", "e"].map((id) => {
                const badge = document.createElement("arduino-board-alerts");
                badge.setConfig({ type: "custom:arduino-board-alerts", device_id: id });
                return badge;
            });
            document.body.replaceChildren(...badges);
            for (const badge of badges) badge.hass = hass;
            await look();
            const some = [alert("a"), alert("b"),
                alert("c", { cleared: "2026-11-21T20:30:00Z" }),
                alert("f", { device_id: "f" })];
            tell(...some);
            await look();
            tell(alert("e", { device_id: "e", message: "Own words" }));
            await look();
            badges[0].remove();
            badges[2].remove();
            await look();
            badges[1].remove();
            await look();
            // What was is forgotten until it is heard again.
            document.body.append(...badges);
            await look();
            tell(...some);
            await look();
            // With another connection, all begins anew, once.
            const other = { ...hass, connection: { ...hass.connection } };
            for (const badge of badges) badge.hass = other;
            await look();
            return seen;
        }""",
    ) == [
        *("1,0", [None] * 3),
        *("1,0", [TWO, TWO, None]),
        *("1,0", [None, None, ["img", "Alerts: 1", "1", "Own words"]]),
        *("1,0", [None] * 3),
        *("1,1", [None] * 3),
        *("2,1", [None] * 3),
        *("2,1", [TWO, TWO, None]),
        *("3,2", [None] * 3),
    ]


async def test_badges_wait_for_their_words(fresh: Page) -> None:
    """They are there at once, and say it in the person's language as soon as they can."""
    assert await alerts(
        fresh,
        """async () => {
            const badge = await window.put("arduino-board-alerts", { device_id: "d" });
            tell(alert("a", { kind: "battery" }));
            const [shown] = find(badge, "ha-heading-badge");
            const seen = [shown.ariaLabel, shown.title];
            const before = side.texts;
            side.texts = async () => ({ resources: {
                "component.arduino_sensor.common.alerts_name": "Alarme",
                "component.arduino_sensor.common.alerts_battery_low": "Leer." } });
            badge.hass = { ...hass, language: "de", locale: { language: "de" } };
            await settled();
            return [...seen, shown.ariaLabel, shown.title];
        }""",
    ) == ["Alerts: 1", "The battery is nearly empty.", "Alarme: 1", "Leer."]


@pytest.mark.parametrize(
    ("words", "background"), [("#141414", "#fafafa"), ("#e1e1e1", "#111111")]
)
async def test_badges_can_be_read(fresh: Page, words: str, background: str) -> None:
    """In light and dark; axe-core passes over what is as short as a number."""
    color = await alerts(
        fresh,
        """async () => {
            const badge = await window.put("arduino-board-alerts", { device_id: "d" });
            badge.style = "--error-color: #db4437; --primary-text-color: WORDS";
            tell(alert("a"));
            const [count] = find(badge, "span");
            count.style.color = "var(--ha-heading-badge-text-color)";
            const context = document.createElement("canvas").getContext("2d");
            context.fillStyle = getComputedStyle(count).color;
            context.fillRect(0, 0, 1, 1);
            const { data } = context.getImageData(0, 0, 1, 1);
            return [...data].slice(0, 3);
        }""".replace("WORDS", words),
    )
    assert color[0] > 1.5 * max(color[1:])
    assert contrast(f"#{bytes(color).hex()}", background) >= 4.5
