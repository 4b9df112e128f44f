// What a learner needs to read the page, and the keys.

import { el } from "./dom.js";
import { openDialog } from "./dialog.js";
import { MARKS } from "./marks.js";

const KEYS = [
  ["↓ ↑", "next and previous message, or call"],
  ["Enter", "open the message"],
  ["Esc", "close what is open, then clear the choice and the filters"],
  ["/", "filter by user"],
  ["g  l  d", "go to the calls, to the ladder, to the opened message"],
  ["Home  End", "the first and the last message"],
  ["f", "follow the newest messages"],
  ["p", "pause, and go on"],
  ["o  s", "open something, save something"],
  ["1  2  3", "messages, two chapters, tables"],
  ["?", "this help"],
];

const SIGNS = [
  ["→", "Every column is a party: a telephone, the server, a carrier. Every arrow is a message."],
  ["bold", "Requests such as INVITE are bold and green. Responses such as 200 OK are blue."],
  ["═", "A double line is TCP, a single line is UDP."],
  ["┄", "A dotted line is a message that was sent again."],
  ["●▲■", "A value with a sign was made by the party with that sign. ■ is the server."],
];

/** The dialog. `keys` says and changes whether single keys do anything. */
export function help(keys) {
  openDialog("How to read this page", [
    el("dl", { class: "keys" }, SIGNS.map(([sign, text]) => [el("dt", {}, sign), el("dd", {}, text)])),
    el("h3", {}, "Marks"),
    el("p", {}, Object.values(MARKS).map(({ word, sign, tone }) => [el("span", { class: `badge ${tone}` }, `${sign} ${word}`), " "])),
    el("h3", {}, "Keys"),
    el("dl", { class: "keys" }, KEYS.map(([key, text]) => [el("dt", {}, key.split("  ").map((it) => [el("kbd", {}, it), " "])), el("dd", {}, text)])),
    el("label", {}, keyBox(keys), " Single letters are keys"),
  ]);
}

function keyBox(keys) {
  const box = el("input", { type: "checkbox", onchange: () => keys.set(box.checked) });
  box.checked = keys.on();
  return box;
}
