// The desk at a glance: how many cases nobody owns, are mine, run late, are promised or put aside; and which they are.
import { h, list, setAttribute, setText } from "./dom.js";
import { legible, name, shorten } from "./render.js";

const FEW = 5; // rows that are shown at first

/** Set up the panel. `act` is what it may do: open(number). Returns an update function of (state, view). */
export function glance(act) {
  const box = document.getElementById("glance");
  const tiles = h("div", { class: "tiles", role: "group", "aria-label": "What to look at" });
  const filter = h("select", { class: "glance-filter", "aria-label": "Category", data: { testid: "glance-filter" }, on: { change: () => again() } });
  const rows = h("ul", { class: "glance-rows", data: { testid: "glance-rows" } });
  const none = h("p", { class: "hint", hidden: true });
  const more = h("button", { type: "button", class: "as-link small", hidden: true, data: { testid: "glance-more" }, on: { click: () => { all = true; again(); } } });
  box.append(h("div", { class: "glance-head" }, tiles, filter), rows, none, more);
  let chosen = "";
  let all = false;
  let last = null;
  const again = () => last && update(...last);

  function update(state, view) {
    last = [state, view];
    const { sections, categories, words } = state.desk;
    box.hidden = !state.ready || sections.every(({ rows: there }) => !there.length);
    if (box.hidden) return;
    categoriesOf(categories, words);
    const shown = sections.map((section) => ({ ...section, rows: section.rows.filter((row) => fits(row, section.part, view.agent)) }));
    const current = shown.find(({ part }) => part === chosen) ?? shown.find(({ rows: there }) => there.length) ?? shown[0];
    list(tiles, shown, ({ part }) => part, ({ part }) => tile(part), (node, section) => {
      setText(node.firstElementChild, String(section.rows.length));
      setText(node.lastElementChild, section.heading.replace(/^[^\p{L}\p{N}]+/u, "")); // a sign would only repeat the number's colour
      node.dataset.none = String(!section.rows.length);
      setAttribute(node, "aria-pressed", String(section === current));
    });
    const few = all ? current.rows : current.rows.slice(0, FEW);
    list(rows, few, (row) => `${current.part}/${JSON.stringify(row)}`, line);
    rows.hidden = !few.length;
    none.hidden = few.length > 0;
    setText(none, words.empty ?? "");
    more.hidden = few.length === current.rows.length;
    setText(more, `Show all ${current.rows.length}`);
  }

  function fits(row, part, agent) {
    return (part !== "mine" || row.by.includes(agent)) && (!filter.value || row.category === filter.value);
  }

  function categoriesOf(categories, words) {
    const options = [{ value: "", label: words.all ?? "" }, ...categories.map((each) => ({ value: each, label: each }))];
    list(filter, options, ({ value, label }) => `${value}/${label}`, ({ value, label }) => h("option", { value }, label));
    filter.hidden = !categories.length;
    if (filter.selectedIndex < 0) filter.value = "";
  }

  function tile(part) {
    return h("button", { type: "button", class: `tile tile-${part}`, data: { testid: "tile", part }, on: { click: () => { chosen = part; all = false; again(); } } },
      h("span", { class: "tile-count" }), h("span", { class: "tile-name" }));
  }

  function line(row) {
    const late = row.late || row.standing === "missed";
    const about = [row.category, row.priority < 3 ? `priority ${row.priority}` : "", row.owner].filter(Boolean);
    return h("li", {}, h("button", { type: "button", class: "glance-row", data: { testid: "glance-row", case: String(row.case) }, on: { click: () => act.open(row.case) } },
      h("span", { class: "case-number" }, `#${row.case}`),
      h("span", { class: "glance-what" }, h("span", { class: "glance-who" }, name(row.name), about.length ? h("span", { class: "glance-about" }, ` · ${about.join(" · ")}`) : ""),
        h("bdi", { class: "glance-subject" }, shorten(legible(row.subject, ""), 120))),
      h("span", { class: late ? "glance-next bad" : row.standing === "risk" ? "glance-next wait" : "glance-next" }, row.next)));
  }

  return update;
}
