// Tells Home Assistant of the dashboard, which then offers it where a person adds one.

import { define, offer } from "../registering.js";
import { loadTexts, text, whenHass } from "../texts.js";
import { AlertsBadge } from "./alerts_badge.js";
import { LastReading } from "./last_reading.js";
import { LAST_READING } from "./overview.js";
import { BoardsPanel } from "./panel.js";
import { ALERTS_BADGE } from "./parts.js";
import {
  BOARD,
  BoardsDashboard,
  BoardView,
  DASHBOARD,
  OVERVIEW,
  OverviewView,
} from "./strategies.js";

define(`ll-strategy-dashboard-${DASHBOARD}`, BoardsDashboard);
define(`ll-strategy-view-${OVERVIEW}`, OverviewView);
define(`ll-strategy-view-${BOARD}`, BoardView);
define("arduino-boards-panel", BoardsPanel);
define(LAST_READING, LastReading);
define(ALERTS_BADGE, AlertsBadge);

offer("customStrategies", {
  type: DASHBOARD,
  strategyType: "dashboard",
  // Read when the dialog is opened: by then the words are there.
  get name() {
    return text("dashboard_title");
  },
  get description() {
    return text("dashboard_description");
  },
});

whenHass().then(loadTexts);
