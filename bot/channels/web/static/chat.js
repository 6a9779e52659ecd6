// The customer's side: the log of messages with buttons and forms, the typing sign, the message box, suggestions.
import { growing, h, list, setAttribute, setText } from "./dom.js";
import { legible, name, prose } from "./render.js";
import { dayOf, later, momentOf, timeOf } from "./time.js";

const NEAR = 60; // px from the end that still count as "at the end"
const GOING = { sending: "sending…", retrying: "not sent yet, retrying…", accepted: "sent" };

/**
 * Set up the pane. `act` is what it may do: say(text), press(choice), submit(form, values), dismiss(ref), why(row).
 * Returns an update function of (state, view).
 */
export function chat(act) {
  const by = (id) => document.getElementById(id);
  const [scroller, logs, welcome, typing, newer, composer, input, label] = ["scroller", "logs", "welcome", "typing", "newer", "composer", "say", "say-label"].map(by);
  const fit = growing(input);
  const drafts = {};
  let shownFor = null;
  let atEnd = true;
  let lastTop = 0;
  let count = 0;

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    act.say(input.value);
    input.value = "";
    atEnd = true;
    fit();
  });
  input.addEventListener("input", () => input.value && act.writes());
  scroller.addEventListener("scroll", () => {
    if (scroller.clientHeight === 0) return; // hidden
    const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    // Only a reader scrolls upwards; that we are not near may also mean that more came in before this event did.
    atEnd = near || (atEnd && scroller.scrollTop >= lastTop);
    lastTop = scroller.scrollTop;
    if (atEnd) newer.hidden = true;
  });
  newer.addEventListener("click", () => {
    atEnd = true;
    newer.hidden = true;
    scroller.scrollTop = scroller.scrollHeight;
    input.focus();
  });
  // The space can shrink under the log (a phone's keyboard, a growing message box): stay at the end.
  new ResizeObserver(() => atEnd && (scroller.scrollTop = scroller.scrollHeight)).observe(scroller);

  const handle = {
    ...act,
    press(choice) {
      atEnd = true;
      act.press(choice);
    },
    /** After a press by keyboard, the next thing is to write; a tap must not call up the phone's keyboard. */
    answered: (event) => event.detail === 0 && input.focus(),
    edit(item) {
      act.dismiss(item.line.ref);
      input.value = item.line.say ?? "";
      input.focus();
      fit();
    },
  };

  return function update(state, view) {
    const who = view.customer;
    const customer = state.customers.find((one) => one.id === who);
    if (shownFor !== who) {
      if (shownFor !== null) drafts[shownFor] = input.value;
      input.value = drafts[who] ?? "";
      shownFor = who;
      atEnd = true;
      count = -1;
      fit();
    }
    const as = legible(customer?.name ?? who, who);
    input.placeholder = `Write as ${as}…`;
    setText(label, `Message as ${as}`);
    composer.lastElementChild.disabled = !who;

    list(logs, state.customers, ({ id }) => id, log, (node, { id, name: called }) => {
      node.hidden = id !== who;
      setAttribute(node, "aria-label", `Conversation of ${legible(called, id)}`);
      list(node, rows(state, id), (row) => row.key, (row) => make(row, handle, state), (element, row) => refresh(element, row));
    });

    const empty = state.ready && !(state.talks[who] ?? []).length && !state.outbox.some(({ line }) => line.customer === who);
    welcome.hidden = !empty;
    if (empty) greet(welcome, state, as, handle);

    const busy = state.typing[who];
    if (typing.dataset.by !== String(busy)) {
      typing.dataset.by = String(busy);
      typing.replaceChildren(...(busy === undefined ? [] : [
        h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
        h("span", { class: "sr" }, `${legible(busy, state.shop.bot)} is typing`),
      ]));
    }

    const total = (state.talks[who] ?? []).length;
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    else if (count >= 0 && total > count) newer.hidden = false;
    if (atEnd) newer.hidden = true;
    count = total;
  };
}

function log({ id }) {
  return h("div", { class: "log", role: "log", "aria-live": "polite", data: { testid: "log", customer: id } });
}

