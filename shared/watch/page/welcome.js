// What is shown while there is no message: what this page is, and three ways to begin.

import { button, el, show } from "./dom.js";
import { player } from "./player.js";

/** Draws it for a source that has no messages. */
export function welcome(box, source, { onSource, onOpen }) {
  const runs = source?.state === "connected";
  show(
    box,
    el(
      "div",
      { class: "inside" },
      el("h2", {}, runs ? "The server runs. No message has come yet" : "See every message, and why"),
      el("p", {}, "Each column will be a party: a telephone, the server. Each arrow will be a message. Choose one to see what its parts mean, and the line of the script that decided."),
      el(
        "div",
        { class: "cards" },
        el("div", { class: "card" }, el("h3", {}, "Play an exchange of the course"), el("p", { class: "quiet" }, "No telephone needed."), player(source?.package, onSource)),
        el("div", { class: "card" }, el("h3", {}, runs ? "Register a telephone" : "Watch a running server"), live(source, runs)),
        el("div", { class: "card" }, el("h3", {}, "Read a trace or a capture"), el("p", { class: "quiet" }, "Paste the messages of any log, or drop a pcap on this page."), button("Open", onOpen)),
      ),
    ),
  );
}

function live(source, runs) {
  if (runs) return el("p", { class: "quiet" }, `${source.title} is connected. Messages appear here as they come.`);
  return [
    source?.detail && el("p", { class: "quiet" }, source.detail),
    el("pre", {}, "cargo run -p step-07"),
    el("p", { class: "quiet" }, "This page connects by itself."),
  ];
}
