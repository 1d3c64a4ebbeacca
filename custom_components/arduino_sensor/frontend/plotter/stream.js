// The stream of one board's readings. It begins anew by itself: after Home Assistant was
// restarted, after the connection was lost, and when the board was not there at first.

const COMMAND = "arduino_sensor/subscribe";
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

export class Stream {
  /** `onEvent` gets what the board sends, `onTrouble` why nothing comes, or undefined. */
  constructor(onEvent, onTrouble) {
    this._onEvent = onEvent;
    this._onTrouble = onTrouble;
    this._attempt = 0;
    this._opened = this._opened.bind(this);
    this._closed = this._closed.bind(this);
  }

  get running() {
    return this._connection !== undefined;
  }

  start(connection, deviceId) {
    this.stop();
    this._connection = connection;
    this._deviceId = deviceId;
    connection.addEventListener("ready", this._opened);
    connection.addEventListener("disconnected", this._closed);
    this._opened();
  }

  stop() {
    this._attempt += 1;
    clearTimeout(this._timer);
    this._end();
    this._connection?.removeEventListener("ready", this._opened);
    this._connection?.removeEventListener("disconnected", this._closed);
    this._connection = undefined;
  }

  /** What is asked for. */
  message() {
    return { type: COMMAND, device_id: this._deviceId };
  }

  _opened() {
    this._pause = FIRST_PAUSE;
    this._end();
    this._subscribe();
  }

  _closed() {
    this._attempt += 1;
    clearTimeout(this._timer);
    // It went with its connection.
    this._unsubscribe = undefined;
    this._onTrouble({ code: "disconnected" });
  }

  async _subscribe() {
    clearTimeout(this._timer);
    this._attempt += 1;
    const attempt = this._attempt;
    const connection = this._connection;
    let unsubscribe;
    try {
      unsubscribe = await connection.subscribeMessage(
        (event) => {
          if (attempt === this._attempt) {
            this._onEvent(event);
          }
        },
        this.message(),
        // It would be lost without a word if the integration is not there yet then.
        { resubscribe: false },
      );
    } catch (err) {
      if (attempt === this._attempt && connection.connected) {
        this._onTrouble(err);
        this._timer = setTimeout(() => this._subscribe(), this._pause);
        this._pause = Math.min(this._pause * 2, LONGEST_PAUSE);
      }
      return;
    }
    if (attempt !== this._attempt) {
      end(unsubscribe);
      return;
    }
    this._unsubscribe = unsubscribe;
    this._pause = FIRST_PAUSE;
    this._onTrouble(undefined);
  }

  _end() {
    if (this._unsubscribe) {
      end(this._unsubscribe);
      this._unsubscribe = undefined;
    }
  }
}

/** End a subscription that may have ended already. */
function end(unsubscribe) {
  Promise.resolve(unsubscribe()).catch(() => undefined);
}
