// The one WebSocket: reconnects with growing pauses, and keeps every line that the server has not yet acknowledged.
const FIRST_PAUSE = 400; // ms; doubles up to LONGEST_PAUSE
const LONGEST_PAUSE = 10_000;
const SILENCE = 75_000; // the server says something every 30 s: after this long the connection is dead
const PATIENCE = 10_000; // a line without an answer is sent again; its ref keeps it from counting twice

export class Connection {
  #url;
  #heard;
  #changed;
  #retrying;
  #waiting = new Map(); // ref → {line, sentAt}: in the order of sending
  #socket = null;
  #ready = false; // between hello and close
  #pause = FIRST_PAUSE;
  #timer = 0;
  #lastFrame = 0;
  #tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #count = 0;

  /** `heard(frame)` gets every frame; `changed(state)` "live" or "reconnecting"; `retrying(refs)` lines on their way again. */
  constructor(url, { heard, changed, retrying }) {
    this.#url = url;
    this.#heard = heard;
    this.#changed = changed;
    this.#retrying = retrying;
    setInterval(() => this.#check(), 2_000);
    addEventListener("online", () => this.#connectSoon(0));
    this.#connect();
  }

  /** Send a line as soon as possible, and again until it is answered. Returns it with its ref. */
  send(body) {
    this.#count += 1;
    const line = { ref: `${this.#tab}-${this.#count}`, ...body };
    this.#waiting.set(line.ref, { line, sentAt: 0 });
    if (this.#ready) this.#post(line.ref);
    return line;
  }

  /** Send something that is worth nothing later: not at all if it cannot go out now. */
  hint(body) {
    if (this.#ready) this.#socket.send(JSON.stringify(body));
  }

  /** Whether lines go out at the moment. */
  get ready() {
    return this.#ready;
  }

  #connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#read(data);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lost();
    });
    this.#lastFrame = Date.now();
  }

  #read(data) {
    this.#lastFrame = Date.now();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return; // not one of ours
    }
    if (!frame || typeof frame !== "object") return;
    if ("ok" in frame) this.#waiting.delete(frame.ok);
    if ("error" in frame) this.#waiting.delete(frame.ref);
    this.#heard(frame);
    if ("hello" in frame) {
      this.#ready = true;
      this.#pause = FIRST_PAUSE;
      this.#changed("live");
      for (const ref of this.#waiting.keys()) this.#post(ref);
    }
  }

  #post(ref) {
    const entry = this.#waiting.get(ref);
    entry.sentAt = Date.now();
    this.#socket.send(JSON.stringify(entry.line));
  }

  #lost() {
    this.#socket = null;
    this.#ready = false;
    this.#changed("reconnecting");
    this.#retrying([...this.#waiting.keys()]);
    this.#connectSoon(this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #connectSoon(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket || this.#connect(), pause);
  }

  #check() {
    const now = Date.now();
    if (this.#socket && now - this.#lastFrame > SILENCE) {
      const dead = this.#socket;
      this.#lost();
      dead.close();
      return;
    }
    if (!this.#ready) return;
    const late = [...this.#waiting.values()].filter(({ sentAt }) => now - sentAt > PATIENCE).map(({ line }) => line.ref);
    late.forEach((ref) => this.#post(ref));
    if (late.length) this.#retrying(late);
  }
}