function greet(welcome, state, as, handle) {
  const key = JSON.stringify([as, state.shop.bot, state.suggestions]);
  if (welcome.dataset.key === key) return;
  welcome.dataset.key = key;
  welcome.replaceChildren(
    h("p", { class: "welcome-title" }, "Say hello to ", name(state.shop.bot)),
    h("p", {}, "You are ", name(as), ", a customer of ", name(state.shop.company), state.suggestions.length ? ". Write anything below, or start with one of these:" : ". Write anything below."),
    h("div", { class: "chips" }, state.suggestions.map((text) =>
      h("button", { type: "button", class: "chip", dir: "auto", data: { testid: "suggestion" }, on: { click: (event) => { handle.say(text); handle.answered(event); } } }, text))),
  );
}

// --- rows: day separators, messages, lines on their way ---------------------------------------------------------------

/** A customer's rows, each with a key and with what can change about it. */
export function rows(state, who) {
  const messages = state.talks[who] ?? [];
  const pending = state.outbox.filter(({ line, status }) => line.customer === who && (line.say !== undefined || line.press !== undefined || status === "refused"));
  const lastSaid = messages.findLastIndex((row) => row.to === "bot");
  const answering = pending.some(({ status }) => status !== "refused");
  const result = [];
  let before = null;
  messages.forEach((row, index) => {
    if (!before || dayOf(before.at) !== dayOf(row.at)) {
      result.push({ key: `day/${row.id}/${row.at}`, kind: "day", at: row.at, jump: before ? later(before.at, row.at) : "" });
    }
    const reply = row.choices?.length ? messages.slice(index + 1).find((one) => one.to === "bot") : null;
    result.push({
      key: row.ref ?? `${row.to}/${row.id}/${row.at}`,
      kind: row.to === "bot" ? "customer" : row.author ? "agent" : "bot",
      row,
      follows: before?.to === row.to && before?.author === row.author && dayOf(before.at) === dayOf(row.at),
      stale: index < lastSaid || answering,
      answer: reply?.press ?? reply?.text, // a choice's id, or else its label
      sent: state.sent,
      going: row.form ? state.outbox.find(({ line }) => line.submit?.form === row.form.id)?.status : undefined,
    });
    before = row;
  });
  for (const item of pending) result.push({ key: item.line.ref, kind: "customer", item });
  return result;
}

function make(row, handle, state) {
  if (row.kind === "day") {
    const words = row.jump ? `${dayOf(row.at)} · ${row.jump}` : dayOf(row.at);
    return h("p", { class: "day", data: { testid: "day" } }, h("span", {}, words));
  }
  const text = row.item ? row.item.shown : row.row.text;
  const speaker = row.kind === "customer" ? "You" : row.kind === "agent" ? row.row.author : state.shop.bot;
  const bubble = h("div", { class: "bubble" }, prose(text, row.row?.html));
  const under = h("div", { class: "under" });
  const node = h("article", { class: `message from-${row.kind}`, data: { testid: "message", who: row.kind } },
    h("p", { class: "speaker" }, name(speaker), row.kind === "agent" ? h("span", { class: "role" }, " · support team") : null),
    bubble, under);
  if (row.row?.choices?.length) bubble.after(choices(row.row, handle));
  if (row.row?.form) bubble.after(form(row.row.form, handle));
  node.handle = handle;
  return node;
}

function refresh(node, row) {
  if (row.kind === "day") return;
  if (row.row) node.dataset.id = row.row.id;
  node.classList.toggle("follows", Boolean(row.follows));
  refreshUnder(node, row);
  const set = node.querySelector(".choices");
  if (set) {
    const buttons = [...set.querySelectorAll("button")];
    const pressed = buttons.find(({ dataset }) => row.sent[dataset.choice]) ?? (row.answer === undefined ? null
      : buttons.find(({ dataset }) => dataset.choice === row.answer) ?? buttons.find(({ dataset }) => dataset.label.trim() === row.answer.trim()));
    for (const button of buttons) {
      button.disabled = row.stale || Boolean(pressed);
      setAttribute(button, "aria-pressed", button === pressed ? "true" : null);
      setText(button.firstElementChild, button === pressed ? "✓ " : "");
    }
  }
  const ask = node.querySelector("form");
  if (ask) {
    const done = row.sent[ask.dataset.form];
    ask.querySelector("fieldset").disabled = row.stale || Boolean(done);
    setText(ask.querySelector(".form-state"), done ? (GOING[row.going] ?? "✓ Sent") : row.stale ? "This form is closed." : "");
  }
}

