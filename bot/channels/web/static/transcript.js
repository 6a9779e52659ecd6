// The whole talk of a case, over the staff's pane: who said what, in which part, and when; read page by page.
import { h } from "./dom.js";
import { over } from "./over.js";
import { name, plain, prose } from "./render.js";
import { momentOf } from "./time.js";

/** Set up the panel. `act` is what it may do: more(number, after). Returns show(look), which opens it or adds a page. */
export function transcript(act) {
  const box = document.getElementById("transcript");
  const lines = h("ol", { class: "transcript-lines", data: { testid: "transcript-lines" } });
  const more = h("button", { type: "button", class: "small", hidden: true, data: { testid: "transcript-more" } }, "Further on");
  const panel = over(box, "What was said", lines, more);
  let next = 0; // the page that is awaited

  return function show({ case: number, lines: said, more: after }) {
    if (!(panel.shown && next && box.dataset.case === String(number))) {
      lines.replaceChildren();
      box.dataset.case = number;
      panel.open(`Case ${number}: all that was said`);
    }
    lines.append(...said.map(line));
    next = 0;
    more.hidden = !after;
    more.onclick = () => {
      next = after;
      act.more(number, after);
    };
  };
}

function line({ who, kind, text, at }) {
  const part = { note: "note, staff only", alert: "for staff", edited: "changed it to", deleted: "deleted something" }[kind] ?? plain(kind);
  return h("li", { class: `line line-${kind}`, data: { testid: "transcript-line", kind } },
    h("p", { class: "line-head" }, name(who, "(blank)", { class: "line-author" }), h("span", { class: "line-kind" }, part), h("time", { datetime: at }, momentOf(at))),
    prose(text));
}
