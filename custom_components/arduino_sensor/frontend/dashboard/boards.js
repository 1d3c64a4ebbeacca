// The boards of a house, as far as the frontend knows them. Nothing here throws,
// whatever is missing: a dashboard that fails shows nothing at all.

const DOMAIN = "arduino_sensor";

/** Return all boards, with their entities: the person's order first, then by name. */
export function allBoards(hass, first = []) {
  const entities = new Map();
  for (const entry of ourEntries(hass)) {
    const known = entities.get(entry.device_id);
    if (known) {
      known.push(entry);
    } else {
      entities.set(entry.device_id, [entry]);
    }
  }
  const boards = Object.values(hass.devices ?? {})
    .filter((device) => isBoard(device))
    .map((device) => new Board(hass, device, entities.get(device.id) ?? []));
  const place = (board) => {
    const index = Array.isArray(first) ? first.indexOf(board.id) : -1;
    return index < 0 ? Infinity : index;
  };
  const names = new Intl.Collator(hass.locale?.language, { numeric: true });
  return boards.sort((a, b) => {
    const [one, other] = [place(a), place(b)];
    if (one !== other) {
      return one - other;
    }
    return names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
  });
}

/** Return one board, or undefined. */
export function oneBoard(hass, deviceId) {
  const device = hass.devices?.[deviceId];
  if (!device || !isBoard(device)) {
    return undefined;
  }
  return new Board(
    hass,
    device,
    ourEntries(hass).filter((entry) => entry.device_id === deviceId),
  );
}

/** Return what the registry has of boards; a person does not want to see the hidden. */
export function ourEntries(hass) {
  return Object.values(hass.entities ?? {}).filter(
    (entry) => entry.platform === DOMAIN && entry.device_id && !entry.hidden,
  );
}

function isBoard(device) {
  return (
    !device.disabled_by &&
    (device.identifiers ?? []).some((identifier) => identifier?.[0] === DOMAIN)
  );
}

// What is known of a board itself, and is no channel of its sketch.
const STATUS = new Set([
  "interval",
  "last_problem",
  "last_seen",
  "reconnects",
  "rejected",
  "reset_reason",
  "sensor_problem",
]);

class Board {
  constructor(hass, device, entities) {
    this.id = device.id;
    this.name = device.name_by_user || device.name || device.model || device.id;
    // An address that stays when the board gets another name.
    this.path = `board-${device.id.slice(0, 12)}`;
    this.model = device.model;
    const things = entities.map((entry) => new Thing(hass, entry));
    this.connection = things.find((thing) => thing.tellsConnection);
    this.problem = things.find((thing) => thing.key === "sensor_problem");
    /** What the sketch sends and takes, in the sketch's order. */
    this.channels = things.filter(
      (thing) => !thing.isStatus && thing.category === null && thing.state,
    );
    /** What Home Assistant keeps apart: settings, and what is for finding faults. */
    this.rest = things.filter(
      (thing) => thing.state && (thing.isStatus || thing.category !== null),
    );
  }

  /** Whether nothing of the board can be relied upon. One that sleeps is not away. */
  get isAway() {
    const things = [...this.channels, ...this.rest].filter((thing) => !thing.isStatus);
    return things.length > 0
      ? things.every((thing) => thing.isUnavailable)
      : this.connection?.state?.state !== "on";
  }

  /** When it was last there; undefined if it never was, or that is not known. */
  get lastSeen() {
    return this.connection?.attributes.last_seen;
  }
}

class Thing {
  constructor(hass, entry) {
    this.id = entry.entity_id;
    this.domain = entry.entity_id.split(".")[0];
    this.key = entry.translation_key ?? null;
    this.category = entry.entity_category ?? null;
    this.state = hass.states?.[entry.entity_id];
    const attributes = this.state?.attributes ?? {};
    this.kind = attributes.device_class ?? null;
    this.unit = attributes.unit_of_measurement ?? null;
    this.stateClass = attributes.state_class ?? null;
    this.modes = attributes.supported_color_modes ?? [];
    this.attributes = attributes;
    // One without a name of its own is called as its board.
    this.isNamed = Boolean(entry.name);
  }

  get tellsConnection() {
    return (
      this.domain === "binary_sensor" &&
      this.kind === "connectivity" &&
      this.category === "diagnostic" &&
      this.key === null
    );
  }

  get isStatus() {
    return this.tellsConnection || STATUS.has(this.key);
  }

  get isUnavailable() {
    return !this.state || this.state.state === "unavailable";
  }

  /** The state as a number, or NaN. */
  get value() {
    const text = this.state?.state;
    return text === undefined || text === "" ? NaN : Number(text);
  }

  /** Whether it is a sensor of numbers, also while it has none. */
  get isNumeric() {
    if (this.domain !== "sensor" || this.kind === "enum" || this.kind === "timestamp") {
      return false;
    }
    return this.unit !== null || this.stateClass !== null || !Number.isNaN(this.value);
  }
}
