// The strip that explains the bot: what matched, what it weighed, what it did, and what it means to do later.
import { h } from "./dom.js";
import { legible, name, plain, shorten } from "./render.js";
import { fromNow, momentOf } from "./time.js";

/** Set up the strip; returns an update function of (state, view, now). `act.latest()` goes back from one message, `act.picture(trace)` draws a flow. */
export function why(act) {
  const [body, of, latest, fold] = ["why-body", "why-of", "why-latest", "why-fold"].map((id) => document.getElementById(id));
  let key = "";
  latest.addEventListener("click", act.latest);
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-expanded") === "false";
    fold.setAttribute("aria-expanded", String(open));
    fold.textContent = open ? "Hide" : "Show";
    document.getElementById("pane-why").classList.toggle("folded", !open);
  });

  return function update(state, view, now) {
    const who = view.customer;
    const row = view.whyOf;
    const turn = row ? { trace: row.trace, effects: [] } : (state.turns[who] ?? lastOf(state, who));
    const next = JSON.stringify([who, row?.id, turn, state.scheduled, state.customers.length, Math.floor(now / 60_000)]);
    if (key === next) return;
    key = next;
    const called = (id) => state.customers.find((one) => one.id === id)?.name ?? id;
    latest.hidden = !row;
    of.replaceChildren(...(row ? ["the message “", h("bdi", {}, shorten(legible(row.text), 60)), "”"] : ["the last turn with ", name(called(who), who)]));
    body.replaceChildren(
      ...(turn ? [decision(turn.trace, act.picture), candidates(turn.trace), row ? "" : effects(turn.effects)] : [part("Decision", h("p", { class: "hint" }, "Nothing has happened yet. Say something as the customer."))]),
      scheduled(state.scheduled, called, now),
    );
  };
}

/** After a reload there is no turn yet: the last message still carries its reasons. */
function lastOf(state, who) {
  const row = (state.talks[who] ?? []).findLast((one) => one.to === "customer" && one.trace);
  return row ? { trace: row.trace, effects: [] } : null;
}

function part(title, ...children) {
  return h("section", { class: "part" }, h("h3", {}, title), children);
}

function score(value) {
  return Number.isFinite(value) ? value.toFixed(2) : "–";
}

function decision(trace, picture) {
  const facts = [];
  const fact = (term, testid, ...value) => facts.push(h("div", {}, h("dt", {}, term), h("dd", { data: { testid } }, value)));
  if (trace.id) fact("Match", "why-match", h("code", {}, shorten(legible(trace.id), 80)), trace.confidence ? h("span", { class: "why-score", data: { testid: "why-score" } }, ` score ${score(trace.confidence)}`) : null);
  if (trace.phrasing) fact("Phrasing", "why-phrasing", "“", h("bdi", {}, shorten(legible(trace.phrasing), 160)), "”");
  if (trace.decision) fact("Decision", "why-decision", plain(trace.decision));
  if (trace.rule) fact("Rule", "why-rule", h("code", {}, trace.rule));
  if (trace.topic && trace.topic !== trace.id) fact("Topic", "why-topic", h("code", {}, trace.topic));
  if (trace.flow) fact("Flow", "why-flow", h("code", {}, trace.flow), trace.step ? [" → ", h("code", { data: { testid: "why-step" } }, trace.step)] : null,
    " ", h("button", { type: "button", class: "quiet small", data: { testid: "why-picture" }, on: { click: () => picture(trace) } }, "Draw it"));
  if (trace.at) fact("Written in", "why-at", h("code", {}, trace.at));
  const notes = (trace.notes ?? []).map((note) => h("li", { dir: "auto" }, shorten(legible(note), 300)));
  return part("Decision", facts.length ? h("dl", { class: "facts" }, facts) : h("p", { class: "hint" }, "This turn needed no decision."), notes.length ? h("ul", { class: "notes", data: { testid: "why-notes" } }, notes) : null);
}

function candidates(trace) {
  const all = trace.candidates ?? [];
  const rows = all.slice(0, 8).map(({ id, kind, score: value }) => {
    const bar = h("span", { class: "bar-fill" });
    bar.style.inlineSize = `${Math.max(0, Math.min(1, Number(value) || 0)) * 100}%`;
    const chosen = id === trace.id;
    return h("li", { class: chosen ? "chosen" : null, data: { testid: "why-candidate", id } },
      h("span", { class: "candidate-name" }, h("code", {}, shorten(legible(id), 60)), h("span", { class: "candidate-kind" }, ` ${plain(kind)}${chosen ? " · chosen" : ""}`)),
      h("span", { class: "candidate-score" }, score(value)),
      h("span", { class: "bar-track", "aria-hidden": "true" }, bar));
  });
  return part("Candidates", rows.length ? h("ol", { class: "candidates" }, rows) : h("p", { class: "hint" }, "Nothing was looked up."));
}

function effects(list) {
  return part("Effects of the turn", list.length
    ? h("ol", { class: "effects" }, list.map(({ effect, summary }) => h("li", { data: { testid: "why-effect", effect } }, h("code", {}, effect), " ", h("bdi", {}, shorten(legible(summary, ""), 160)))))
    : h("p", { class: "hint" }, "None known."));
}

function scheduled(list, called, now) {
  const items = [...list].sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
  return part("Scheduled", items.length
    ? h("ul", { class: "scheduled" }, items.map(({ key, kind, who, due, case: number }) => h("li", { title: key, data: { testid: "why-scheduled", kind, who } },
        h("span", { class: "scheduled-what" }, plain(kind), " · ", name(called(who), who), number ? ` · case ${number}` : ""),
        h("time", { datetime: due }, h("strong", {}, fromNow(due, now)), h("span", { class: "ago" }, ` ${momentOf(due)}`)))))
    : h("p", { class: "hint" }, "Nothing is planned."));
}
