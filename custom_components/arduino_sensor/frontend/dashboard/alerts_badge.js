// How many alerts of a board are not over, beside a heading: on a phone, the list of all
// alerts is on another page.

import { Alerts, isActive } from "../alerts/stream.js";
import { sentence } from "../alerts/words.js";
import { numberFormat } from "../numbers.js";
import { loadTexts, onLateTexts, text } from "../texts.js";

const TEMPLATE = `
<style>
  [hidden] {
    display: none;
  }
  ha-heading-badge {
    /* What is written in that color alone is hard to read. */
    --alert-color: color-mix(in srgb, var(--error-color) 70%, var(--primary-text-color));
    --ha-heading-badge-text-color: var(--alert-color);
    --icon-color: var(--alert-color);
  }
</style>
<ha-heading-badge type="text" role="img" hidden>
  <ha-icon slot="icon" icon="mdi:alert"></ha-icon>
  <span></span>
</ha-heading-badge>`;

// One subscription for all that are in sight.
const shown = new Set();
let alerts = [];
let connection;
const stream = new Alerts(
  (event) => take(event.alerts),
  // The page itself says when there is no connection, and the stream tries again.
  () => undefined,
);

function take(listed) {
  alerts = listed;
  shown.forEach((badge) => badge.draw());
}

function listen() {
  const wanted = [...shown].find((badge) => badge.hass)?.hass.connection;
  if (wanted === connection) {
    return;
  }
  connection = wanted;
  stream.stop();
  take([]);
  if (connection) {
    stream.start(connection);
  }
}

export class AlertsBadge extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = TEMPLATE;
    this._badge = this.shadowRoot.querySelector("ha-heading-badge");
    this._count = this.shadowRoot.querySelector("span");
  }

  setConfig(config) {
    this._config = config;
    this.draw();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (before?.language !== hass.language || before?.locale !== hass.locale) {
      loadTexts(hass).then(() => this.draw());
    }
    if (before?.connection !== hass.connection) {
      listen();
    }
  }

  get hass() {
    return this._hass;
  }

  connectedCallback() {
    this._endTexts = onLateTexts(() => this.draw());
    shown.add(this);
    listen();
    this.draw();
  }

  disconnectedCallback() {
    this._endTexts();
    shown.delete(this);
    listen();
  }

  draw() {
    const id = this._config?.device_id;
    const mine = alerts.filter((alert) => isActive(alert) && alert.device_id === id);
    this._badge.hidden = mine.length === 0;
    if (mine.length > 0 && this._hass) {
      const { locale } = this._hass;
      const count = numberFormat(locale, 0, 0).format(mine.length);
      this._count.textContent = count;
      this._badge.ariaLabel = `${text("alerts_name")}: ${count}`;
      this._badge.title = mine.map((alert) => sentence(alert, locale)).join("\n");
    }
  }
}
