// On a narrow screen the three panes are tabs; on a wide one they are all there and the tabs are gone.
const NARROW = "(max-width: 860px)";

/** Set up the tabs. Calls `chosen(name)` on a change; returns {select(name), narrow()}. */
export function tabs(bar, chosen) {
  const media = matchMedia(NARROW);
  const buttons = [...bar.querySelectorAll("[data-tab]")];
  const pane = (button) => document.querySelector(`[data-pane="${button.dataset.tab}"]`);
  let current = buttons[0].dataset.tab;

  function show() {
    const narrow = media.matches;
    if (narrow) {
      bar.setAttribute("role", "tablist");
      bar.setAttribute("aria-label", "Panes");
    } else bar.removeAttribute("role");
    for (const button of buttons) {
      const on = button.dataset.tab === current;
      const panel = pane(button);
      if (narrow) {
        button.setAttribute("role", "tab");
        button.setAttribute("aria-selected", String(on));
        button.setAttribute("aria-controls", panel.id);
        button.tabIndex = on ? 0 : -1;
        panel.setAttribute("role", "tabpanel");
      } else panel.removeAttribute("role");
      panel.classList.toggle("behind", narrow && !on);
    }
  }

  function select(name) {
    current = name;
    show();
    chosen(name);
  }

  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-tab]");
    if (button) select(button.dataset.tab);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = buttons.findIndex(({ dataset }) => dataset.tab === current);
    const next = buttons[(index + step + buttons.length) % buttons.length];
    select(next.dataset.tab);
    next.focus();
  });
  media.addEventListener("change", () => {
    show();
    chosen(current);
  });
  show();
  return { select, narrow: () => media.matches };
}
