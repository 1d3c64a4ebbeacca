// Times of day as the person wants to read them.

const HOURS = { am_pm: "h12", 12: "h12", 24: "h23" };

/** Return whether the person's hours go up to 12, or to 23; otherwise the language tells. */
function hours(locale) {
  const language = locale?.time_format === "system" ? undefined : locale?.language;
  const usual = new Intl.DateTimeFormat(language, { hour: "numeric" });
  return HOURS[locale?.time_format] ?? usual.resolvedOptions().hourCycle;
}

/** Return where the person's clock is; undefined for that of the device. */
export function timeZone({ locale, config }) {
  return locale?.time_zone === "server" ? config?.time_zone : undefined;
}

/** Return what writes times, with more than hours and minutes if that is wanted. */
export function timeFormat(hass, more = {}) {
  const { locale } = hass;
  const hourCycle = hours(locale);
  return new Intl.DateTimeFormat(locale?.language, {
    hour: hourCycle === "h23" ? "2-digit" : "numeric",
    minute: "2-digit",
    hourCycle,
    timeZone: timeZone(hass),
    ...more,
  });
}
