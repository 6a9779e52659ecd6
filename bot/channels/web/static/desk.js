// The staff channel: case cards that are edited in place, their actions, the thread under each, and the composer.
import { growing, h, list, setAttribute, setText } from "./dom.js";
import { legible, name, plain, prose, shorten, tree } from "./render.js";
import { cases, webCustomer } from "./state.js";
import { fromNow, momentOf, timeOf } from "./time.js";

const STATUS = { waiting: "Waiting", owned: "Owned", resolved: "Resolved" };
const DUE = { first_response: "First answer due", next_response: "Next answer due", resolve: "Solution due" };
const PENDING = { sending: "sending…", retrying: "not sent yet, retrying…", accepted: "sent" };

// Actions that ask for a text first. Everything else happens at the press of its button.
const ASKS = {
  decline: { label: "Reason for declining", button: "Decline", required: true, hint: "" },
  counter: { label: "Why? The customer reads it (optional)", button: "Make the offer", required: false, hint: "The customer can take it or leave it.",
    before: [{ id: "amount", label: "How much, such as 10 GBP" }, { id: "what", label: "As what, such as store credit" }] },
  snooze: { label: "Until when?", button: "Put aside", required: true, hint: "Such as 2h, 3pm, tomorrow 9:00, friday, or: until they write" },
  resolve: { label: "Last words to the customer (optional)", button: "Resolve case", required: false, hint: "The customer sees this text." },
};
const OWN_PLACE = new Set(["reply", "note", "line"]); // these have the composer

/**
 * Set up the pane. `act` is what it may do: does(number, action, text), dismiss(ref), become(agent), show(customer).
 * Returns an update function of (state, view, now).
 */
export function desk(act) {
  const [box, none, news] = ["cases", "no-cases", "desk-news"].map((id) => document.getElementById(id));
  const open = new Map(); // number → whether the card is unfolded
  const last = new Map(); // number → status
  let first = true;
  let wanted = 0;

  function update(state, view, now) {
    if (!state.ready) return;
    const all = cases(state);
    const newest = all.find(({ card }) => card.status !== "resolved");
    for (const { card } of all) {
      const before = last.get(card.number);
      if (before === card.status) continue;
      last.set(card.number, card.status);
      if (card.status === "resolved") open.set(card.number, false);
      else if (before === undefined) open.set(card.number, first ? card === newest.card : true);
      if (!first) setText(news, `Case ${card.number}, ${shorten(legible(card.name), 40)}: ${describe(card, state)}`);
    }
    first = false;

    none.hidden = all.length > 0;
    if (!none.childElementCount) {
      none.append(h("p", { class: "welcome-title" }, "No cases yet"), h("p", {}, "When the bot hands a conversation over to people, its card appears here."));
    }
    const toggle = (number) => {
      open.set(number, !open.get(number));
      update(state, view, now);
    };
    list(box, all, ({ card }) => `${card.number}/${card.opened_at}`, (item) => new Card(item.card.number, act, toggle).node,
      (node, item) => node.card.update(item, state, view, now, open.get(item.card.number)));
    if (wanted) reveal();
  }

  /** Bring a case before the reader's eyes. */
  function reveal() {
    const head = box.querySelector(`[data-case="${wanted}"] .case-head`);
    wanted = 0;
    head?.focus({ preventScroll: true });
    const scroller = box.closest(".scroller"); // and nothing around it
    if (head) scroller.scrollTop += head.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
  }

  update.open = (number) => {
    open.set(number, true);
    wanted = number;
  };
  return update;
}

function describe(card, state) {
  if (card.status === "owned") return `owned by ${legible(agentName(state, card.assignee), card.assignee)}`;
  return card.status === "waiting" ? "waiting for somebody" : "resolved";
}

function agentName(state, id) {
  return state.agents.find((agent) => agent.id === id)?.name ?? id;
}

