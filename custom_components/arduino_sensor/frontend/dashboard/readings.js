// What a board measures, at a glance.

import { gauges, isColor, isControl, shown, suitsGauge } from "./cards.js";

const GAUGES = 4;

// So many rows of a section a gauge takes: one that has them for itself, or two.
const WIDE_GAUGE = 3.2;
const GAUGE = 2.3;

/** Return what a board measures, and nobody sets in Home Assistant. */
export function measured(board) {
  return board.channels.filter((thing) => !isControl(thing));
}

/** Return cards for what is measured, gauges first. */
export function readingCards(things, hasTrend) {
  const dials = withGauges(things);
  const others = things.filter((thing) => !dials.includes(thing));
  return [...gauges(dials), ...shown(others, hasTrend)];
}

/** Return about how many rows these cards take, for what is beside them. */
export function rowsBeside(things) {
  const dials = withGauges(things).length;
  const lamps = things.filter(isColor).length;
  const curves = things.filter((thing) => thing.isNumeric).length - dials;
  const others = things.length - dials - curves - lamps;
  const rows =
    (dials % 2) * WIDE_GAUGE +
    Math.floor(dials / 2) * GAUGE +
    2 * Math.ceil(curves / 2) +
    Math.ceil(others / 2) +
    2 * Math.ceil(lamps / 3);
  return Math.min(Math.max(Math.floor(rows), 6), 12);
}

/**
 * Tell whether there is a curve to draw of an entity: of a new one, that of a day would
 * be a wedge. What has no statistics never says that it is old enough.
 */
export function hasPast(thing, hours) {
  return thing.stateClass === null || hours(thing.id) > 0;
}

function withGauges(things) {
  return things.filter(suitsGauge).slice(0, GAUGES);
}
