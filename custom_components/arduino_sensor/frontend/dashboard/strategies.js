// The dashboard: what Home Assistant asks when it is made, and whenever a device, an
// entity or a state has changed.

import { loadTexts, text, textsChanged } from "../texts.js";
import { allBoards, oneBoard, ourEntries } from "./boards.js";
import { boardView } from "./board_view.js";
import { gaugeFor } from "./gauges.js";
import { FEW, overview } from "./overview.js";

export const DASHBOARD = "arduino-boards";
export const OVERVIEW = "arduino-boards";
export const BOARD = "arduino-board";

export const ICON = "mdi:developer-board";
// More do not fit above a page: the overview leads to them.
const TABS = 8;

const DAY = 24 * 3_600_000;

const REGISTRIES = ["entities", "devices"];

function registriesChanged(before, now) {
  return REGISTRIES.some((registry) => before[registry] !== now[registry]);
}

/** All boards: an overview, and a view for each. */
export class BoardsDashboard extends HTMLElement {
  static registryDependencies = REGISTRIES;
  static noEditor = true;

  static async getCreateSuggestions(hass) {
    await loadTexts(hass);
    return { title: text("dashboard_title"), icon: ICON };
  }

  static shouldRegenerate(config, before, now) {
    return (
      textsChanged(before, now) ||
      (registriesChanged(before, now) &&
        JSON.stringify(views(config, before)) !== JSON.stringify(views(config, now)))
    );
  }

  static async generate(config, hass) {
    await loadTexts(hass);
    return { title: text("dashboard_title"), views: views(config, hass) };
  }
}

function views(config, hass) {
  const boards = allBoards(hass, config.boards);
  const tabs = boards.length <= TABS;
  return [
    {
      title: text("dashboard_overview"),
      path: "overview",
      icon: "mdi:view-dashboard",
      strategy: { type: `custom:${OVERVIEW}`, boards: config.boards ?? [] },
    },
    ...boards.map((board) => ({
      title: board.name,
      path: board.path,
      subview: !tabs,
      strategy: { type: `custom:${BOARD}`, device_id: board.id },
    })),
  ];
}

/** The overview. */
export class OverviewView extends HTMLElement {
  static registryDependencies = REGISTRIES;
  static noEditor = true;

  static shouldRegenerate(config, before, now) {
    return changed(before, now, () => true);
  }

  static async generate(config, hass) {
    await loadTexts(hass);
    const boards = allBoards(hass, config.boards);
    return overview(boards, {
      isAdmin: Boolean(hass.user?.is_admin),
      hours: await hoursOf(hass, boards.length > FEW ? [] : boards, DAY),
    });
  }
}

/** One board. */
export class BoardView extends HTMLElement {
  static registryDependencies = REGISTRIES;
  static noEditor = true;

  static shouldRegenerate(config, before, now) {
    return changed(before, now, (entry) => entry.device_id === config.device_id);
  }

  static async generate(config, hass) {
    await loadTexts(hass);
    const board = oneBoard(hass, config.device_id);
    if (!board) {
      return {
        type: "panel",
        cards: [
          {
            type: "empty-state",
            icon: ICON,
            content_only: true,
            title: text("dashboard_no_such_board"),
          },
        ],
      };
    }
    return boardView(board, await hoursOf(hass, [board], 7 * DAY));
  }
}

const NO_ENTITIES = {};
const entries = new WeakMap();

// States change all the time, those of boards many times a second. What is shown
// depends on little of them, and mostly not on the value.
function changed(before, now, concerns) {
  if (textsChanged(before, now) || registriesChanged(before, now)) {
    return true;
  }
  if (before.states === now.states) {
    return false;
  }
  const registry = now.entities ?? NO_ENTITIES;
  let ours = entries.get(registry);
  if (!ours) {
    entries.set(registry, (ours = ourEntries(now)));
  }
  return ours.some((entry) => {
    const [old, state] = [before, now].map((hass) => hass.states?.[entry.entity_id]);
    return old !== state && concerns(entry) && essence(old) !== essence(state);
  });
}

function essence(state) {
  if (!state) {
    return "";
  }
  const { device_class: kind = null, unit_of_measurement: unit = null } =
    state.attributes ?? {};
  const value = Number(state.state);
  const gauge = gaugeFor({ kind, unit, value });
  return [
    state.state === "unavailable",
    Number.isNaN(value),
    kind,
    unit,
    state.attributes?.state_class,
    gauge?.min,
  ].join();
}

// Returns what tells of how many hours an entity has statistics: a new board has the
// first after an hour.
async function hoursOf(hass, boards, span) {
  const ids = boards
    .flatMap((board) => board.channels)
    .filter((thing) => thing.stateClass !== null)
    .map((thing) => thing.id);
  let found = {};
  if (ids.length > 0) {
    try {
      found = await hass.callWS({
        type: "recorder/statistics_during_period",
        start_time: new Date(Date.now() - span).toISOString(),
        statistic_ids: ids,
        period: "hour",
        types: ["mean", "sum"],
      });
    } catch (err) {
      // Without a recorder there are none.
      console.debug("arduino_sensor: no statistics:", err);
    }
  }
  return (id) => found[id]?.length ?? 0;
}