/** One case: its elements, made once and kept. */
class Card {
  constructor(number, act, toggle) {
    this.number = number;
    this.act = act;
    this.asking = "";
    this.agent = "";
    this.seen = {};
    this.head = h("button", { type: "button", class: "case-head", "aria-expanded": "false", "aria-controls": `case-${number}`, data: { testid: "case-toggle" }, on: { click: () => toggle(number) } });
    this.about = h("div", { class: "about" });
    this.actions = h("div", { class: "actions", role: "group", "aria-label": `Actions on case ${number}` });
    this.ask = h("form", { class: "ask-text", hidden: true, data: { testid: "case-ask" } });
    this.trouble = h("div", { class: "trouble" });
    this.thread = h("div", { class: "thread", role: "log", "aria-live": "polite", "aria-label": `Thread of case ${number}`, data: { testid: "thread" } });
    this.composer = new Composer(number, act);
    this.body = h("div", { class: "case-body", id: `case-${number}` }, this.about, this.actions, this.ask, this.trouble, this.thread, this.composer.node);
    this.node = h("article", { class: "case", "aria-label": `Case ${number}`, data: { testid: "case", case: String(number) } }, h("h3", {}, this.head), this.body);
    this.node.card = this;
  }

  update({ card, title, choices, notes = [] }, state, view, now, open) {
    this.node.dataset.status = card.status;
    this.outcomes = state.outcomes;
    const held = this.node.contains(document.activeElement);
    if (!open && this.body.contains(document.activeElement)) this.head.focus();
    this.body.hidden = !open;
    setAttribute(this.head, "aria-expanded", String(Boolean(open)));
    this.once("head", [card, title, state.agents], () => this.head.replaceChildren(...heading(card, title, state)));
    this.once("about", [card, notes, state.agents, Math.floor(now / 60_000)], () => this.describe(card, notes, state, now));
    this.offer(card, choices, state, view, held);
    const lines = state.threads[this.number] ?? [];
    list(this.thread, lines, (line) => line.ref ?? `${line.id}/${line.at}`, (line) => threadLine(line, state, this.act), (node, line) => marked(node, line));
    this.thread.hidden = lines.length === 0;
    this.composer.update(card, state, view);
  }

  /** Do `work` when `facts` have changed since the last time. */
  once(what, facts, work) {
    const key = JSON.stringify(facts);
    if (this.seen[what] === key) return;
    this.seen[what] = key;
    work();
  }

  describe(card, notes, state, now) {
    const open = this.about.querySelector("details")?.open;
    const web = webCustomer(card);
    const facts = [];
    const fact = (term, ...value) => facts.push(h("div", {}, h("dt", {}, term), h("dd", { dir: "auto" }, value)));
    fact("Customer", web && state.customers.some(({ id }) => id === web)
      ? h("button", { type: "button", class: "as-link", data: { testid: "show-customer" }, on: { click: () => this.act.show(web) } }, name(card.name, card.customer))
      : name(card.name, card.customer));
    if (card.reason) fact("Reason", plain(card.reason));
    fact("Opened", when(card.opened_at, now));
    if (card.waits && card.status !== "resolved") fact("Waiting since", when(card.waits, now));
    if (card.promise && card.status !== "resolved") {
      const late = Date.parse(card.promise) < now;
      fact(late ? "Answer was promised" : "Answer promised", h("span", { class: late ? "bad" : null, data: { testid: "promise" } }, late ? "overdue: " : "by ", when(card.promise, now)));
    }
    for (const { kind, due } of card.status === "resolved" ? [] : card.watches ?? []) {
      if (due) fact(DUE[kind] ?? plain(kind), h("span", { class: Date.parse(due) < now ? "bad" : null, data: { testid: "due" } }, Date.parse(due) < now ? "overdue: " : "by ", when(due, now)));
    }
    fact("Assignee", card.assignee ? name(agentName(state, card.assignee)) : "nobody yet");
    fact("Queue", name(card.queue), ` · priority ${card.priority}`);
    if (card.decision) fact("Decision", plain(card.decision));
    if (card.outcome) fact("Outcome", plain(state.outcomes.find(({ id }) => id === card.outcome)?.title ?? card.outcome));
    const extra = Object.entries(card.facts ?? {}).map(([term, value]) => h("div", {}, h("dt", { dir: "auto" }, shorten(legible(plain(spoken(term))), 60)), h("dd", {}, prose(String(value)))));
    this.about.replaceChildren(h("dl", { class: "facts" }, facts));
    if (notes.length) this.about.append(h("ul", { class: "case-notes", "aria-label": "Also known", data: { testid: "case-notes" } }, notes.map((note) => h("li", { dir: "auto" }, tree(note)))));
    if (extra.length) this.about.append(h("dl", { class: "facts facts-own", "aria-label": "Facts", data: { testid: "facts" } }, extra));
    if (card.recent?.length) {
      this.about.append(h("details", { class: "recent", data: { testid: "recent" } }, h("summary", {}, `What was said before (${card.recent.length})`),
        h("ul", {}, card.recent.map((line) => h("li", {}, h("span", { class: "recent-who" }, who(line.who, card, state)), prose(line.text))))));
      this.about.lastElementChild.open = open ?? card.status !== "resolved";
    }
  }

