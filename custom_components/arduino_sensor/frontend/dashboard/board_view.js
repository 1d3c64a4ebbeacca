// What is shown of one board.

import { text } from "../texts.js";
import { control, isControl, named, tile } from "./cards.js";
import { dayGraphs, weekGraphs } from "./graphs.js";
import { alertsBadge, heading, liveSection, section } from "./parts.js";
import { hasPast, measured, readingCards, rowsBeside } from "./readings.js";

/** Return the view of a board; `hours` tells of how many an entity has statistics. */
export function boardView(board, hours = () => Infinity) {
  const sections = [
    readingsSection(board, (thing) => hasPast(thing, hours)),
    controlsSection(board),
    liveSection(board, { rows: rowsBeside(measured(board)) }),
    graphsSection("dashboard_day", "mdi:chart-line", dayGraphs(board.channels)),
    graphsSection(
      "dashboard_week",
      "mdi:chart-bell-curve-cumulative",
      weekGraphs(board.channels.filter((thing) => hours(thing.id) > 1)),
    ),
    restSection(board),
  ];
  return {
    type: "sections",
    max_columns: 3,
    dense_section_placement: true,
    badges: badges(board),
    sections: sections.filter(Boolean),
  };
}

function badges(board) {
  const shownAs = [];
  if (board.connection) {
    shownAs.push(connectionBadge(board.connection));
  }
  if (board.problem) {
    shownAs.push({
      type: "entity",
      entity: board.problem.id,
      ...named(board.problem),
      show_name: true,
      color: "red",
      visibility: [{ condition: "state", entity: board.problem.id, state: "on" }],
    });
  }
  for (const thing of board.rest) {
    if (thing.kind === "battery" || thing.kind === "signal_strength") {
      shownAs.push({ type: "entity", entity: thing.id, ...named(thing) });
    }
  }
  return shownAs;
}

function connectionBadge(connection) {
  return {
    type: "entity",
    entity: connection.id,
    ...named(connection),
    color: "green",
    state_content: ["state", "last_seen"],
  };
}

function readingsSection(board, hasTrend) {
  const cards = [...awayNotice(board), ...readingCards(measured(board), hasTrend)];
  if (board.channels.every(isControl)) {
    cards.push({
      type: "markdown",
      content: text(
        board.channels.length > 0 ? "dashboard_no_readings" : "dashboard_nothing_yet",
      ),
      grid_options: { columns: "full", rows: "auto" },
    });
  }
  return section(
    { ...heading("dashboard_now", "mdi:gauge"), badges: [alertsBadge(board)] },
    cards,
  );
}

// Said in words, at the top, for as long as it is so.
function awayNotice(board) {
  const witness = board.channels.find((thing) => thing.domain !== "event");
  if (!board.connection || !witness) {
    return [];
  }
  const { id } = board.connection;
  return [
    tile(board.connection, {
      name: text("dashboard_away"),
      icon: "mdi:lan-disconnect",
      state_content: ["state", "last_seen"],
      visibility: [
        { condition: "state", entity: id, state_not: "on" },
        { condition: "state", entity: witness.id, state: "unavailable" },
      ],
      grid_options: { columns: "full", rows: 1 },
    }),
  ];
}

function controlsSection(board) {
  const things = board.channels.filter(isControl);
  if (things.length === 0) {
    return undefined;
  }
  const rows = things.filter((thing) => thing.domain === "text");
  const cards = things
    .filter((thing) => thing.domain !== "button")
    .map(control)
    .filter(Boolean);
  if (rows.length > 0) {
    cards.push(list(rows));
  }
  cards.push(...things.filter((thing) => thing.domain === "button").map(control));
  return section(heading("dashboard_controls", "mdi:tune-variant"), cards);
}

function graphsSection(title, icon, cards) {
  if (cards.length === 0) {
    return undefined;
  }
  return section(heading(title, icon), cards, { column_span: cards.length > 1 ? 2 : 1 });
}

function restSection(board) {
  const settings = board.rest.filter((thing) => thing.category === "config");
  const faults = board.rest.filter((thing) => thing.category !== "config");
  const cards = [];
  if (settings.length > 0) {
    cards.push(list(settings));
  }
  if (faults.length > 0) {
    cards.push(list(faults));
  }
  if (cards.length === 0) {
    return undefined;
  }
  return section(
    {
      ...heading("dashboard_board", "mdi:developer-board"),
      tap_action: {
        action: "navigate",
        navigation_path: `/config/devices/device/${board.id}`,
      },
    },
    cards,
  );
}

function list(things) {
  return {
    type: "entities",
    show_header_toggle: false,
    entities: things.map((thing) => ({ entity: thing.id, ...named(thing) })),
    grid_options: { columns: 12, rows: "auto" },
  };
}
