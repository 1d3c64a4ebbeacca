// The words of the cards, in the language that the person has chosen. They are in the
// integration's translations, under "common": Home Assistant fills in English for what
// is missing in a language.

const DOMAIN = "arduino_sensor";
const PREFIX = `component.${DOMAIN}.common.`;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

let language;
let loading;
let texts = {};
// How often other words have come.
let version = 0;
// Which of them there were with which of Home Assistant's objects.
const written = new WeakMap();
const listeners = new Set();

/** Load the words; resolves when `text` knows them, or when they did not come. */
export function loadTexts(hass) {
  if (language !== hass.language) {
    language = hass.language;
    loading = fetchTexts(hass, language, FIRST_PAUSE);
  }
  return loading.then(() => written.set(hass, version));
}

async function fetchTexts(hass, wanted, pause) {
  try {
    const { resources } = await hass.callWS({
      type: "frontend/get_translations",
      language: wanted,
      category: "common",
      integration: [DOMAIN],
    });
    if (wanted === language) {
      texts = resources;
      version += 1;
    }
  } catch (err) {
    console.warn("arduino_sensor: no texts:", err);
    setTimeout(() => tryAgain(hass, wanted, pause), pause);
  }
}

async function tryAgain(hass, wanted, pause) {
  const before = version;
  if (wanted === language) {
    await fetchTexts(hass, wanted, Math.min(pause * 2, LONGEST_PAUSE));
  }
  if (version !== before) {
    listeners.forEach((listener) => listener());
  }
}

/** Call a function when words come late, until what is returned is called. */
export function onLateTexts(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tell whether there are other words than at another time, each with its `hass`. */
export function textsChanged(before, now) {
  for (const hass of [before, now]) {
    if (!written.has(hass)) {
      written.set(hass, version);
    }
  }
  return before.language !== now.language || written.get(before) !== written.get(now);
}

/** Tell whether there is such a text. */
export function hasText(key) {
  return PREFIX + key in texts;
}

/** Return a text, with what it is about in place of {name}. */
export function text(key, values = {}) {
  const found = texts[PREFIX + key];
  if (found === undefined) {
    return makeshift(key, values);
  }
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** As long as the words have not come, their keys say enough to go on. */
function makeshift(key, values) {
  const [, first, rest] = /^[a-z]+_(.)(.*)$/.exec(key) ?? [key, "", key];
  const words = first.toUpperCase() + rest.replaceAll("_", " ");
  return [words, ...Object.values(values)].filter(Boolean).join(" ");
}

/** Resolves with Home Assistant's own object, as soon as the page has it. */
export function whenHass() {
  return new Promise((resolve) => {
    const look = () => {
      const hass = document.querySelector("home-assistant")?.hass;
      if (hass?.language && hass.connection) {
        resolve(hass);
      } else {
        setTimeout(look, 250);
      }
    };
    look();
  });
}