  offer(card, choices, state, view, held) {
    const mine = state.outbox.filter(({ line }) => line.case === this.number && !OWN_PLACE.has(line.do));
    const busy = mine.some(({ status }) => status !== "refused");
    const agent = state.agents.find(({ id }) => id === view.agent);
    const barred = (id) => Boolean(card.role && agent && agent.role !== card.role && ["approve", "decline", "counter"].includes(id));
    const shown = (choices ?? []).filter(({ id }) => !OWN_PLACE.has(id));
    const lost = this.actions.contains(document.activeElement) || this.ask.contains(document.activeElement);
    if (!shown.some(({ id }) => id === this.asking) || barred(this.asking)) this.close();

    list(this.actions, shown, ({ id, text = "" }) => `${id} ${text}`, (choice) => this.button(choice), (node, { id }) => {
      const off = busy || barred(id);
      setAttribute(node, "aria-disabled", off ? "true" : null); // stays in the order of focus: it comes back soon
      setAttribute(node, "aria-expanded", id in ASKS ? String(this.asking === id) : null);
    });
    this.actions.hidden = shown.length === 0;
    if (held && lost && !document.activeElement.closest?.(".case")) (this.actions.firstElementChild ?? this.head).focus();

    const allowed = state.agents.filter(({ role }) => role === card.role);
    const needs = shown.some(({ id }) => barred(id)) ? card.role : "";
    const refusals = mine.filter(({ status }) => status === "refused");
    const waiting = mine.find(({ status }) => status !== "refused");
    this.once("trouble", [needs, allowed, agent, refusals.map(({ line, error }) => [line.ref, error]), waiting?.status], () => {
      this.trouble.replaceChildren();
      if (needs) {
        this.trouble.append(h("p", { class: "hint", data: { testid: "needs-role" } }, `Only a ${needs} can decide this; you act as `, name(agent.name), `, ${agent.role}. `,
          allowed.map(({ id, name: called }) => h("button", { type: "button", class: "as-link", data: { testid: "become", agent: id }, on: { click: () => this.act.become(id) } }, "Act as ", name(called)))));
      }
      if (waiting) this.trouble.append(h("p", { class: "hint" }, PENDING[waiting.status] ?? ""));
      for (const { line, error } of refusals) {
        this.trouble.append(h("p", { class: "bad", role: "alert", data: { testid: "refused" } }, "Not done: ", h("bdi", {}, error), " ",
          h("button", { type: "button", class: "as-link", data: { testid: "dismiss" }, on: { click: () => this.act.dismiss(line.ref) } }, "Dismiss")));
      }
    });
  }

  button({ id, label, text = "" }) {
    const kind = id === "approve" || id === "claim" ? "primary" : id === "decline" || text === "off" ? "danger" : "";
    return h("button", { type: "button", class: `act ${kind}`, data: { testid: "case-action", do: id }, on: { click: ({ currentTarget }) => {
      if (currentTarget.getAttribute("aria-disabled")) return;
      if (id in ASKS) this.openFor(id);
      else this.act.does(this.number, id, text);
    } } }, name(label));
  }

