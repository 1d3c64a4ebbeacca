// Which devices and entities are those of boards.

const PLATFORM = "arduino_sensor";

// What is known of a board itself, and is no channel.
const STATUS = new Set(["last_seen", "last_problem", "rejected", "interval"]);

/** Tell whether an entity shows numbers that a board sends. */
export function isNumber(hass, entityId) {
  const entry = hass.entities?.[entityId];
  const state = hass.states?.[entityId];
  if (entry?.platform !== PLATFORM || !state || STATUS.has(entry.translation_key)) {
    return false;
  }
  const domain = entityId.split(".")[0];
  if (domain !== "sensor" && domain !== "number") {
    return false;
  }
  const { unit_of_measurement: unit, state_class: stateClass } = state.attributes;
  return (
    domain === "number" ||
    unit !== undefined ||
    stateClass !== undefined ||
    (state.state !== "" && Number.isFinite(Number(state.state)))
  );
}

/** Return the id of the first board that shows numbers, or else of any board. */
export function firstBoard(hass) {
  const entries = Object.values(hass.entities ?? {}).filter(
    (entry) => entry.platform === PLATFORM && entry.device_id,
  );
  const best = entries.find((entry) => isNumber(hass, entry.entity_id)) ?? entries[0];
  return best?.device_id;
}

/** Return what a person calls a board. */
export function boardName(hass, deviceId) {
  const device = hass.devices?.[deviceId];
  return device?.name_by_user ?? device?.name ?? "";
}
