// The last alerts of all boards, and the boards that are away.

import { allBoards } from "../dashboard/boards.js";
import { failureText, troubleText } from "../plotter/words.js";
import { loadTexts, onLateTexts, text } from "../texts.js";
import { Alerts, isActive } from "./stream.js";
import { TEMPLATE } from "./styles.js";
import { moment, sentence, span } from "./words.js";

const CLEAR = "arduino_sensor/alerts/clear";
const SET_UP = "/config/integrations/dashboard/add?domain=arduino_sensor";

const ICONS = {
  above: "mdi:arrow-collapse-up",
  below: "mdi:arrow-collapse-down",
  battery: "mdi:battery-alert-variant-outline",
  silent: "mdi:lan-disconnect",
  sensor: "mdi:connection",
  other: "mdi:alert-outline",
};
const OVER = "mdi:check";

// In each time zone, midnight is at a full quarter of an hour.
const QUARTER = 15 * 60_000;
const AWAY = "mdi:lan-disconnect";

export class AlertsCard extends HTMLElement {
  static getStubConfig() {
    return {};
  }

  static getConfigForm() {
    return {
      schema: [{ name: "title", selector: { text: {} } }],
      computeLabel: () => text("alerts_editor_title"),
    };
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = TEMPLATE;
    const find = (selector) => this.shadowRoot.querySelector(selector);
    this._parts = {
      card: find("ha-card"),
      title: find("h2"),
      clear: find(".clear"),
      away: find("#away"),
      alerts: find("#alerts"),
      notice: find(".notice"),
      setUp: find(".set-up"),
      heard: find(".heard"),
    };
    this._parts.clear.addEventListener("click", () => this._clear());
    this._config = {};
    this._alerts = undefined;
    this._away = [];
    /** Why the list could not be cleared. */
    this._failure = undefined;
    this._stream = new Alerts(
      (event) => this._take(event),
      (trouble) => this._troubled(trouble),
    );
  }

  // What Home Assistant's frontend calls.

  setConfig(config) {
    if (config.title !== undefined && typeof config.title !== "string") {
      throw new Error("title has to be a text");
    }
    this._config = config;
    this._draw();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (before?.language !== hass.language || before?.locale !== hass.locale) {
      loadTexts(hass).then(() => this._draw());
    }
    if (before?.connection !== hass.connection) {
      this._stream.stop();
    }
    this._start();
    if (
      before?.states !== hass.states ||
      before?.devices !== hass.devices ||
      before?.entities !== hass.entities
    ) {
      this._lookForBoards();
    }
  }