  openFor(action) {
    if (this.asking === action) {
      this.close();
      return;
    }
    const { label, button, required, hint, before = [] } = ASKS[action];
    const opener = this.actions.querySelector(`[data-do="${action}"]`);
    const error = h("p", { class: "field-error", id: `case-${this.number}-error` });
    const text = h("textarea", { id: `case-${this.number}-ask`, rows: "2", dir: "auto", "aria-required": required ? "true" : null, "aria-describedby": error.id, data: { testid: "case-text" } });
    const outcome = action === "resolve" && this.outcomes.length
      ? h("select", { "aria-label": "How did it end?", data: { testid: "case-outcome" } }, h("option", { value: "" }, "How did it end?"), this.outcomes.map(({ id, title }) => h("option", { value: id }, legible(title, id))))
      : null;
    const cancel = () => {
      this.close();
      opener.focus();
    };
    this.close();
    this.asking = action;
    this.ask.hidden = false;
    const inputs = before.map(({ id }) => h("input", { type: "text", id: `case-${this.number}-${id}`, dir: "auto", "aria-required": "true", data: { testid: `case-${id}` } }));
    const above = before.flatMap(({ label: asked }, at) => [h("label", { for: inputs[at].id }, asked), inputs[at]]);
    this.ask.replaceChildren(...above, h("label", { for: text.id }, label), text, error, outcome ?? "", hint ? h("p", { class: "hint" }, hint) : "", h("p", { class: "row-end" },
      h("button", { type: "button", class: "quiet", data: { testid: "case-cancel" }, on: { click: cancel } }, "Cancel"),
      h("button", { type: "submit", class: action === "decline" ? "danger" : "primary", data: { testid: "case-confirm", do: action } }, button)));
    this.ask.onkeydown = (event) => event.key === "Escape" && cancel();
    this.ask.onsubmit = (event) => {
      event.preventDefault();
      const missing = [...inputs, ...(required ? [text] : [])].find(({ value }) => !value.trim());
      if (missing) {
        setText(error, missing === text && action !== "snooze" ? "Please give a reason." : "Please fill this in.");
        setAttribute(missing, "aria-invalid", "true");
        missing.focus();
        return;
      }
      opener.focus();
      this.close();
      const first = outcome?.value || inputs.map(({ value }) => value.trim()).join(" ");
      this.act.does(this.number, action, `${first}${inputs.length ? "\n" : " "}${text.value.trim()}`.trim());
    };
    setAttribute(opener, "aria-expanded", "true");
    growing(text);
    (inputs[0] ?? text).focus();
  }

  close() {
    this.asking = "";
    this.ask.hidden = true;
    this.ask.replaceChildren();
    for (const button of this.actions.querySelectorAll("[aria-expanded]")) button.setAttribute("aria-expanded", "false");
  }
}

/**
 * Where an agent writes: a note by default; a reply only when the switch says so, and it looks it. While the case is
 * live, its owner writes to the customer, and a note only when the switch says so.
 */
