// The WebSocket: it reconnects by itself and asks for what came in between.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 8000;
const PING_EVERY = 20_000;
const PONG_WITHIN = 8000;

export class Live {
  /** `on` has the functions `event(event)` and `state("connected" | "reconnecting")`. */
  constructor(on) {
    this.on = on;
    this.sequence = null; // the newest change this tab has
    this.pause = FIRST_PAUSE;
    this.socket = null;
    this.retry = 0;
    this.pong = 0;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => !document.hidden && this.now());
    setInterval(() => this.ping(), PING_EVERY);
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const after = this.sequence === null ? "" : `?after=${this.sequence}`;
    const socket = new WebSocket(`${scheme}//${location.host}/ws${after}`);
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => this.receive(socket, data));
    socket.addEventListener("close", () => this.lost(socket));
  }

  receive(socket, data) {
    if (socket !== this.socket) return;
    const event = JSON.parse(data);
    if (event.type === "pong") {
      clearTimeout(this.pong);
      return;
    }
    if (event.type === "hello") {
      this.pause = FIRST_PAUSE;
      this.on.state("connected");
      // What was missed follows one by one; only a tab without a past starts at the newest.
      if (this.sequence === null || event.sequence < this.sequence) this.sequence = event.sequence;
    }
    this.on.event(event);
    if (event.type === "message") this.sequence = Math.max(this.sequence ?? 0, event.message.sequence);
  }

  lost(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    clearTimeout(this.pong);
    this.on.state("reconnecting");
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  /** Somebody looks at the page, or the network is back: do not wait for the next try. */
  now() {
    if (this.socket !== null) {
      this.ping();
      return;
    }
    clearTimeout(this.retry);
    this.pause = FIRST_PAUSE;
    this.connect();
  }

  /** A connection that died in a sleeping laptop looks open: ask, and do not wait long. */
  ping() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send("ping");
    clearTimeout(this.pong);
    const socket = this.socket;
    this.pong = setTimeout(() => {
      socket.close();
      this.lost(socket);
    }, PONG_WITHIN);
  }
}
