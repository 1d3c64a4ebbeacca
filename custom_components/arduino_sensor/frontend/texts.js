// The words of the cards, in the language that the person has chosen. They are in the
// integration's translations, under "common": Home Assistant fills in English for what
// is missing in a language.

const DOMAIN = "arduino_sensor";
const PREFIX = `component.${DOMAIN}.common.`;

let language;
let loading;
let texts = {};

/** Load the words; resolves when `text` knows them. */
export function loadTexts(hass) {
  if (language !== hass.language) {
    language = hass.language;
    loading = fetchTexts(hass, language);
  }
  return loading;
}

async function fetchTexts(hass, wanted) {
  try {
    const { resources } = await hass.callWS({
      type: "frontend/get_translations",
      language: wanted,
      category: "common",
      integration: [DOMAIN],
    });
    if (wanted === language) {
      texts = resources;
    }
  } catch (err) {
    // The next one who asks tries again.
    language = undefined;
    console.warn("arduino_sensor: no texts:", err);
  }
}

/** Return a text, with what it is about in place of {name}. */
export function text(key, values = {}) {
  const found = texts[PREFIX + key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
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
