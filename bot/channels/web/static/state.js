// What the page knows: a pure reducer over the server's frames and over what was sent but not yet answered.
//
//   talks[who]     rows of a customer's chat, oldest first: the frames themselves ({to: "customer" | "bot", …}); what was
//                  taken back is gone, and an edit takes the place of what it edits (`ids` are those of both)
//   cards[number]  the latest card frame of a case: {card, choices, notes, at}
//   threads[number] lines under a card: the frames themselves ({to: "staff", kind, …})
//   posts          what stands in a staff room by itself, oldest first; an edit takes the place of what it edits
//   turns[who]     the last turn: {trace, effects}
//   outbox         lines on their way: {line, status: "sending" | "retrying" | "accepted" | "refused", error, shown}
//   writing[number] the customer of a case who is writing just now
//   fill           the snippet that was asked for last: {case, text, ref}
//   sent           ids of the choices and forms that this page has sent
//   seen, keys     ids of the messages so far; the ref of the line that a message echoes

/** Before anything was heard. */
export function initial() {
  return {
    ready: false,
    shop: { company: "Frontdesk", bot: "Bot" },
    paused: false,
    agents: [],
    customers: [],
    suggestions: [],
    snippets: [],
    outcomes: [],
    notices: [],
    fill: null,
    talks: {},
    cards: {},
    threads: {},
    posts: [],
    scheduled: [],
    desk: { sections: [], categories: [], words: {} },
    turns: {},
    typing: {},
    writing: {},
    outbox: [],
    sent: {},
    keys: {},
    seen: new Set(),
  };
}

/** The state after a frame. Frames that say nothing to us leave it as it is. */
export function reduce(state, frame) {
  if (frame.hello) return greeted(state, frame.hello);
  if (frame.snippet) return { ...forgotten(state, frame.ok), fill: { ...frame.snippet, ref: frame.ok } };
  if ("ok" in frame) return accepted(state, frame.ok);
  if ("error" in frame) return refused(state, frame);
  if (frame.to) {
    const draft = copy(state);
    add(draft, frame);
    return draft;
  }
  if (frame.turn) return turned(state, frame.turn);
  if (frame.writing?.who) return { ...state, typing: { ...state.typing, [frame.writing.who]: frame.writing.over ? undefined : frame.writing.by } };
  if (frame.writing) return { ...state, writing: { ...state.writing, [frame.writing.case]: frame.writing.over ? "" : frame.writing.by } };
  if (frame.typing) return { ...state, typing: { ...state.typing, [frame.typing.who]: frame.typing.on ? (frame.typing.by ?? "") : undefined } };
  if ("now" in frame) return { ...state, paused: Boolean(frame.paused), scheduled: frame.scheduled ?? state.scheduled, desk: frame.desk ?? state.desk };
  return state;
}

// --- frames from the server -------------------------------------------------------------------------------------------

function greeted(before, hello) {
  const state = {
    ...initial(),
    ready: true,
    shop: { ...initial().shop, ...hello.shop },
    paused: Boolean(hello.paused),
    agents: hello.agents ?? [],
    customers: hello.customers ?? [],
    suggestions: hello.suggestions ?? [],
    snippets: hello.snippets ?? [],
    outcomes: hello.outcomes ?? [],
    notices: hello.notices ?? [],
    scheduled: hello.scheduled ?? [],
    desk: hello.desk ?? initial().desk,
    turns: before.turns,
    sent: before.sent,
    keys: before.keys,
    outbox: before.outbox,
  };
  for (const customer of before.customers) meet(state, customer.id, customer.name); // those who have said nothing yet
  for (const message of hello.messages ?? []) add(state, message, before.seen);
  for (const item of hello.cases ?? []) {
    state.cards[item.card.number] = { ...state.cards[item.card.number], ...item };
  }
  const another = [...before.seen].some((id) => !state.seen.has(id)); // the server began anew: same ids, other messages
  return another ? { ...state, turns: {}, sent: {}, keys: {} } : state;
}

function copy(state) {
  return {
    ...state,
    customers: [...state.customers],
    talks: { ...state.talks },
    cards: { ...state.cards },
    threads: { ...state.threads },
    posts: [...state.posts],
    seen: new Set(state.seen),
  };
}

