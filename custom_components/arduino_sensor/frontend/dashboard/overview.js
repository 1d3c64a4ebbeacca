// What is shown of all boards.

import { text } from "../texts.js";
import {
  control,
  isColor,
  isControl,
  lamps,
  mostTelling,
  named,
  shown,
  tile,
} from "./cards.js";
import { alertsBadge, liveSection, section } from "./parts.js";
import { hasPast, measured, readingCards, rowsBeside } from "./readings.js";

const ALERTS = "arduino-alerts-card";
export const LAST_READING = "arduino-last-reading";

// One board shows most of what it measures, and so many of its controls; of several, each
// shows what says most.
const READINGS = 12;
const CONTROLS = 4;
const OF_FEW = 4;
const OF_MANY = 2;
// Curves are drawn for so many boards only: each asks for the history of a day.
export const FEW = 6;
const MANY = 12;

/** Return the view with all boards; `hours` tells of how many an entity has statistics. */
export function overview(
  boards,
  { isAdmin = false, base = "", hours = () => Infinity } = {},
) {
  if (boards.length === 0) {
    return noBoards(isAdmin);
  }
  const away = boards.filter((board) => board.isAway);
  const here = boards.filter((board) => !board.isAway);
  const view = {
    type: "sections",
    max_columns: boards.length > FEW ? 4 : 3,
    dense_section_placement: true,
    sections: [
      ...(away.length > 0 ? [awaySection(away, base)] : []),
      ...(boards.length === 1
        ? alone(here, base, hours)
        : here.map((board) => boardSection(board, boards.length, base, hours))),
    ],
  };
  if (customElements.get(ALERTS)) {
    view.sidebar = {
      sections: [{ type: "grid", cards: [{ type: `custom:${ALERTS}` }] }],
      content_label: text("dashboard_boards"),
      sidebar_label: text("dashboard_alerts"),
    };
  }
  return view;
}

function noBoards(isAdmin) {
  return {
    type: "panel",
    cards: [
      {
        type: "empty-state",
        icon: "mdi:developer-board",
        icon_color: "primary",
        content_only: true,
        title: text("dashboard_no_boards"),
        content: text(isAdmin ? "dashboard_add_first" : "dashboard_ask_admin"),
        buttons: isAdmin
          ? [
              {
                icon: "mdi:plus",
                text: text("dashboard_add_board"),
                appearance: "filled",
                tap_action: {
                  action: "navigate",
                  navigation_path:
                    "/config/integrations/dashboard/add?domain=arduino_sensor",
                },
              },
            ]
          : [],
      },
    ],
  };
}

function awaySection(boards, base) {
  return section(
    {
      type: "heading",
      heading: text("dashboard_away_boards"),
      heading_style: "title",
      icon: "mdi:lan-disconnect",
    },
    boards.map((board) => awayTile(board, base)),
    { column_span: 4 },
  );
}

function awayTile(board, base) {
  const thing = board.connection ?? board.channels[0] ?? board.rest[0];
  if (!thing) {
    // Nothing of it has a state, as before its set-up.
    return boardHeading(board, base);
  }
  return {
    type: "tile",
    entity: thing.id,
    name: board.name,
    icon: "mdi:lan-disconnect",
    state_content: ["state", "last_seen"],
    tap_action: open(board, base),
    grid_options: { columns: 12, rows: 1 },
  };
}

// It has the page for itself.
function alone(boards, base, hours) {
  return boards.flatMap((board) => {
    const all = measured(board);
    const things = all.length > READINGS ? mostTelling(all, READINGS) : all;
    const cards = [
      ...readingCards(things, (thing) => hasPast(thing, hours)),
      ...board.channels.filter(isControl).map(control).filter(Boolean).slice(0, CONTROLS),
    ];
    const live = liveSection(board, { rows: rowsBeside(things), columns: 1 });
    return [boardSectionOf(board, cards, base), ...(live ? [live] : [])];
  });
}

function boardSection(board, count, base, hours) {
  const things = mostTelling(board.channels, count > MANY ? OF_MANY : OF_FEW);
  const cards =
    count <= FEW
      ? shown(things, (thing) => hasPast(thing, hours))
      : things.map((thing) => tile(thing, { grid_options: { columns: 6, rows: 1 } }));
  if (count <= FEW && !things.some((thing) => thing.domain === "light")) {
    cards.push(...lamps(board.channels.filter(isColor)));
  }
  return boardSectionOf(board, cards, base);
}

function boardSectionOf(board, cards, base) {
  if (cards.length === 0) {
    cards.push({
      type: "markdown",
      content: text("dashboard_nothing_yet"),
      grid_options: { columns: 12, rows: "auto" },
    });
  }
  return section(boardHeading(board, base), cards);
}

function boardHeading(board, base) {
  const badges = [alertsBadge(board)];
  if (board.problem) {
    badges.push({
      type: "entity",
      entity: board.problem.id,
      ...named(board.problem),
      icon: "mdi:alert",
      color: "red",
      state_content: ["name", "state"],
      visibility: [{ condition: "state", entity: board.problem.id, state: "on" }],
    });
  }
  if (board.connection) {
    badges.push({ type: "entity", entity: board.connection.id, color: "green" });
  }
  badges.push({ type: `custom:${LAST_READING}`, device_id: board.id });
  return {
    type: "heading",
    heading: board.name,
    heading_style: "title",
    tap_action: open(board, base),
    badges,
  };
}

function open(board, base) {
  return { action: "navigate", navigation_path: `${base}${board.path}` };
}
