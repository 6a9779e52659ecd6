// What an agent asks of the desk beyond the glance: the hand-over of a shift, a colleague's desk, what was said where, and
// what there is to know.
import { h, list } from "./dom.js";
import { over } from "./over.js";
import { legible, tree } from "./render.js";

/**
 * Set up the controls and the panel of answers. `act` is what it may do: ask(words), as after "/desk".
 * Returns an update function of (state, view), with answer(look) to show what came.
 */
export function ask(act) {
  const box = document.getElementById("ask");
  const shift = h("button", { type: "button", class: "small", data: { testid: "ask-handover" }, on: { click: () => act.ask("handover") } }, "Hand-over");
  const whose = h("select", { class: "glance-filter", "aria-label": "A colleague's desk", data: { testid: "ask-colleague" }, on: { change: () => {
    if (whose.value) act.ask(`mine ${whose.value}`);
    whose.value = "";
  } } });
  const words = h("input", { type: "search", class: "ask-words", maxlength: "150", dir: "auto", autocomplete: "off", "aria-label": "Words to look for", placeholder: "Look for…", data: { testid: "ask-words" } });
  const search = h("form", { class: "ask-search", role: "search", on: { submit: (event) => {
    event.preventDefault();
    if (words.value.trim()) act.ask(`${event.submitter?.value || "search"} ${words.value.trim()}`);
  } } }, words, h("button", { type: "submit", class: "small", value: "search", title: "in what was said", data: { testid: "ask-search" } }, "Search talks"),
  h("button", { type: "submit", class: "small", value: "find", title: "in answers and what is for staff only", data: { testid: "ask-find" } }, "Find answer"));
  box.append(shift, whose, search);
  const parts = h("div", { class: "answer", data: { testid: "answer-parts" } });
  const panel = over(document.getElementById("answer"), "What the desk answers", parts);

  function update(state, view) {
    box.hidden = !Object.keys(state.cards).length;
    const others = [{ id: "", name: "Colleague…" }, ...state.agents.filter(({ id }) => id !== view.agent)];
    list(whose, others, ({ id, name }) => `${id}/${name}`, ({ id, name }) => h("option", { value: id && name }, legible(name, id)));
  }

  update.answer = ({ parts: [title, ...rest] }) => {
    const heading = h("span", {}, tree(title)).textContent;
    parts.replaceChildren(...rest.map((part) => h("div", { class: "prose", dir: "auto" }, tree(part))));
    panel.open(heading.length <= 80 ? heading : "The desk");
    if (heading.length > 80) parts.prepend(h("div", { class: "prose", dir: "auto" }, tree(title)));
  };
  return update;
}