class Composer {
  constructor(number, act) {
    this.number = number;
    this.act = act;
    this.agent = null;
    const radio = (value, label) => {
      const input = h("input", { type: "radio", name: `mode-${number}`, value, checked: value === "note", data: { testid: `mode-${value}` }, on: { change: () => this.show() } });
      return h("label", { class: `mode mode-${value}` }, input, h("span", {}, label));
    };
    this.text = h("textarea", { id: `write-${number}`, rows: "2", dir: "auto", autocomplete: "off", "aria-describedby": `write-${number}-hint`, data: { testid: "staff-say" } });
    this.label = h("label", { class: "sr", for: this.text.id });
    this.hint = h("p", { class: "audience", id: `write-${number}-hint`, data: { testid: "audience" } });
    this.ready = h("select", { class: "ready-made", "aria-label": `Snippets for case ${number}`, data: { testid: "snippets" }, on: { change: () => {
      if (this.ready.value) act.snippet(number, this.ready.value);
      this.ready.value = "";
    } } });
    this.button = h("button", { type: "submit", class: "primary", data: { testid: "staff-send" } });
    this.pending = h("div", { class: "pending" });
    this.fields = h("fieldset", { class: "modes" }, h("legend", { class: "sr" }, "Who sees what you write"), radio("line", "Live: to customer"), radio("note", "Note (staff only)"), radio("reply", "Reply to customer"));
    this.form = h("form", { class: "staff-composer", data: { testid: "staff-composer", mode: "note" } }, this.fields, this.label, this.text, h("div", { class: "composer-end" }, this.hint, this.ready, this.button));
    this.writes = h("p", { class: "hint", hidden: true, "aria-live": "polite", data: { testid: "writing" } });
    this.node = h("div", {}, this.pending, this.writes, this.form);
    this.fit = growing(this.text);
    this.text.addEventListener("input", () => this.mode !== "note" && this.text.value && act.writes(number)); // a note is nobody's business
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.text.value.trim()) return;
      act.does(number, this.mode, this.text.value);
      this.text.value = "";
      this.fit();
    });
  }

  get mode() {
    return this.form.querySelector("input:checked").value;
  }

  set mode(value) {
    const meant = value === "reply" && this.sends ? "line" : value === "line" && !this.sends ? "note" : value;
    this.form.querySelector(`input[value="${meant}"]`).checked = true;
    this.show();
  }

  update(card, state, view) {
    const live = card.live && card.assignee === view.agent;
    this.live = card.live ? legible(agentName(state, card.assignee), card.assignee) : "";
    this.fields.querySelector(".mode-line").hidden = !live;
    this.fields.querySelector(".mode-reply").hidden = live; // it is the same
    if (this.agent !== view.agent || this.status !== card.status || this.sends !== live) {
      this.agent = view.agent;
      this.status = card.status;
      this.sends = live;
      this.mode = this.text.value ? this.mode : live ? "line" : "note"; // what is half written stays what it was meant to be
    }
    this.customer = shorten(legible(card.name, card.customer), 24);
    this.as = legible(state.agents.find(({ id }) => id === view.agent)?.name ?? view.agent, "staff");
    this.form.hidden = card.status === "resolved";
    const writer = state.writing[this.number];
    this.writes.hidden = !writer;
    setText(this.writes, writer ? `${shorten(legible(writer), 40)} is writing…` : "");
    this.offer(card, state.snippets);
    if (state.fill?.case === this.number && this.filled !== state.fill.ref) this.fill(state.fill);
    this.show();
    const mine = state.outbox.filter(({ line }) => line.case === this.number && OWN_PLACE.has(line.do));
    list(this.pending, mine, ({ line }) => line.ref, (item) => h("div", { class: `line line-${item.line.do === "note" ? "note" : "agent"}` }, prose(item.line.text), h("p", { class: "under" })), (node, item) => {
      const under = node.lastElementChild;
      if (item.status !== "refused") setText(under, PENDING[item.status]);
      else if (!under.querySelector("button")) {
        under.replaceChildren(h("span", { class: "bad", role: "alert", data: { testid: "refused" } }, "Not sent: ", h("bdi", {}, item.error)),
          h("button", { type: "button", class: "why-link", data: { testid: "edit" }, on: { click: () => this.edit(item) } }, "Edit"),
          h("button", { type: "button", class: "why-link", data: { testid: "dismiss" }, on: { click: () => this.act.dismiss(item.line.ref) } }, "Dismiss"));
      }
    });
  }

  /** Offer the ready-made replies, those that fit best first. */
  offer(card, snippets) {
    const best = card.snippets ?? [];
    const key = JSON.stringify([best, snippets]);
    this.ready.hidden = snippets.length === 0;
    if (this.offered === key) return;
    this.offered = key;
    const rank = (id) => (best.includes(id) ? best.indexOf(id) : best.length);
    const sorted = [...snippets].sort((a, b) => rank(a.id) - rank(b.id));
    this.ready.replaceChildren(h("option", { value: "" }, "Snippets…"), ...sorted.map(({ id, title }) => h("option", { value: id }, legible(title, id))));
  }

  /** Put a ready-made reply into the box, to be changed and then sent. */
  fill({ text, ref }) {
    this.filled = ref;
    this.text.value = text;
    this.mode = "reply";
    this.fit();
    this.text.focus();
  }

  edit({ line }) {
    this.text.value = line.text;
    this.mode = line.do;
    this.text.focus();
    this.act.dismiss(line.ref);
  }

  show() {
    const note = this.mode === "note";
    const others = this.live ? ` Only what ${shorten(this.live, 24)} writes is live.` : "";
    this.form.dataset.mode = this.mode;
    setText(this.label, note ? `Note on case ${this.number}, for staff only` : `Reply to the customer of case ${this.number}`);
    setText(this.hint, note ? `Staff only. The customer never sees a note.${this.sends ? "" : others}` : `${this.mode === "line" ? "LIVE: " : ""}${this.customer} will see this, from ${this.as}.`);
    setText(this.button, note ? "Add note" : "Send to customer");
    this.text.placeholder = note ? "Write a note to your colleagues…" : `Write to ${this.customer}…`;
  }
}

