// The card's settings, as a form of Home Assistant's.

import { text } from "../texts.js";
import { LONGEST, SHORTEST } from "./view.js";

const ENTITIES = { integration: "arduino_sensor", domain: ["sensor", "number"] };

const LABELS = {
  device_id: "plotter_editor_device",
  title: "plotter_editor_title",
  seconds: "plotter_editor_seconds",
  entities: "plotter_editor_entities",
};

export function configForm() {
  return {
    schema: [
      {
        name: "device_id",
        required: true,
        selector: { device: { filter: { integration: "arduino_sensor" } } },
      },
      { name: "title", selector: { text: {} } },
      {
        name: "seconds",
        default: 30,
        selector: {
          number: {
            min: SHORTEST / 1000,
            max: LONGEST / 1000,
            mode: "box",
            unit_of_measurement: "s",
          },
        },
      },
      {
        name: "entities",
        selector: { entity: { multiple: true, filter: ENTITIES } },
      },
    ],
    computeLabel: ({ name }) => text(LABELS[name]),
    computeHelper: ({ name }) =>
      name === "entities" ? text("plotter_editor_entities_help") : undefined,
  };
}
