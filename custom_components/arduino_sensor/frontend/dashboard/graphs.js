// Graphs of a day and of a week: a graph for each unit.

import { named } from "./cards.js";

const HOURS = 24;
const DAYS = 7;
const LINES = 8;
// With more channels than these, those of a unit share a graph.
const ALONE = 6;

const HALF = { columns: 12, rows: "auto" };
const FULL = { columns: "full", rows: "auto" };

/** Return the graphs of the last day. */
export function dayGraphs(channels) {
  const numbers = channels.filter((thing) => thing.isNumeric);
  const others = channels.filter(
    (thing) =>
      ["binary_sensor", "light", "switch", "select"].includes(thing.domain) ||
      (thing.domain === "sensor" && thing.kind === "enum"),
  );
  const cards = inPairs(byUnit(numbers).map(history));
  if (others.length > 0) {
    cards.push({ ...history(others), grid_options: FULL });
  }
  return cards;
}

function history(things) {
  return {
    type: "history-graph",
    entities: things.map(line),
    hours_to_show: HOURS,
    grid_options: HALF,
  };
}

// Two beside each other where there is room; of an odd number, the first has a row.
function inPairs(cards) {
  return cards.length % 2 === 0
    ? cards
    : cards.map((card, index) => (index === 0 ? { ...card, grid_options: FULL } : card));
}

/** Return the graphs of the last week, from what has long-term statistics. */
export function weekGraphs(channels) {
  const measured = channels.filter((thing) => thing.stateClass === "measurement");
  const totals = channels.filter(
    (thing) => thing.stateClass === "total" || thing.stateClass === "total_increasing",
  );
  const groups =
    measured.length > ALONE ? byUnit(measured) : measured.map((thing) => [thing]);
  return inPairs([
    ...groups.map((things) =>
      week(things, {
        period: "hour",
        stat_types: things.length > 1 ? ["mean"] : ["mean", "min", "max"],
        chart_type: "line",
      }),
    ),
    ...byUnit(totals).map((things) =>
      week(things, { period: "day", stat_types: ["change"], chart_type: "bar" }),
    ),
  ]);
}

function week(things, more) {
  return {
    type: "statistics-graph",
    entities: things.map(line),
    days_to_show: DAYS,
    ...more,
    grid_options: HALF,
  };
}

function line(thing) {
  return { entity: thing.id, ...named(thing) };
}

// In the order in which the units come, and no graph with too many lines.
function byUnit(things) {
  const groups = new Map();
  for (const thing of things) {
    const unit = thing.unit ?? "";
    const group = groups.get(unit);
    if (group) {
      group.push(thing);
    } else {
      groups.set(unit, [thing]);
    }
  }
  return [...groups.values()].flatMap((group) => {
    const parts = [];
    for (let start = 0; start < group.length; start += LINES) {
      parts.push(group.slice(start, start + LINES));
    }
    return parts;
  });
}
