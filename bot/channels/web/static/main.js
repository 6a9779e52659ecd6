// The wiring: one connection, one state, one view; every change updates the three panes.
import { ask } from "./ask.js";
import { chat } from "./chat.js";
import { desk } from "./desk.js";
import { glance } from "./glance.js";
import { transcript } from "./transcript.js";
import { picture } from "./flow.js";
import { h, list, setAttribute, setText } from "./dom.js";
import { posts } from "./posts.js";
import { legible, name } from "./render.js";
import { Connection } from "./socket.js";
import { cases, forgotten, heard, initial, isShown, queued, reduce, retrying } from "./state.js";
import { tabs } from "./tabs.js";
import { themeToggle } from "./theme.js";
import { BotClock, momentOf, showTimesIn } from "./time.js";
import { why } from "./why.js";

const ECHO_WAIT = 8_000; // an accepted line whose echo never came is taken off the screen

const by = (id) => document.getElementById(id);
const WRITING = 6_000; // so long is it shown that somebody writes
const WRITES = 3_000; // so seldom is it told
const clock = new BotClock();
let wrote = 0;
let state = initial();
const view = { customer: "", agent: "", tab: "customer", whyOf: null, whySeen: null, read: {} };

// --- what happens -----------------------------------------------------------------------------------------------------

const url = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
const connection = new Connection(url, {
  heard(frame) {
    if (frame.hello) {
      showTimesIn(frame.hello.shop?.timezone);
      clock.set(frame.hello.now);
    }
    if (frame.now) clock.set(frame.now);
    if ("error" in frame) complain(frame);
    if (frame.look?.do === "transcript") showTranscript(frame.look);
    if (frame.look?.do === "desk") updateAsk.answer(frame.look);
    if (frame.turn?.who === view.customer) view.whyOf = null;
    change(reduce(state, frame));
    if (frame.writing && !frame.writing.over) setTimeout(() => change(reduce(state, { writing: { ...frame.writing, over: true } })), WRITING);
    if (typeof frame.ok === "string") setTimeout(() => change(forgotten(state, frame.ok)), ECHO_WAIT);
  },
  changed(link) {
    const pill = by("link");
    pill.dataset.state = link;
    setText(pill, link === "live" ? "Live" : "Reconnecting…");
    render();
  },
  retrying: (refs) => change(retrying(state, refs)),
});

/** Send a line and show it as on its way. */
function send(body, shown = "") {
  const line = connection.send(body);
  wrote = 0; // what comes now is written anew
  change(queued(state, line, { shown, status: connection.ready ? "sending" : "retrying" }));
}

/** Tell, now and then, that somebody writes: nobody needs to know each letter. */
function writing(who) {
  if (Date.now() - wrote < WRITES) return;
  wrote = Date.now();
  connection.hint({ writing: who });
}

/** The customer on show, and what they are called: nobody else knows that of a new one. */
function speaker() {
  const called = state.customers.find(({ id }) => id === view.customer)?.name.trim();
  return called ? { customer: view.customer, name: called } : { customer: view.customer };
}

/** An error whose line has no place of its own on the page. */
function complain({ error, ref }) {
  const line = state.outbox.find((item) => item.line.ref === ref)?.line;
  const notice = line?.do === "notice"; // its form is gone, and it has no other place
  if (line && !line.advance && !notice) return;
  const toast = by("toast");
  toast.replaceChildren(h("span", {}, notice ? "Nobody was told anything: " : line ? "The clock was not moved: " : "The server refused a message: ", h("bdi", {}, String(error))),
    h("button", { type: "button", class: "quiet small", on: { click: () => (toast.hidden = true) } }, "Dismiss"));
  toast.hidden = false;
  if (line) state = forgotten(state, ref);
}

const dismiss = (ref) => change(forgotten(state, ref));

const updateChat = chat({
  writes: () => writing({ customer: view.customer }),
  say: (text) => send({ ...speaker(), say: text }, text),
  press: (choice) => send({ ...speaker(), press: choice.id }, choice.label),
  submit: (form, values) => send({ ...speaker(), submit: { form: form.id, values } }, `Form: ${form.title}`),
  dismiss,
  why(row) {
    view.whyOf = row;
    if (panes.narrow()) panes.select("why");
    else if (by("why-fold").getAttribute("aria-expanded") === "false") by("why-fold").click();
    render();
  },
});
const updatePosts = posts({
  posts(about, action, text) {
    for (const { line, status } of state.outbox) {
      if (line.about === about && status === "refused") state = forgotten(state, line.ref);
    }
    send({ agent: view.agent, about, do: action, ...(text ? { text } : {}) });
  },
});
const updateDesk = desk({
  does(number, action, text) {
    for (const { line, status } of state.outbox) {
      if (line.case === number && status === "refused" && !isShown(line)) state = forgotten(state, line.ref);
    }
    send({ agent: view.agent, case: number, do: action, ...(text ? { text } : {}) }, text);
  },
  writes: (number) => writing({ agent: view.agent, case: number }),
  snippet: (number, id) => send({ agent: view.agent, case: number, snippet: id }),
  dismiss,
  become(agent) {
    view.agent = agent;
    render();
  },
  show: (customer) => choose(customer, true),
});
const updateGlance = glance({
  open(number) {
    updateDesk.open(number);
    render();
  },
});
const updateAsk = ask({
  ask: (words) => send({ agent: view.agent, do: "desk", text: words }),
  notice: (kind, values) => send({ agent: view.agent, do: "notice", text: kind, values }),
});
const showTranscript = transcript({
  more: (number, after) => send({ agent: view.agent, case: number, do: "transcript", after }),
});
const updateWhy = why({
  picture: picture(),
  latest() {
    view.whyOf = null;
    render();
  },
});
const panes = tabs(by("tabs"), (tab) => {
  view.tab = tab;
  render();
});
themeToggle(by("theme"));

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => {
    if (!button.getAttribute("aria-disabled")) send({ advance: button.dataset.advance });
  });
}