  getCardSize() {
    const listed = this._alerts ?? [];
    return 1 + Math.min(this._absent(listed).length + listed.length, 8);
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  connectedCallback() {
    this._endTexts = onLateTexts(() => this._draw());
    this._awaitMidnight();
    this._start();
  }

  disconnectedCallback() {
    this._endTexts();
    clearTimeout(this._midnight);
    this._stream.stop();
  }

  /** A time of yesterday is shown with its date. */
  _awaitMidnight() {
    clearTimeout(this._midnight);
    this._midnight = setTimeout(
      () => {
        this._draw();
        this._awaitMidnight();
      },
      QUARTER - (Date.now() % QUARTER),
    );
  }

  _start() {
    if (this.isConnected && this._hass && !this._stream.running) {
      this._stream.start(this._hass.connection);
    }
  }

  // What comes.

  _take(event) {
    const known = new Set((this._alerts ?? event.alerts).map((alert) => alert.id));
    const fresh = event.alerts.filter((alert) => !known.has(alert.id));
    this._alerts = event.alerts;
    this._draw();
    if (fresh.length > 0) {
      this._parts.heard.textContent = fresh
        .map((alert) => `${alert.board}: ${sentence(alert, this._hass.locale)}`)
        .join(" ");
    }
  }

  _troubled(trouble) {
    this._trouble = trouble;
    this._draw();
  }

  _lookForBoards() {
    const away = allBoards(this._hass)
      .filter((board) => board.isAway)
      .map((board) => ({
        id: board.id,
        name: board.name,
        since: board.lastSeen ?? "",
      }));
    if (JSON.stringify(away) !== JSON.stringify(this._away)) {
      this._away = away;
      this._draw();
    }
  }

  async _clear() {
    const { clear } = this._parts;
    // Not disabled in earnest: the keyboard would be nowhere then.
    if (clear.ariaDisabled === "true") {
      return;
    }
    clear.ariaDisabled = "true";
    this._failure = undefined;
    try {
      await this._hass.callWS({ type: CLEAR });
    } catch (err) {
      this._failure = failureText(err);
    } finally {
      clear.ariaDisabled = "false";
      this._draw();
    }
  }

  // What is shown.

  _draw() {
    if (!this._hass) {
      return;
    }
    const { title, clear, away, alerts, setUp } = this._parts;
    const focused = this.shadowRoot.activeElement;
    const listed = this._alerts ?? [];
    const absent = this._absent(listed);
    title.textContent = this._config.title || text("alerts_name");
    clear.textContent = text("alerts_clear");
    clear.hidden = listed.length === 0;
    away.hidden = absent.length === 0;
    away.setAttribute("aria-label", text("alerts_away"));
    this._replace(
      away,
      absent.map((board) => [board.id, this._awayRow(board)]),
    );
    alerts.hidden = listed.length === 0;
    alerts.setAttribute("aria-label", text("alerts_name"));
    this._replace(
      alerts,
      listed.map((alert) => [alert.id, this._alertRow(alert)]),
    );
    this._say(this._notice(listed));
    // The page where that is done is among the settings.
    setUp.hidden = !this._hass.user?.is_admin;
    setUp.href = SET_UP;
    setUp.textContent = text("alerts_set_up");
    const now = this.shadowRoot.activeElement;
    if (focused && (!now || now.hidden)) {
      // What the keyboard was at is gone.
      title.focus({ preventScroll: true });
    }
  }

  /** Return the boards that are away, but not those of which an alert says so. */
  _absent(listed) {
    const silent = new Set(
      listed
        .filter((alert) => alert.kind === "silent" && isActive(alert))
        .map((alert) => alert.device_id),
    );
    return this._away.filter((board) => !silent.has(board.id));
  }

  /** Have a notice; it is read out, but not again if it is as it was. */
  _say(words) {
    const { notice } = this._parts;
    if (notice.textContent !== words) {
      notice.textContent = words;
    }
  }

  /** Have these rows in a list; what is as it was stays, and so does the keyboard. */
  _replace(list, rows) {
    const known = new Map([...list.children].map((row) => [row.dataset.id, row]));
    const focused = this.shadowRoot.activeElement?.closest("li");
    const kept = rows.map(([id, row]) => {
      row.dataset.id = id;
      const before = known.get(id);
      return before?.isEqualNode(row) ? before : row;
    });
    const staying = new Set(kept);
    for (const row of known.values()) {
      if (!staying.has(row)) {
        row.remove();
      }
    }
    kept.forEach((row, place) => {
      if (list.children[place] !== row) {
        list.insertBefore(row, list.children[place] ?? null);
      }
    });
    const wasHere = focused && known.get(focused.dataset.id) === focused;
    if (wasHere && !this.shadowRoot.activeElement) {
      const now = kept.find((row) => row.dataset.id === focused.dataset.id);
      now?.firstElementChild.focus({ preventScroll: true });
    }
  }

  _notice(listed) {
    if (this._trouble) {
      return troubleText(this._trouble);
    }
    if (this._failure && listed.length > 0) {
      return this._failure;
    }
    return this._alerts && listed.length === 0 ? text("alerts_none") : "";
  }

  _awayRow({ id, name, since }) {
    const row = this._deviceLine(id, AWAY);
    const time = since ? moment(since, this._hass) : "";
    add(row, "board", name);
    add(row, "what", text("alerts_is_away"));
    if (time) {
      add(row, "when", text("alerts_since", { time }));
    }
    return item(row, "away");
  }

  _alertRow(alert) {
    const active = isActive(alert);
    const icon = active ? (ICONS[alert.kind] ?? ICONS.other) : OVER;
    const row = alert.entity_id
      ? line("button", icon)
      : this._deviceLine(alert.device_id, icon);
    add(row, "board", alert.board);
    add(row, "what", sentence(alert, this._hass.locale));
    add(row, "when", span(alert, this._hass));
    if (alert.entity_id) {
      row.type = "button";
      // Where it is compared with the row that there is.
      row.dataset.entity = alert.entity_id;
      row.addEventListener("click", () => this._show(alert.entity_id));
    }
    return item(row, active ? "active" : "over");
  }

  _deviceLine(id, icon) {
    // The page of a device is among the settings.
    if (!this._hass.user?.is_admin) {
      return line("div", icon);
    }
    const row = line("a", icon);
    row.href = `/config/devices/device/${id}`;
    return row;
  }

  _show(entityId) {
    this.dispatchEvent(
      new CustomEvent("hass-more-info", {
        detail: { entityId },
        bubbles: true,
        composed: true,
      }),
    );
  }
}

function item(row, kind) {
  const found = document.createElement("li");
  found.className = kind;
  found.append(row);
  return found;
}

function line(tag, icon) {
  const row = document.createElement(tag);
  row.className = "row";
  const picture = document.createElement("ha-icon");
  picture.setAttribute("icon", icon);
  picture.setAttribute("aria-hidden", "true");
  row.append(picture);
  return row;
}

function add(row, kind, words) {
  const part = document.createElement("span");
  part.className = kind;
  part.textContent = words;
  // Read as one, they need something between them.
  row.append(part, " ");
}
