// What an agent asks of the desk beyond the glance: the hand-over of a shift, a colleague's desk, what was said where, and
// what there is to know.
import { h, list } from "./dom.js";
import { over } from "./over.js";
import { legible, tree } from "./render.js";

/**
 * Set up the controls and the panel of answers. `act` is what it may do: ask(words), as after "/desk", and
 * notice(kind, values), to have many customers told something.
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
  const kinds = h("select", { class: "glance-filter", "aria-label": "Tell many customers something", data: { testid: "ask-notice" }, on: { change: () => fill(kinds.value) } });
  const form = h("form", { class: "ask-text", hidden: true, "aria-label": "A notice to many", data: { testid: "notice-form" } });
  box.append(shift, whose, kinds, search, form);
  let notices = [];
  const close = () => {
    form.hidden = true;
    form.replaceChildren();
    kinds.value = "";
  };
  /** Ask for what a notice shows, and to whom it goes; nobody gets it before somebody has said yes to its preview. */
  function fill(id) {
    const kind = notices.find((one) => one.id === id);
    if (!kind) return close();
    const inputs = kind.fields.map((field) => h("input", { type: "text", id: `notice-${field.id}`, maxlength: "300", required: true, dir: "auto", autocomplete: "off", data: { testid: `notice-${field.id}` } }));
    form.replaceChildren(...kind.fields.flatMap((field, at) => [h("label", { for: inputs[at].id }, legible(field.label, field.id)), inputs[at]]), h("p", { class: "row-end" },
      h("button", { type: "button", class: "quiet", on: { click: close } }, "Cancel"), h("button", { type: "submit", class: "primary", data: { testid: "notice-preview" } }, "Preview")));
    form.onkeydown = (event) => event.key === "Escape" && close();
    form.onsubmit = (event) => {
      event.preventDefault();
      act.notice(id, Object.fromEntries(kind.fields.map((field, at) => [field.id, inputs[at].value])));
      close();
      kinds.focus();
    };
    form.hidden = false;
    inputs[0].focus();
  }
  const parts = h("div", { class: "answer", data: { testid: "answer-parts" } });
  const panel = over(document.getElementById("answer"), "What the desk answers", parts);

  function update(state, view) {
    box.hidden = !Object.keys(state.cards).length;
    const others = [{ id: "", name: "Colleague…" }, ...state.agents.filter(({ id }) => id !== view.agent)];
    notices = state.notices.filter(({ agents }) => agents.includes(view.agent));
    kinds.hidden = !notices.length;
    list(kinds, [{ id: "", title: "Tell many…" }, ...notices], ({ id }) => id, ({ id, title }) => h("option", { value: id }, legible(title, id)));
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
