// What stands in the staff channel by itself: what the bot would say, or what another team asks for.
import { marked } from "./desk.js";
import { growing, h, list } from "./dom.js";
import { prose } from "./render.js";
import { momentOf, timeOf } from "./time.js";

const ASKS = { edit: "Your words instead", answer: "Your answer" };

/** Set up the list. `act.posts(about, action, text)` does something with a post. Returns an update function of state. */
export function posts(act) {
  const box = document.getElementById("posts");
  return (state) => {
    box.hidden = state.posts.length === 0;
    list(box, state.posts, (post) => post.ids.join(" "), (post) => view(post, act), (node, post) => {
      const mine = state.outbox.filter(({ line }) => line.about && line.about === post.about);
      const refused = mine.find(({ status }) => status === "refused");
      node.querySelector(".bad").textContent = refused ? `Not done: ${refused.error}` : "";
      marked(node, post);
    });
  };
}

function view(post, act) {
  const ask = h("form", { class: "ask-text", hidden: true, data: { testid: "post-ask" } });
  const buttons = (post.choices ?? []).map(({ id, label }) =>
    h("button", { type: "button", class: `act ${id === "send" || id === "answer" ? "primary" : ""}`, data: { testid: "post-action", do: id }, on: { click: () => (id in ASKS ? open(id, label) : act.posts(post.about, id)) } }, label));

  function open(id, label) {
    const text = h("textarea", { rows: "2", dir: "auto", "aria-label": ASKS[id], data: { testid: "post-text" } });
    ask.replaceChildren(text, h("button", { type: "submit", class: "act primary" }, label));
    ask.onsubmit = (event) => {
      event.preventDefault();
      if (text.value.trim()) act.posts(post.about, id, text.value);
    };
    ask.hidden = false;
    growing(text)();
    text.focus();
  }

  return h("article", { class: "line line-post", data: { testid: "post", about: post.about } },
    h("p", { class: "line-head" }, h("span", { class: "line-kind" }, "Staff channel"), h("time", { datetime: post.at, title: momentOf(post.at) }, timeOf(post.at)), h("span", { class: "line-mark", data: { testid: "mark" } })),
    prose(post.text, post.html), h("div", { class: "actions", hidden: buttons.length === 0 }, buttons), ask, h("p", { class: "bad", role: "alert" }));
}
