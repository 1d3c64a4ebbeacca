// What the card says in words.

import { numberFormat } from "../numbers.js";
import { text } from "../texts.js";
import { timeFormat } from "../times.js";

const TROUBLES = {
  disconnected: "plotter_disconnected",
  not_found: "plotter_no_board",
  not_loaded: "plotter_not_loaded",
  unauthorized: "plotter_unauthorized",
  // The integration has not been set up yet.
  unknown_command: "plotter_starting",
};

const STATES = {
  away: "plotter_away",
  not_loaded: "plotter_not_loaded",
  removed: "plotter_removed",
};

/** How much time is shown. */
export function spanText(span, locale) {
  const inMinutes = span >= 100_000;
  const count = span / (inMinutes ? 60_000 : 1000);
  return text(inMinutes ? "plotter_minutes" : "plotter_seconds", {
    count: numberFormat(locale, 0, count < 10 ? 1 : 0).format(count),
  });
}

/** Why nothing comes, for which Home Assistant has only its own words at most. */
export function troubleText(trouble, board) {
  const known = TROUBLES[trouble.code];
  return known
    ? text(known, { board })
    : text("plotter_error", { error: trouble.message ?? trouble.code });
}

/** Why what a person wanted was not done. */
export function failureText(err) {
  // A number is what is left of a command when the connection is lost.
  if (typeof err === "number") {
    return text("plotter_disconnected");
  }
  return err?.code === "unknown_command" ? troubleText(err) : err?.message ?? String(err);
}

/** Why nothing is drawn, or nothing new; undefined if all is well. */
export function reason({ deviceId, board, trouble, readings, series, view, hass }) {
  if (!deviceId) {
    return text("plotter_no_device");
  }
  if (trouble) {
    return troubleText(trouble, board);
  }
  if (readings.state in STATES) {
    return text(STATES[readings.state], { board });
  }
  if (view.paused) {
    const time = timeFormat(hass, { second: "2-digit" }).format(view.pausedAt);
    return text("plotter_paused", { time });
  }
  if (readings.told && !readings.series.length) {
    return text("plotter_no_numbers", { board });
  }
  if (readings.told && !series.some((one) => one.on)) {
    return text("plotter_none_chosen");
  }
  if (readings.dropped) {
    const count = numberFormat(hass.locale, 0, 0).format(readings.dropped);
    return text("plotter_dropped", { count });
  }
  return series.some((one) => one.ring.length) ? undefined : text("plotter_waiting");
}

/** The plot in words, for those who do not see it. */
export function picture(board, span, rows) {
  const values = rows.map((row) => text("plotter_picture_value", row)).join(" ");
  return text("plotter_picture", { board, span, values }).trim();
}