/** Put a message in its place; `state` is a draft that may be changed. `old` are ids that an earlier hello showed. */
function add(state, frame, old = state.seen) {
  if (frame.to === "staff" && frame.kind === "card") {
    state.cards[frame.card.number] = { card: frame.card, title: frame.title ?? "", choices: frame.choices ?? [], notes: frame.notes ?? [], at: frame.at };
    return;
  }
  const id = `${frame.to}/${frame.who}/${frame.id}`;
  if (state.seen.has(id)) return;
  state.seen.add(id);
  if (frame.kind === "mark" && frame.case === null) {
    state.posts = state.posts.map((post) => (post.ids.includes(frame.of) ? { ...post, mark: frame.text, sign: frame.sign } : post));
    return;
  }
  if (frame.kind === "mark") {
    const lines = state.threads[frame.case] ?? [];
    state.threads[frame.case] = lines.map((line) => (line.id === frame.of ? { ...line, mark: frame.text, sign: frame.sign } : line));
    return;
  }
  if (frame.effect === "TakeBack") {
    const talk = state.talks[frame.who] ?? [];
    state.talks[frame.who] = talk.filter((row) => !(row.ids ?? [row.id]).includes(frame.of));
    return;
  }
  const row = old.has(id) && old !== state.seen ? remembered(state, frame, id) : settle(state, frame, id);
  if (frame.to === "staff" && frame.kind === "post") {
    const at = state.posts.findIndex((post) => frame.edits && post.ids.includes(frame.edits));
    if (at < 0) state.posts.push({ ...row, ids: [frame.id] });
    else state.posts[at] = { ...row, ids: [...state.posts[at].ids, frame.id] };
  } else if (frame.to === "staff" && frame.case === null) {
    for (const number of Object.keys(state.cards)) state.threads[number] = [...(state.threads[number] ?? []), row];
  } else if (frame.to === "staff") {
    state.threads[frame.case] = [...(state.threads[frame.case] ?? []), row];
  } else if (frame.to === "customer" || frame.to === "bot") {
    meet(state, frame.who, frame.name || frame.who);
    const talk = state.talks[frame.who] ?? [];
    const at = talk.findIndex((one) => frame.edits && (one.ids ?? [one.id]).includes(frame.edits));
    if (at < 0) state.talks[frame.who] = [...talk, row];
    else state.talks[frame.who] = talk.with(at, { ...row, at: talk[at].at, ids: [...(talk[at].ids ?? [talk[at].id]), frame.id] });
    if (frame.to === "customer") state.typing = { ...state.typing, [frame.who]: undefined };
  }
}

function meet(state, id, name = id) {
  if (!state.customers.some((customer) => customer.id === id)) state.customers.push({ id, name });
}

function turned(state, { who, trace, effects, scheduled }) {
  return {
    ...state,
    turns: { ...state.turns, [who]: { trace: trace ?? {}, effects: effects ?? [] } },
    scheduled: scheduled ?? state.scheduled,
  };
}

// --- the outbox -------------------------------------------------------------------------------------------------------

/** The state after `line` has been handed to the connection. `shown` is the text that stands for it meanwhile. */
export function queued(state, line, { shown = "", status = "sending" } = {}) {
  const sent = { ...state.sent };
  if (line.press) sent[line.press] = "press";
  if (line.submit) sent[line.submit.form] = "submit";
  return { ...state, sent, outbox: [...state.outbox, { line, status, error: "", shown }] };
}

/** The state after these lines had to be sent again. */
export function retrying(state, refs) {
  const late = new Set(refs);
  return { ...state, outbox: state.outbox.map((item) => (late.has(item.line.ref) && item.status === "sending" ? { ...item, status: "retrying" } : item)) };
}

/** The state without this line's trace: it was refused and the reader has seen that, or its echo never came. */
export function forgotten(state, ref) {
  return { ...state, outbox: state.outbox.filter((item) => item.line.ref !== ref) };
}

/** Whether the server will show the line as a message: then it stays in the outbox until that comes. */
export function isShown(line) {
  return line.say !== undefined || line.press !== undefined || ["reply", "note", "line"].includes(line.do);
}

function accepted(state, ref) {
  const item = state.outbox.find((one) => one.line.ref === ref);
  if (!item) return state;
  if (!isShown(item.line)) return forgotten(state, ref);
  return { ...state, outbox: state.outbox.map((one) => (one === item ? { ...one, status: "accepted" } : one)) };
}

function refused(state, { error, ref }) {
  const sent = { ...state.sent };
  const outbox = state.outbox.map((item) => {
    if (item.line.ref !== ref) return item;
    if (item.line.press) delete sent[item.line.press];
    if (item.line.submit) delete sent[item.line.submit.form];
    return { ...item, status: "refused", error: String(error) };
  });
  return { ...state, sent, outbox };
}

/** Let a message take the place of the line that it echoes: the row keeps that line's ref, and so its place on screen. */
function settle(state, frame, id) {
  const fits = state.outbox.filter((item) => item.status !== "refused" && echoes(frame, item.line));
  const item =
    fits.find(({ line }) => frame.ref === line.ref) ??
    fits.find(({ shown }) => shown.trim() === String(frame.text).trim()) ??
    fits.find(({ status }) => status === "accepted");
  if (!item) return frame;
  state.outbox = state.outbox.filter((one) => one !== item);
  state.keys = { ...state.keys, [id]: item.line.ref };
  return { ...frame, ref: item.line.ref };
}

function remembered(state, frame, id) {
  return id in state.keys ? { ...frame, ref: state.keys[id] } : frame;
}

function echoes(frame, line) {
  if (frame.to === "bot") return line.customer === frame.who && (line.say !== undefined || line.press !== undefined);
  if (frame.to !== "staff" || line.case !== frame.case) return false;
  return (line.do !== "note" && frame.kind === "agent") || (line.do !== "reply" && frame.kind === "note"); // "line" is either
}

// --- questions that the views ask -------------------------------------------------------------------------------------

/** How many of a customer's rows came from the bot or an agent. */
export function heard(state, who) {
  return (state.talks[who] ?? []).filter((row) => row.to === "customer").length;
}

/** The cases, newest first. */
export function cases(state) {
  return Object.values(state.cards).sort((a, b) => b.card.number - a.card.number);
}

/** The customer's id on this page, of a case's card ("local:ana" is ana), or "" when they write elsewhere. */
export function webCustomer(card) {
  return card.customer?.startsWith("local:") ? card.customer.slice(6) : "";
}
