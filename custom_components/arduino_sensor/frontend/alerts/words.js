// What the card says: in the person's language, with their numbers and their clock.

import { numberFormat, withUnit } from "../numbers.js";
import { hasText, text } from "../texts.js";
import { timeFormat, timeZone } from "../times.js";

const NUMBER = /^-?\d+(\.\d+)?$/;
const DAY = 24 * 3600 * 1000;
const DURATIONS = [
  ["alerts_hours", 3600],
  ["plotter_minutes", 60],
  ["plotter_seconds", 1],
];
// What is said when not all is known that the sentence names.
const IN_SHORT = { battery: "alerts_battery_low", silent: "alerts_is_away" };

/** Return what was wrong, in a sentence. */
export function sentence(alert, locale) {
  if (alert.message) {
    return alert.message;
  }
  let key = `alerts_${alert.kind}`;
  if (alert.kind === "sensor") {
    key = `alerts_sensor_${alert.value}`;
  }
  const values = {
    channel: alert.channel ?? "",
    value: shown(alert.value, alert.unit, locale),
    limit: limit(alert, locale),
  };
  // A later version of the integration may have kinds that this page does not know, and
  // not everybody says all there is to say.
  const isWhole =
    hasText(key) &&
    Object.keys(values).every((name) => values[name] || !text(key).includes(`{${name}}`));
  const words = text(isWhole ? key : (IN_SHORT[alert.kind] ?? "alerts_other"), values);
  return words.replace(/ {2,}/g, " ").trim();
}

function limit(alert, locale) {
  if (alert.kind === "silent" && alert.unit === "s" && NUMBER.test(alert.limit)) {
    return duration(Number(alert.limit), locale);
  }
  return shown(alert.limit, alert.unit, locale);
}

/** Return a time in the largest unit of which it is a whole number. */
function duration(seconds, locale) {
  const [key, size] =
    DURATIONS.find(([, each]) => seconds >= each && seconds % each === 0) ??
    DURATIONS.at(-1);
  return text(key, { count: numberFormat(locale, 0, 3).format(seconds / size) });
}

function shown(value, unit, locale) {
  if (value === null || value === undefined) {
    return "";
  }
  if (!NUMBER.test(value)) {
    return unit ? `${value} ${unit}` : value;
  }
  const decimals = value.split(".")[1]?.length ?? 0;
  return withUnit(locale, Number(value), unit, Math.min(decimals, 10));
}

/** Return when it was, and until when. */
export function span(alert, hass, now = new Date()) {
  const from = moment(alert.raised, hass, now);
  if (alert.cleared === null) {
    return text("alerts_since", { time: from });
  }
  return text("alerts_until", { from, to: moment(alert.cleared, hass, now) });
}

/** Return a time: with the date, if it is not of today, and the year if not of this one. */
export function moment(iso, hass, now = new Date()) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return "";
  }
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: timeZone(hass) });
  const [today, then] = [day.format(now), day.format(at)];
  const isToday = now - at < DAY && today === then;
  const isThisYear = today.slice(0, 4) === then.slice(0, 4);
  return timeFormat(hass, {
    ...(isToday ? {} : { day: "numeric", month: "short" }),
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}
