// A tiny element builder and a keyed list: all that this page has instead of a framework.

/**
 * Make an element. `props` are attributes, except: `class`, `data` (data-* attributes), `on` (listeners), and
 * `value`, `checked`, `disabled`, `hidden`, which are set as properties. Children are nodes or strings; strings become
 * text nodes, so whatever a customer wrote can be passed in as it is.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (PROPERTIES.has(name)) node[name] = value;
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden"]);

/** Set an element's text, unless it has it already (a live region would say it twice). */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set an attribute, or remove it when `value` is null or false. */
export function setAttribute(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

const known = new WeakMap();

/**
 * Make `parent`'s children follow `items`: `make(item)` builds a child for a new key, `update(node, item)` brings a
 * child up to date. Children keep their identity, and with it focus, half-typed text and scroll position.
 */
export function list(parent, items, key, make, update = () => {}) {
  const before = known.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) after.set(key(item), before.get(key(item)) ?? make(item));
  for (const [name, node] of before) if (after.get(name) !== node) node.remove();
  let place = parent.firstChild;
  for (const item of items) {
    const node = after.get(key(item));
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    update(node, item);
  }
  known.set(parent, after);
}

/** Let a textarea grow with its text, and let Enter send the form (Shift+Enter makes a new line). */
export function growing(textarea) {
  const fit = () => {
    textarea.style.height = "auto";
    if (textarea.scrollHeight) textarea.style.height = `${textarea.scrollHeight + 2}px`;
  };
  textarea.addEventListener("input", fit);
  textarea.addEventListener("focus", fit);
  textarea.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    textarea.form.requestSubmit();
  });
  return fit;
}
