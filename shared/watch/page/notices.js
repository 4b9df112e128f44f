// What the page says about itself: where messages come from, and whether any are held back.

import { button, el, show } from "./dom.js";

const LIGHTS = {
  connected: ["good", "●"],
  waiting: ["warn", "○"],
  ended: ["quiet", "■"],
};

/** Draws the line in the bar and the notices under it, where they changed. */
export function notices(box, line, model, state, { goOn }) {
  const { source } = model;
  if (source) {
    const [tone, sign] = LIGHTS[source.state] ?? LIGHTS.waiting;
    const text = [source.title, source.state === "waiting" && (source.detail ?? "connecting")].filter(Boolean).join(": ");
    once(line, `${sign} ${text}`, () => [el("span", { class: `light ${tone}`, "aria-hidden": "true" }, sign), text]);
    line.title = text;
  }
  const held = state.paused ? model.last() - state.seen : 0;
  const missed = model.misses.reduce((sum, miss) => sum + miss.count, 0);
  once(box, [state.lost, state.gone, state.paused, held, missed, model.first].join(), () => [
    state.lost && el("p", { class: "bad" }, "The program watch does not answer. This page connects again as soon as it runs."),
    state.gone && el("p", {}, "What this page showed is no longer open. It shows the running server."),
    state.paused && el("p", {}, held === 0 ? "Paused." : `Paused. ${held} new messages wait.`, button("Go on", goOn)),
    missed > 0 && el("p", {}, `${missed} messages were missed: they came faster than they could be shown. The ladder shows where.`),
    model.first > 1 && el("p", {}, `Messages before ${model.first} are no longer kept.`),
  ]);
}

// A screen reader speaks what changes, so the same words are not put in again.
function once(box, key, content) {
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  show(box, content());
}
