// The stream of alerts: all that are to be seen, and again whenever one has changed.

import { Stream } from "../plotter/stream.js";

export class Alerts extends Stream {
  message() {
    return { type: "arduino_sensor/alerts/subscribe" };
  }
}

/** Tell whether something is still wrong. */
export function isActive(alert) {
  return alert.cleared === null;
}
