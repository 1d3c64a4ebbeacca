// What the card says: in the person's language, with their numbers and their clock.

import { withUnit } from "../numbers.js";
import { text } from "../texts.js";

const NUMBER = /^-?\d+(\.\d+)?$/;
const DAY = 24 * 3600 * 1000;

/** Return what was wrong, in a sentence. */
export function sentence(alert, locale) {
  if (alert.message) {
    return alert.message;
  }
  let key = `alerts_${alert.kind}`;
  if (alert.kind === "battery" && alert.limit === null) {
    key = "alerts_battery_low";
  } else if (alert.kind === "sensor") {
    key = `alerts_sensor_${alert.value}`;
  }
  const values = {
    channel: alert.channel ?? "",
    value: shown(alert.value, alert.unit, locale),
    limit: shown(alert.limit, alert.unit, locale),
  };
  const found = text(key, values);
  // A later version of the integration may have kinds that this page does not know.
  return (found === key ? text("alerts_other", values) : found).trim();
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

/** Return a time: with the date, if it is not of today. */
export function moment(iso, hass, now = new Date()) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return "";
  }
  const { locale, config } = hass;
  const zone = locale?.time_zone === "server" ? config?.time_zone : undefined;
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const isToday = now - at < DAY && day.format(now) === day.format(at);
  const clock = { am_pm: "h12", 12: "h12", 24: "h23" }[locale?.time_format];
  return new Intl.DateTimeFormat(locale?.language, {
    ...(isToday ? {} : { day: "numeric", month: "short" }),
    hour: clock === "h23" ? "2-digit" : "numeric",
    minute: "2-digit",
    ...(clock ? { hourCycle: clock } : {}),
    timeZone: zone,
  }).format(at);
}
