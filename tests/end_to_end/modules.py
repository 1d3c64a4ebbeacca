"""The modules of the pages, in a page without a Home Assistant."""

import json
from typing import Any, Final

from playwright.async_api import Page

from custom_components.arduino_sensor.serving import FOLDER

ENGLISH: Final[dict[str, str]] = json.loads(
    (FOLDER.parent / "translations" / "en.json").read_text(encoding="utf-8")
)["common"]

# Where the modules are, and where they would be after an update of the integration.
ADDRESS: Final = "/frontend"
UPDATED: Final = "/updated"


async def run(page: Page, module: str, script: str, argument: Any = None) -> Any:
    """Return what a function returns that is given a module's exports."""
    return await page.evaluate(
        f"""async (argument) => {{
            const part = await import("{ADDRESS}/{module}");
            return ({script})(part, argument);
        }}""",
        argument,
    )


# As much of Home Assistant as a card needs; `side` is what a test does behind its back.
PRETEND: Final = """(texts) => {
    const resources = Object.fromEntries(Object.entries(texts).map(
        ([key, text]) => [`component.arduino_sensor.common.${key}`, text]));
    window.side = {
        asked: [],
        texts: async () => ({ resources }),
        answer: async () => undefined,
        subscribed: async () => () => undefined,
        tell: () => undefined,
    };
    window.hass = {
        language: "en", locale: { language: "en", time_format: "24" }, states: {},
        devices: {}, entities: {}, themes: {}, panels: {}, config: { time_zone: "UTC" },
        user: { is_admin: true },
        callWS: async (message) => {
            side.asked.push(message.type);
            return message.type === "frontend/get_translations"
                ? side.texts(message) : side.answer(message);
        },
        connection: {
            connected: true, addEventListener() {}, removeEventListener() {},
            subscribeMessage: (listener) => {
                side.tell = listener;
                return side.subscribed();
            },
        },
    };
    window.settled = (time = 20) => new Promise((resolve) => setTimeout(resolve, time));
    window.put = async (type, config = {}) => {
        const card = document.createElement(type);
        card.setConfig?.(config);
        document.body.replaceChildren(card);
        card.hass = hass;
        await settled();
        return card;
    };
}"""


async def pretend(page: Page) -> None:
    """Put a pretend Home Assistant into a page, and the modules."""
    await page.evaluate(PRETEND, ENGLISH)
    await page.evaluate(f'import("{ADDRESS}/main.js")')


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, by the formula of WCAG 2."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(color[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
