// A panel that lies over a pane until it is closed; whoever opened it has the focus again then.
import { h, setText } from "./dom.js";

/** Set up the panel in `box`. Returns open(heading), and whether it is. */
export function over(box, label, ...inside) {
  const title = h("h2", { id: `${box.id}-title`, tabindex: "-1" });
  const body = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, inside);
  const close = h("button", { type: "button", class: "small", data: { testid: `${box.id}-close` }, on: { click: hide } }, "Close");
  box.append(h("header", { class: "pane-head" }, title, close), body);
  box.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  let opener = null;

  function hide() {
    box.hidden = true;
    opener?.focus();
  }

  return {
    get shown() {
      return !box.hidden;
    },
    open(heading) {
      if (box.hidden) opener = document.activeElement;
      box.hidden = false;
      setText(title, heading);
      body.scrollTop = 0;
      title.focus();
    },
  };
}
