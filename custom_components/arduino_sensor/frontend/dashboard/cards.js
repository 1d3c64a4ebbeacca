// Home Assistant's own cards for the entities of boards.

import { gaugeFor } from "./gauges.js";

const COLORS = { red: "red", green: "green", blue: "blue" };

// What says most about a room or a machine comes first.
const TELLING = [
  "temperature",
  "humidity",
  "carbon_dioxide",
  "moisture",
  "aqi",
  "pm25",
  "volatile_organic_compounds_parts",
  "atmospheric_pressure",
  "pressure",
  "illuminance",
  "distance",
  "power",
  "energy",
  "current",
  "voltage",
];

/** Name a card as its entity, without the name of the board in front. */
export function named(thing) {
  return thing.isNamed ? { name: { type: "entity" } } : {};
}

/** Return the tile of an entity. */
export function tile(thing, more = {}) {
  const color = thing.domain === "binary_sensor" && COLORS[thing.key];
  return {
    type: "tile",
    entity: thing.id,
    ...named(thing),
    ...(color ? { color } : {}),
    ...(thing.domain === "event" ? { state_content: ["event_type", "state"] } : {}),
    ...more,
  };
}

/** Return what shows entities that are only looked at: cards of one height together. */
export function shown(things, hasTrend = () => true) {
  const [numbers, colors, others] = [[], [], []];
  for (const thing of things) {
    (thing.isNumeric ? numbers : isColor(thing) ? colors : others).push(thing);
  }
  return [
    ...numbers.filter(hasTrend).map((thing, index, all) =>
      withTrend(thing, columnsOf(index, all)),
    ),
    ...numbers
      .filter((thing) => !hasTrend(thing))
      .map((thing, index, all) => state(thing, columnsOf(index, all))),
    ...others.map((thing, index) => state(thing, columnsOf(index, others))),
    ...lamps(colors),
  ];
}

function state(thing, columns) {
  return tile(thing, { grid_options: { columns, rows: 1 } });
}

/** Return the colours of a light, which also say whether they are on. */
export function lamps(colors) {
  return colors.map((thing) =>
    tile(thing, { vertical: true, grid_options: { columns: 4, rows: 2 } }),
  );
}

/** Tell whether a gauge would suit an entity. */
export function suitsGauge(thing) {
  return thing.isNumeric && gaugeFor(thing) !== undefined;
}

/** Tell whether an entity is one of the colours of a light. */
export function isColor(thing) {
  return thing.domain === "binary_sensor" && thing.key in COLORS;
}

/** Return the tile of a number, with the curve of a day. */
export function withTrend(thing, columns = 6) {
  return tile(thing, {
    features: [{ type: "trend-graph", hours_to_show: 24 }],
    grid_options: { columns, rows: 2 },
  });
}

const NOTHING = ["unavailable", "unknown"];

/** Return gauges. */
export function gauges(things) {
  return things.flatMap((thing, index) => gaugeOrTile(thing, columnsOf(index, things)));
}

// Two beside each other; of an odd number, the first has a row.
function columnsOf(index, all) {
  return index === 0 && all.length % 2 === 1 ? 12 : 6;
}

// A gauge has words for a value, and an error for none: then it is a tile.
function gaugeOrTile(thing, columns) {
  const condition = { condition: "state", entity: thing.id };
  return [
    {
      type: "gauge",
      entity: thing.id,
      ...named(thing),
      needle: true,
      ...gaugeFor(thing),
      visibility: [{ ...condition, state_not: NOTHING }],
      grid_options: { columns, rows: "auto" },
    },
    tile(thing, {
      visibility: [{ ...condition, state: NOTHING }],
      grid_options: { columns, rows: 1 },
    }),
  ];
}

const TOGGLE = [{ type: "toggle" }];

/** Return what controls an entity; undefined if no tile can. */
export function control(thing) {
  switch (thing.domain) {
    case "switch":
      return wide(thing, TOGGLE, true);
    case "light":
      return light(thing);
    case "number":
      return wide(thing, [{ type: "numeric-input", style: numberStyle(thing) }]);
    case "select":
      return wide(thing, [{ type: "select-options" }]);
    case "button":
      return tile(thing, {
        hide_state: true,
        features: [{ type: "button" }],
        features_position: "bottom",
        grid_options: { columns: 6, rows: 2 },
      });
    default:
      return undefined;
  }
}

function wide(thing, features, inline = false) {
  return tile(thing, {
    features,
    features_position: inline ? "inline" : "bottom",
    grid_options: { columns: 12, rows: inline ? 1 : 2 },
  });
}

function light(thing) {
  const colored = thing.modes.some((mode) => !["onoff", "brightness"].includes(mode));
  if (colored) {
    return wide(thing, [{ type: "toggle" }, { type: "light-color-favorites" }]);
  }
  if (thing.modes.includes("brightness")) {
    return wide(thing, [{ type: "light-brightness" }]);
  }
  return wide(thing, TOGGLE, true);
}

function numberStyle({ attributes }) {
  const { min = 0, max = 100, step = 1, mode } = attributes;
  return mode === "box" || !((max - min) / step <= 200) ? "buttons" : "slider";
}

/** Tell whether a person can do something with an entity. */
export function isControl(thing) {
  return ["switch", "light", "number", "select", "button", "text"].includes(thing.domain);
}

/** Return the few channels that say most about a board. */
export function mostTelling(channels, most) {
  return channels
    .map((thing, index) => ({ thing, weight: weight(thing), index }))
    .filter((one) => one.weight < Infinity)
    .sort((a, b) => a.weight - b.weight || a.index - b.index)
    .slice(0, most)
    .map((one) => one.thing);
}

function weight(thing) {
  const place = TELLING.indexOf(thing.kind);
  if (thing.isNumeric) {
    return place < 0 ? 50 : place;
  }
  switch (thing.domain) {
    case "binary_sensor":
      // The colours of a light are shown together, or not at all.
      return isColor(thing) ? Infinity : thing.kind === null ? 70 : 40;
    case "light":
    case "switch":
      return 60;
    case "sensor":
      return 65;
    case "select":
    case "number":
      return 75;
    default:
      return Infinity;
  }
}
