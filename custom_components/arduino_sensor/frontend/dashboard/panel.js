// The way to the dashboard from where a board was added: to the one that is there, or
// with one click to a new one.

import { failureText } from "../plotter/words.js";
import { loadTexts, onLateTexts, text } from "../texts.js";
import { DASHBOARD, ICON } from "./strategies.js";

const STRATEGY = `custom:${DASHBOARD}`;
const LONGEST = 10_000;

const TEMPLATE = `
<style>
  :host {
    display: flex;
    min-height: 100vh;
    align-items: center;
    justify-content: center;
    box-sizing: border-box;
    padding: 16px;
    color: var(--primary-text-color);
    background: var(--primary-background-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    text-align: center;
  }
  main {
    max-width: 480px;
  }
  ha-icon {
    --mdc-icon-size: 64px;
    color: var(--primary-color);
  }
  h1 {
    margin: 16px 0 8px;
    font-size: 24px;
    font-weight: 400;
  }
  p {
    margin: 0 0 24px;
    color: var(--secondary-text-color);
    line-height: 1.5;
  }
  .problem {
    color: var(--error-color);
  }
  button {
    border: 0;
    border-radius: 20px;
    padding: 0 24px;
    height: 40px;
    font: inherit;
    font-weight: 500;
    color: var(--text-primary-color, white);
    /* On that color alone, white is hard to read. */
    background: color-mix(in srgb, var(--primary-color) 75%, black);
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    opacity: 0.5;
    cursor: default;
  }
  [hidden] {
    display: none;
  }
</style>
<main hidden>
  <ha-icon icon="${ICON}"></ha-icon>
  <h1></h1>
  <p id="about"></p>
  <p class="problem" role="alert" hidden></p>
  <button hidden></button>
</main>`;

export class BoardsPanel extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = TEMPLATE;
    const find = (selector) => this.shadowRoot.querySelector(selector);
    this._parts = {
      main: find("main"),
      title: find("h1"),
      about: find("#about"),
      problem: find(".problem"),
      button: find("button"),
    };
    this._parts.button.addEventListener("click", () => this._create());
  }

  set hass(hass) {
    this._hass = hass;
    this._look();
  }

  connectedCallback() {
    this._endTexts = onLateTexts(() => this._write());
    this._look();
  }

  disconnectedCallback() {
    this._endTexts();
    // Whoever comes back later may have made one meanwhile.
    this._looked = false;
    this._parts.main.hidden = true;
  }

  async _look() {
    if (!this._hass || !this.isConnected || this._looked) {
      return;
    }
    this._looked = true;
    await loadTexts(this._hass);
    const path = await existing(this._hass);
    if (!this.isConnected) {
      return;
    }
    if (path) {
      goTo(path);
      return;
    }
    this._write();
    this._parts.main.hidden = false;
  }

  _write() {
    const { title, about, button } = this._parts;
    const isAdmin = Boolean(this._hass?.user?.is_admin);
    title.textContent = text("dashboard_title");
    about.textContent = text(
      isAdmin ? "dashboard_description" : "dashboard_ask_for_one",
    );
    button.textContent = text("dashboard_create");
    button.hidden = !isAdmin;
  }

  async _create() {
    const { button, problem } = this._parts;
    // Not disabled in earnest: the keyboard would be nowhere then.
    if (button.ariaDisabled === "true") {
      return;
    }
    button.ariaDisabled = "true";
    problem.hidden = true;
    try {
      const path = await create(this._hass);
      await until(() => this._hass.panels[path]);
      goTo(path);
    } catch (err) {
      problem.textContent = failureText(err);
      problem.hidden = false;
    } finally {
      button.ariaDisabled = "false";
    }
  }
}

// The path of a dashboard of boards that a person has made already.
async function existing(hass) {
  let dashboards = [];
  try {
    dashboards = await hass.callWS({ type: "lovelace/dashboards/list" });
  } catch (err) {
    console.warn("arduino_sensor: no list of dashboards:", err);
  }
  for (const { url_path: path } of dashboards) {
    try {
      const config = await hass.callWS({
        type: "lovelace/config",
        url_path: path,
        force: false,
      });
      if (config?.strategy?.type === STRATEGY) {
        return path;
      }
    } catch {
      // One that is empty has no configuration.
    }
  }
  return undefined;
}

async function create(hass) {
  let path = DASHBOARD;
  for (let number = 2; hass.panels[path]; number += 1) {
    path = `${DASHBOARD}-${number}`;
  }
  const { id } = await hass.callWS({
    type: "lovelace/dashboards/create",
    mode: "storage",
    url_path: path,
    title: text("dashboard_title"),
    icon: ICON,
    show_in_sidebar: true,
    require_admin: false,
  });
  try {
    await hass.callWS({
      type: "lovelace/config/save",
      url_path: path,
      config: { strategy: { type: STRATEGY } },
    });
  } catch (err) {
    // It would be an empty one, and in the way of the next.
    await hass
      .callWS({ type: "lovelace/dashboards/delete", dashboard_id: id })
      .catch((reason) => console.warn("arduino_sensor: still there:", path, reason));
    throw err;
  }
  return path;
}

async function until(test) {
  const end = Date.now() + LONGEST;
  while (!test() && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// In place of this page, so that the way back leads to where one came from.
function goTo(path) {
  history.replaceState(null, "", `/${path}`);
  window.dispatchEvent(
    new CustomEvent("location-changed", { detail: { replace: true } }),
  );
}
