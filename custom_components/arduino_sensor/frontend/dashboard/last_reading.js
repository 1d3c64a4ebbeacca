// When a board was last heard, beside its name. States cannot tell: one that has not
// changed for an hour may have been sent a second ago.

import { loadTexts, onLateTexts, text } from "../texts.js";

const EVERY = 5000;

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

const TEMPLATE = `
<style>
  [hidden] {
    display: none;
  }
</style>
<ha-heading-badge type="text" hidden>
  <ha-icon slot="icon" icon="mdi:clock-outline"></ha-icon>
  <span></span>
</ha-heading-badge>`;

// One question for all that are in sight.
const shown = new Set();
let timer;

async function ask() {
  timer = undefined;
  const [first] = shown;
  if (first?.hass && !document.hidden) {
    try {
      const heard = await first.hass.callWS({ type: "arduino_sensor/last_readings" });
      shown.forEach((badge) => badge.tell(heard));
    } catch (err) {
      // Home Assistant may restart: the next one will be answered.
      console.debug("arduino_sensor: no last readings:", err);
    }
  }
  soon(EVERY);
}

function soon(delay) {
  if (timer === undefined && shown.size > 0) {
    timer = setTimeout(ask, delay);
  }
}

/** Return how long ago something was, as the person would say it. */
export function ago(seconds, language) {
  const [unit, length] = UNITS.find(([, one]) => seconds >= one) ?? UNITS.at(-1);
  const format = new Intl.RelativeTimeFormat(language, {
    numeric: "auto",
    style: "narrow",
  });
  return format.format(-Math.floor(seconds / length), unit);
}

export class LastReading extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = TEMPLATE;
    this._badge = this.shadowRoot.querySelector("ha-heading-badge");
    this._text = this.shadowRoot.querySelector("span");
  }

  setConfig(config) {
    this._config = config;
  }

  set hass(hass) {
    const isFirst = !this._hass;
    this._hass = hass;
    if (isFirst) {
      loadTexts(hass).then(() => this._write());
      soon(0);
    }
  }

  get hass() {
    return this._hass;
  }

  connectedCallback() {
    this._endTexts = onLateTexts(() => this._write());
    shown.add(this);
    soon(0);
  }

  disconnectedCallback() {
    this._endTexts();
    shown.delete(this);
  }

  _write() {
    this._badge.title = text("dashboard_last_reading");
  }

  tell(heard) {
    const seconds = heard[this._config?.device_id];
    this._badge.hidden = seconds === undefined;
    if (seconds !== undefined) {
      this._text.textContent = ago(seconds, this._hass.locale?.language);
    }
  }
}
