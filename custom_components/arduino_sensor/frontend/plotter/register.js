// Tells Home Assistant of the live plotter: in the list of cards, and as a suggestion
// for the entities of boards.

import { isNumber } from "../boards.js";
import { define, offer } from "../registering.js";
import { loadTexts, text, whenHass } from "../texts.js";
import { PlotterCard } from "./card.js";

export const TYPE = "arduino-plotter-card";

define(TYPE, PlotterCard);

offer("customCards", {
  type: TYPE,
  // Read when the list is opened: by then the words are there.
  get name() {
    return text("plotter_name");
  },
  get description() {
    return text("plotter_description");
  },
  preview: true,
  documentationURL:
    "https://github.com/arduino-sensor/arduino_sensor/blob/main/docs/live.md",
  getEntitySuggestion(hass, entityId) {
    if (!isNumber(hass, entityId)) {
      return null;
    }
    return {
      label: text("plotter_suggestion"),
      config: {
        type: `custom:${TYPE}`,
        device_id: hass.entities[entityId].device_id,
      },
    };
  },
});

whenHass().then(loadTexts);
