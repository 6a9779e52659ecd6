// The colour theme: auto, light or dark; remembered in this browser. Loaded first, so that nothing flashes.
const KEY = "frontdesk.theme";
const NAMES = ["auto", "light", "dark"];

function stored() {
  try {
    const name = localStorage.getItem(KEY);
    return NAMES.includes(name) ? name : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

function apply(name) {
  document.documentElement.dataset.theme = name;
}

/** Make a button step through the themes. */
export function themeToggle(button) {
  const show = () => {
    const name = document.documentElement.dataset.theme;
    button.textContent = `Theme: ${name}`;
    button.dataset.value = name;
  };
  button.addEventListener("click", () => {
    const name = NAMES[(NAMES.indexOf(document.documentElement.dataset.theme) + 1) % NAMES.length];
    apply(name);
    show();
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // it lasts until the page is closed
    }
  });
  show();
}

apply(stored());
