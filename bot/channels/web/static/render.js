// Texts from customers, agents and content as DOM: the safe tree, folding of long texts, blank names.
import { h } from "./dom.js";

const FOLD_AT = 900; // characters
const FOLD_LINES = 16;
const SAFE = new Set(["http:", "https:", "mailto:"]);
const DEEPEST = 16;

/** Build a safe tree (see the protocol: strings, b, i, code, a, br, li). Unknown nodes are left out. */
export function tree(nodes, depth = 0) {
  const fragment = document.createDocumentFragment();
  if (!Array.isArray(nodes) || depth > DEEPEST) return fragment;
  let bullets = null;
  for (const node of nodes) {
    if (node && typeof node === "object" && "li" in node) {
      if (!bullets) fragment.append((bullets = h("ul")));
      bullets.append(h("li", { dir: "auto" }, tree(node.li, depth + 1)));
      continue;
    }
    if (bullets && typeof node === "string" && !node.trim()) continue; // the line ends between list items
    bullets = null;
    fragment.append(one(node, depth));
  }
  return fragment;
}

function one(node, depth) {
  if (typeof node === "string") return document.createTextNode(node);
  if (!node || typeof node !== "object") return "";
  if ("b" in node) return h("strong", {}, tree(node.b, depth + 1));
  if ("i" in node) return h("em", {}, tree(node.i, depth + 1));
  if ("code" in node) return h("code", {}, String(node.code));
  if ("br" in node) return h("br");
  if (node.a && typeof node.a === "object") {
    const inside = tree(node.a.nodes, depth + 1);
    const href = safeLink(node.a.href);
    if (!href) return inside;
    return h("a", { href, title: href, rel: "noopener noreferrer", target: "_blank" }, inside, h("span", { class: "sr" }, " (opens a new tab)"));
  }
  return "";
}

/** Return the address when it is one that a chat may link to, or "". */
export function safeLink(href) {
  try {
    const url = new URL(String(href));
    return SAFE.has(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** A message's text: its tree, or else its plain text; folded with a "show more" when it is very long. */
export function prose(text, nodes = null) {
  const full = typeof text === "string" ? text : String(text ?? "");
  const whole = () => (Array.isArray(nodes) && nodes.length ? tree(nodes) : document.createTextNode(legible(full)));
  const box = h("div", { class: "prose", dir: "auto" });
  const short = beginning(full);
  if (short === full) {
    box.append(whole());
    return box;
  }
  const count = full.length.toLocaleString("en-GB");
  const more = h("button", { type: "button", class: "more", "aria-expanded": "false", data: { testid: "show-more" } }, `Show more (${count} characters)`);
  const shown = h("div", {}, `${short}…`);
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : `Show more (${count} characters)`;
    shown.replaceChildren(open ? whole() : `${short}…`);
  });
  box.append(shown, more);
  return box;
}

function beginning(text) {
  let end = text.length > FOLD_AT ? FOLD_AT : text.length;
  let line = -1;
  for (let count = 0; count < FOLD_LINES; count += 1) {
    line = text.indexOf("\n", line + 1);
    if (line < 0) break;
  }
  if (line >= 0) end = Math.min(end, line);
  if (end === text.length) return text;
  const code = text.charCodeAt(end - 1);
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? end - 1 : end); // never half of a pair
}

/** Return the text, or `fallback` when there is nothing in it that could be seen. */
export function legible(text, fallback = "(blank)") {
  const said = String(text ?? "");
  return /[^\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]/u.test(said) ? said : fallback;
}

/** A name or another short text on a line of its own or among others: isolated, so that its direction stays inside. */
export function name(text, fallback = "(blank)", props = {}) {
  return h("bdi", props, shorten(legible(text, fallback), 80));
}

/** Cut a text at about `length` characters. */
export function shorten(text, length) {
  const characters = Array.from(String(text).slice(0, length * 4));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : characters.join("");
}

/** "asked_for_person" as "asked for person": how ids are shown where a reader, not a programmer, looks. */
export function plain(id) {
  return String(id ?? "").replaceAll("_", " ");
}
