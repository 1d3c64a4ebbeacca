// Tells Home Assistant of the list of alerts: it is in the list of cards.

import { define, offer } from "../registering.js";
import { loadTexts, text, whenHass } from "../texts.js";
import { AlertsCard } from "./card.js";

export const TYPE = "arduino-alerts-card";

define(TYPE, AlertsCard);

offer("customCards", {
  type: TYPE,
  // Read when the list is opened: by then the words are there.
  get name() {
    return text("alerts_card");
  },
  get description() {
    return text("alerts_description");
  },
  preview: true,
  documentationURL:
    "https://github.com/arduino-sensor/arduino_sensor/blob/main/docs/alerts.md",
});

whenHass().then(loadTexts);
