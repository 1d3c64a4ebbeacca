"""The cards in a page of their own: what they do when something is out of the ordinary."""

from playwright.async_api import Page
import pytest

from .modules import UPDATED, pretend

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]

LOST = "There is no connection to Home Assistant."


# The modules, and their words.


async def test_loaded_twice(fresh: Page) -> None:
    """After an update, an open page has what it had, once."""
    await pretend(fresh)
    await fresh.evaluate(
        "void (window.first = customElements.get('arduino-plotter-card'))"
    )
    await fresh.evaluate(f'import("{UPDATED}/main.js")')
    assert await fresh.evaluate(
        """[
            first === customElements.get("arduino-plotter-card"),
            customCards.map((one) => one.type).sort(),
            customStrategies.map((one) => one.type),
        ]"""
    ) == [True, ["arduino-alerts-card", "arduino-plotter-card"], ["arduino-boards"]]


async def test_words_come_late(fresh: Page) -> None:
    """Without them, the cards say it as well as they can, and ask again and again."""
    await fresh.clock.install()
    await pretend(fresh)
    await fresh.evaluate("""() => {
        side.come = side.texts;
        side.texts = async () => { throw { code: 3, message: "Connection lost" }; };
        window.look = () => [...document.body.children].map((card) =>
            card.shadowRoot.querySelector("h1, h2").textContent);
        document.body.append(...["arduino-alerts-card", "arduino-plotter-card",
            "arduino-boards-panel"].map((type) => {
                const card = document.createElement(type);
                card.setConfig?.({});
                return card;
            }));
        for (const card of document.body.children) card.hass = hass;
        side.answer = async () => [];
    }""")
    await fresh.clock.run_for(500)
    assert await fresh.evaluate("look()") == ["Name", "Name", "Title"]
    asked = "side.asked.filter((one) => one === 'frontend/get_translations').length"
    counts = []
    for _ in range(6):
        await fresh.clock.run_for(60_000)
        counts.append(await fresh.evaluate(asked))
    # At once, after 1, 3, 7, 15 and 31 seconds, and in the end once a minute.
    assert counts[0] == 6
    assert counts[5] - counts[3] == 2
    await fresh.evaluate("side.texts = side.come")
    await fresh.clock.run_for(61_000)
    names = ["Alerts", "Arduino live plotter", "Arduino boards"]
    assert await fresh.evaluate("look()") == names
    many = await fresh.evaluate(asked)
    await fresh.clock.run_for(600_000)
    assert await fresh.evaluate(asked) == many


async def test_dashboard_gets_words_that_come_late(fresh: Page) -> None:
    """It is made anew with them, and only then."""
    await fresh.clock.install()
    await pretend(fresh)
    again = """() => {
        const { shouldRegenerate } = customElements.get("ll-strategy-view-arduino-boards");
        const before = hass;
        hass = { ...hass };
        return shouldRegenerate({}, before, hass);
    }"""
    title = """async () => (await customElements.get("ll-strategy-view-arduino-boards")
        .generate({}, hass)).cards[0].title"""
    await fresh.evaluate("""() => {
        side.come = side.texts;
        side.texts = async () => { throw { code: 3, message: "Connection lost" }; };
    }""")
    assert await fresh.evaluate(title) == "No boards"
    assert not await fresh.evaluate(again)
    await fresh.evaluate("side.texts = side.come")
    await fresh.clock.run_for(1100)
    assert await fresh.evaluate(again)
    assert await fresh.evaluate(title) == "No boards yet"
    assert not await fresh.evaluate(again)


# The way to the dashboard.


async def test_panel_takes_back_what_it_has_begun(fresh: Page) -> None:
    """An empty dashboard does not stay, what went wrong is said, and it can be tried again."""
    await pretend(fresh)
    assert await fresh.evaluate("""async () => {
        const made = new Set();
        let fails = true;
        side.answer = async ({ type, url_path: path, dashboard_id: id }) => {
            await settled(1);
            if (type === "lovelace/dashboards/list") return [];
            if (type === "lovelace/dashboards/create") {
                made.add(path);
                return { id: `id of ${path}` };
            }
            if (type === "lovelace/dashboards/delete") made.delete(id.slice(6));
            if (type === "lovelace/config/save") {
                if (fails) throw { code: "x", message: "The disk is full" };
                hass.panels[path] = {};
            }
        };
        const panel = await put("arduino-boards-panel");
        const { button, problem } = panel._parts;
        const seen = [button.hidden];
        button.focus();
        button.click();
        button.click();
        await settled(100);
        seen.push([...made], problem.hidden, problem.textContent, button.ariaDisabled,
            panel.shadowRoot.activeElement === button,
            side.asked.filter((one) => one === "lovelace/dashboards/create").length);
        fails = false;
        button.click();
        button.click();
        await settled(100);
        seen.push([...made], problem.hidden, location.pathname);
        return seen;
    }""") == [
        False,
        *([], False, "The disk is full", "false", True, 1),
        *(["arduino-boards"], True, "/arduino-boards"),
    ]


async def test_panel_without_a_connection(fresh: Page) -> None:
    """It says so in words, and what cannot be deleted is no second fault."""
    await pretend(fresh)
    assert (
        await fresh.evaluate("""async () => {
        side.answer = async ({ type }) => {
            if (type === "lovelace/dashboards/list") return [];
            if (type === "lovelace/dashboards/create") return { id: "made" };
            throw 3;
        };
        const panel = await put("arduino-boards-panel");
        panel._parts.button.click();
        await settled();
        return panel._parts.problem.textContent;
    }""")
        == LOST
    )
