// What a line of the ladder says: number, time, arrow, and the sentence about it.

import { el } from "./dom.js";
import { arrow, badges } from "./arrow.js";
import { markOf } from "./marks.js";
import { clock } from "./time.js";

/** A message. `tie` says in a word how it belongs to the chosen one, or is null. */
export function messageRow(row, { model, place, height, tie, compact }) {
  return el(
    "div",
    {
      class: ["message", row.kind, tie && "tied", model.isNew(row.n) && "fresh"].filter(Boolean).join(" "),
      "aria-label": spoken(model, row, tie),
    },
    el("span", { class: "number" }, String(row.n)),
    compact ? null : el("time", { class: "time" }, clock(model, row.at)),
    picture(row, place, height),
    el("span", { class: "said" }, tie && el("span", { class: "badge tie" }, tie), badges(row), row.explanation),
  );
}

/** A note between messages: the server stops, a line of its log, messages that were missed. */
export function noteRow(item, height) {
  const text = item.kind === "miss" ? missed(item.value) : firstLine(item.value);
  const tone = item.kind === "miss" ? "warn" : item.value.kind;
  return el("div", { class: `note ${tone}`, "aria-label": text, "data-height": height }, text);
}

/** What a screen reader says about a message. */
export function spoken(model, row, tie) {
  const name = (id) => model.parties.get(id)?.name ?? "nobody";
  const marks = row.marks.map((mark) => markOf(mark.kind).word);
  const words = [`${row.n}: ${row.label}`, `from ${name(row.from)} to ${name(row.to)}`, row.transport];
  const secret = row.has_credentials ? "with credentials" : null;
  return [...words, secret, tie, ...marks, row.explanation].filter(Boolean).join(", ");
}

function picture(row, place, height) {
  const box = el("span", { class: "picture" }, arrow(row, place, height));
  box.style.width = `${place.width}px`;
  return box;
}

/** What is said where messages are missing. */
export function missed({ count, by }) {
  const messages = count === 1 ? "1 message is" : `${count} messages are`;
  const why = by === "browser" ? "this browser read too slowly" : "they came too fast for watch";
  return `${messages} missing here: ${why}.`;
}

function firstLine(note) {
  const lines = note.text.split("\n");
  const more = lines.length > 1 ? ` (${lines.length} lines)` : "";
  return [note.title, lines[0] + more].filter(Boolean).join(": ");
}