function heading(card, title, state) {
  const status = card.status === "owned" ? `Owned by ${shorten(legible(agentName(state, card.assignee), card.assignee), 24)}` : (STATUS[card.status] ?? card.status);
  return [
    h("span", { class: "case-number" }, `#${card.number}`),
    h("span", { class: "case-title" },
      h("bdi", { class: "case-subject" }, shorten(legible(title, ""), 140)),
      h("span", { class: "case-by" }, name(card.name, card.customer), card.kind === "approval" ? " · needs a decision" : "", card.priority <= 2 ? ` · priority ${card.priority}` : "", card.live && card.status !== "resolved" ? h("strong", { class: "live" }, " · LIVE") : "")),
    h("span", { class: `status status-${card.status}`, data: { testid: "case-status" } }, status),
  ];
}

/** A slot's name as a term: "item_name" is "Item name". */
const spoken = (slot) => slot.charAt(0).toUpperCase() + slot.slice(1).replaceAll("_", " ");

const MARKS = { delivered: "delivered", failed: "not delivered", taken_back: "taken back" };

/** Show what became of a reply; one that was taken back has nothing to undo. */
export function marked(node, line) {
  const mark = node.querySelector(".line-mark");
  if (!line.mark || mark.dataset.sign === line.sign) return;
  mark.dataset.sign = line.sign;
  mark.replaceChildren(h("span", { "aria-hidden": "true" }, line.mark), h("span", { class: "sr" }, MARKS[line.sign] ?? ""));
  if (line.sign === "taken_back") node.querySelector(".line-undo")?.remove();
}

function threadLine(line, state, act) {
  const title = { note: "Note · staff only", alert: "Alert", bot: "to the customer", agent: "to the customer", customer: "Customer" }[line.kind] ?? line.kind;
  const author = line.author || (line.kind === "bot" ? state.shop.bot : line.kind === "alert" ? "" : "?");
  return h("div", { class: `line line-${line.kind}`, data: { testid: "thread-line", kind: line.kind, id: line.id } },
    h("p", { class: "line-head" }, author ? name(author, "(blank)", { class: "line-author" }) : null, h("span", { class: "line-kind" }, title), h("time", { datetime: line.at, title: momentOf(line.at) }, timeOf(line.at)), h("span", { class: "line-mark", data: { testid: "mark" } })),
    prose(line.text, line.html),
    line.undo ? h("button", { type: "button", class: "why-link line-undo", data: { testid: "undo" }, on: { click: () => act.does(line.case, "undo", line.undo) } }, "Undo") : null);
}

function who(speaker, card, state) {
  if (speaker === "customer") return name(card.name, "Customer");
  return name(speaker === "bot" ? state.shop.bot : agentName(state, speaker));
}

function when(iso, now) {
  return h("time", { datetime: iso }, momentOf(iso), h("span", { class: "ago" }, ` (${fromNow(iso, now)})`));
}