function choose(customer, reveal = false) {
  view.customer = customer;
  view.whyOf = null;
  if (reveal && panes.narrow()) panes.select("customer");
  render();
}

// --- a new customer ---------------------------------------------------------------------------------------------------

const newcomer = by("newcomer");
const newName = by("newcomer-name");

newcomer.addEventListener("submit", () => {
  const called = newName.value.trim();
  if (!called) return;
  const taken = (id) => state.customers.some((one) => one.id === id);
  const letters = called.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const stem = letters.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 24).replaceAll(/^-+|-+$/g, "");
  const latin = /[a-z]/.test(stem);
  let count = latin ? 1 : state.customers.length + 1;
  const next = () => (latin ? (count === 1 ? stem : `${stem}-${count}`) : `c${count}`);
  while (taken(next())) count += 1;
  const id = next();
  state = { ...state, customers: [...state.customers, { id, name: called }] };
  choose(id);
  setTimeout(() => by("say").focus());
});
by("newcomer-cancel").addEventListener("click", () => newcomer.close());

// --- the picture ------------------------------------------------------------------------------------------------------

let planned = false;

function change(next) {
  if (next === state) return;
  state = next;
  if (planned) return;
  planned = true;
  setTimeout(() => { // once for all frames that came together
    planned = false;
    render();
  });
}

function render() {
  if (!state.customers.some(({ id }) => id === view.customer)) view.customer = state.customers[0]?.id ?? "";
  if (!state.agents.some(({ id }) => id === view.agent)) view.agent = state.agents[0]?.id ?? "";
  const now = clock.now();
  read();
  bar();
  customers();
  agents();
  updateChat(state, view);
  updateGlance(state, view);
  updateAsk(state, view);
  updatePosts(state);
  updateDesk(state, view, now);
  updateWhy(state, view, now);
  badges();
}

function visible(tab) {
  return !panes.narrow() || view.tab === tab;
}

/** Keep count of what the reader has seen of each chat. */
function read() {
  if (!state.ready) return;
  for (const { id } of state.customers) {
    const total = heard(state, id);
    if (!(id in view.read)) view.read[id] = view.started ? 0 : total; // what was there before us is not news
    if ((id === view.customer && visible("customer")) || view.read[id] > total) view.read[id] = total;
  }
  view.started = true;
  if (visible("why")) view.whySeen = state.turns[view.customer];
}

function unread(id) {
  return heard(state, id) - (view.read[id] ?? 0);
}

function bar() {
  setText(by("company"), legible(state.shop.company, "Frontdesk"));
  by("paused").hidden = !state.paused;
  tick();
  for (const button of document.querySelectorAll("[data-advance]")) {
    setAttribute(button, "aria-disabled", state.outbox.some(({ line }) => line.advance) ? "true" : null);
  }
}

function tick() {
  const face = by("clock");
  if (!clock.known) return;
  const iso = new Date(clock.now()).toISOString();
  setText(face, momentOf(iso));
  face.dateTime = iso;
}

function customers() {
  const items = [...state.customers, { id: "", isNew: true }];
  list(by("customers"), items, ({ id, isNew }) => (isNew ? "+" : `=${id}`), (item) => (item.isNew
    ? h("button", { type: "button", class: "switch-new", "aria-haspopup": "dialog", data: { testid: "new-customer" }, on: { click: openNewcomer } }, "+ new…")
    : h("button", { type: "button", data: { testid: "customer", customer: item.id }, on: { click: () => choose(item.id) } }, name(item.name, item.id), h("span", { class: "dot", hidden: true }, h("span", { class: "sr" })))),
  (node, item) => {
    if (item.isNew) return;
    setAttribute(node, "aria-pressed", String(item.id === view.customer));
    const count = unread(item.id);
    const dot = node.querySelector(".dot");
    dot.hidden = count <= 0;
    setText(dot.firstElementChild, count > 0 ? `, ${count} unread` : "");
    setText(node.firstElementChild, legible(item.name, item.id));
  });
}

function openNewcomer() {
  newName.value = "";
  newcomer.showModal();
}

function agents() {
  list(by("agents"), state.agents, ({ id, name: called, role }) => JSON.stringify([id, called, role]),
    ({ id, name: called, role }) => h("button", { type: "button", data: { testid: "agent", agent: id }, on: { click: () => { view.agent = id; render(); } } }, name(called, id), h("span", { class: "role" }, ` ${role}`)),
    (node, { id }) => setAttribute(node, "aria-pressed", String(id === view.agent)));
}

function badges() {
  const news = state.customers.reduce((sum, { id }) => sum + Math.max(0, unread(id)), 0);
  const waiting = cases(state).filter(({ card }) => card.status === "waiting").length;
  badge("customer", news, `${news} unread`);
  badge("staff", waiting, `${waiting} waiting`);
  badge("why", state.turns[view.customer] !== view.whySeen && !visible("why") ? "•" : 0, "new");
  const company = legible(state.shop.company, "Frontdesk");
  const title = `${news ? `(${news}) ` : ""}${company} · playground`;
  if (document.title !== title) document.title = title;
}

function badge(tab, count, words) {
  const node = by(`tab-${tab}`).querySelector(".badge");
  node.hidden = !count;
  if (node.dataset.count === String(count)) return;
  node.dataset.count = count;
  node.replaceChildren(h("span", { "aria-hidden": "true" }, String(count)), h("span", { class: "sr" }, words));
}

setInterval(tick, 1_000);
setInterval(render, 30_000); // relative times move on
render();
