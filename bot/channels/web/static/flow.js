// The picture of a flow: its steps as boxes, the ways between them, with the current step lit and the last ways marked.
import { h } from "./dom.js";
import { plain } from "./render.js";

const SVG = "http://www.w3.org/2000/svg";

/** Set up the dialog; returns show(trace), which draws the flow of a trace. */
export function picture() {
  const dialog = document.getElementById("picture");
  const [title, body] = ["picture-title", "picture-body"].map((id) => document.getElementById(id));
  document.getElementById("picture-close").addEventListener("click", () => dialog.close());

  return async function show(trace) {
    title.textContent = trace.flow;
    body.replaceChildren(h("p", { class: "hint" }, "Drawing …"));
    if (!dialog.open) dialog.showModal();
    try {
      const answer = await fetch(`flow/${encodeURIComponent(trace.flow)}`);
      if (!answer.ok) throw new Error(await answer.text());
      const drawing = await answer.json();
      title.textContent = drawing.title;
      body.replaceChildren(drawn(drawing, trace));
      const lit = body.querySelector(".box.lit") ?? body.querySelector(".box");
      lit?.scrollIntoView({ block: "center", inline: "center" });
    } catch (error) {
      body.replaceChildren(h("p", { class: "hint" }, `This flow cannot be drawn: ${error.message}`));
    }
  };
}

function s(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function drawn({ flow, width, height, boxes, lines }, trace) {
  const taken = new Set(trace.ways ?? []);
  const ways = lines.map((line) => {
    const went = taken.has(`${flow}.${line.from}/${line.way}`);
    const label = line.way ? `${line.from}: ${line.way} → ${line.to}` : `${line.from} → ${line.to}`;
    return s("path", { class: went ? "way went" : "way", d: line.path, "marker-end": "url(#arrow)" }, s("title", {}, label));
  });
  const steps = boxes.map((box) => {
    const lit = box.step === trace.step;
    const group = s("g", { class: `box kind-${box.kind}${lit ? " lit" : ""}`, "data-testid": "flow-step", "data-step": box.step },
      s("title", {}, `${box.step}: ${plain(box.kind)}${lit ? ", the current step" : ""}`),
      s("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 8 }),
      s("text", { x: box.x + box.width / 2, y: box.y + 17 }, cut(box.step)),
      s("text", { class: "kind", x: box.x + box.width / 2, y: box.y + 32 }, plain(box.kind)));
    if (lit) group.setAttribute("aria-current", "step");
    return group;
  });
  const arrow = s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, s("path", { d: "M0 0 8 4 0 8z" }));
  return s("svg", { class: "flow", role: "img", "aria-labelledby": "picture-title", viewBox: `0 0 ${width} ${height}`, width, height, "data-testid": "flow-picture" }, s("defs", {}, arrow), ...ways, ...steps);
}

function cut(text) {
  return text.length <= 26 ? text : `${text.slice(0, 25)}…`;
}