/** The small line under a bubble: the time, what became of a line on its way, the way to its reasons. */
function refreshUnder(node, { row, item }) {
  const under = node.querySelector(":scope > .under");
  const state = item ? `${item.status}/${item.error}` : "said";
  if (under.dataset.state === state) return;
  under.dataset.state = state;
  node.classList.toggle("refused", item?.status === "refused");
  const { handle } = node;
  if (row) {
    under.replaceChildren(h("time", { datetime: row.at, title: momentOf(row.at) }, timeOf(row.at)));
    if (row.trace && row.to === "customer" && !row.author) {
      under.append(h("button", { type: "button", class: "why-link", "aria-label": "Why did the bot say this?", data: { testid: "why-message" }, on: { click: () => handle.why(row) } }, "Why?"));
    }
  } else if (item.status === "refused") {
    under.replaceChildren(h("span", { class: "bad", role: "alert", data: { testid: "refused" } }, "Not accepted: ", h("bdi", {}, item.error)));
    if (item.line.say !== undefined) under.append(h("button", { type: "button", class: "why-link", data: { testid: "edit" }, on: { click: () => handle.edit(item) } }, "Edit"));
    under.append(h("button", { type: "button", class: "why-link", data: { testid: "dismiss" }, on: { click: () => handle.dismiss(item.line.ref) } }, "Dismiss"));
  } else {
    under.replaceChildren(h("span", { data: { testid: "pending" } }, GOING[item.status]));
  }
}

function choices(row, handle) {
  const set = h("div", { class: "choices", role: "group", "aria-label": "Answers to choose from" });
  for (const choice of row.choices) {
    const press = (event) => {
      handle.press(choice);
      handle.answered(event);
    };
    set.append(h("button", { type: "button", class: "choice", data: { testid: "choice", choice: choice.id, label: choice.label }, on: { click: press } },
      h("span", { "aria-hidden": "true" }), name(choice.label)));
  }
  return set;
}

function form(ask, handle) {
  const id = (field, part) => `form-${ask.id}-${field.id}-${part}`.replaceAll(/[^\w-]/g, "_");
  const inputs = [];
  const fields = ask.fields.map((field) => {
    const input = h(field.long ? "textarea" : "input", { id: id(field, "in"), dir: "auto", autocomplete: "off", rows: field.long ? "3" : null,
      "aria-required": field.required ? "true" : null, "aria-describedby": id(field, "error"), data: { testid: "form-field", field: field.id } });
    const error = h("p", { class: "field-error", id: id(field, "error") });
    inputs.push({ field, input, error });
    input.addEventListener("input", () => check({ field, input, error }, false));
    return h("div", { class: "field" },
      h("label", { for: input.id }, name(field.label), field.required ? null : h("span", { class: "hint" }, " (optional)")), input, error);
  });
  const node = h("form", { class: "ask", novalidate: true, data: { testid: "form", form: ask.id } },
    h("fieldset", {}, h("legend", {}, name(ask.title)), fields,
      h("p", { class: "row-end" }, h("button", { type: "submit", class: "primary", data: { testid: "form-submit" } }, "Send"))),
    h("p", { class: "form-state hint", role: "status" }));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = inputs.filter((one) => !check(one, true));
    if (wrong.length) {
      wrong[0].input.focus();
      return;
    }
    handle.submit(ask, Object.fromEntries(inputs.map(({ field, input }) => [field.id, input.value.trim()])));
  });
  return node;
}

function check({ field, input, error }, complain) {
  const fine = !field.required || input.value.trim() !== "";
  if (fine || complain) {
    setText(error, fine ? "" : `Please fill in: ${field.label}`);
    setAttribute(input, "aria-invalid", fine ? null : "true");
  }
  return fine;
}
