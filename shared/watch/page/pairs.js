// How two exchanges are drawn next to each other: messages that belong together on one line.

import { arrow } from "./arrow.js";
import { differences } from "./compare.js";
import { button, el } from "./dom.js";
import { whole } from "./feed.js";
import { headOf, lanesOf, spread } from "./lanes.js";
import { Model } from "./model.js";

const ROW = 38;
const WIDTH = 460;

/** The picture of what the server answered: `{ left, right, rows }`. */
export async function pairs({ left, right, rows }) {
  const sides = await Promise.all([left, right].map(side));
  const count = rows.filter((row) => !row.same).length;
  const words = count === 0 ? "Both scripts do the same." : `${count} of ${rows.length} messages differ.`;
  return [
    el("p", { class: count === 0 ? "good" : "warn" }, el("strong", {}, words)),
    el("div", { class: "pairs" }, heads(sides), rows.map((row) => pair(row, sides))),
  ];
}

async function side(source) {
  const model = new Model();
  await whole(model, source);
  const { lanes, of } = lanesOf(model, [...model.rows.values()]);
  return { source, model, place: { ...spread(lanes.length, WIDTH, 80), lanes, of } };
}

function heads(sides) {
  const [left, right] = sides.map(({ source, place }) =>
    el(
      "div",
      {},
      el("strong", {}, source.exchange ? `Chapter ${source.exchange.chapter}` : source.title),
      el("div", { class: "picture" }, place.lanes.map((lane, index) => {
        const { sign, colour, name } = headOf(lane);
        const head = el("span", { class: `lane-head ${colour}` }, `${sign} ${name}`);
        head.style.left = `${place.xs[index]}px`;
        return head;
      })),
    ),
  );
  return el("div", { class: "pair" }, left, el("div"), right);
}

function pair(row, sides) {
  const cells = [row.left, row.right].map((n, at) => {
    const { model, place } = sides[at];
    const message = n === null ? null : model.rows.get(n);
    return el("div", { class: "picture" }, message ? arrow(message, place, ROW) : null);
  });
  const details = differences(row.differences.map((it) => ({ ...it, same: false })), "the left", "the right");
  details.hidden = true;
  return el(
    "div",
    { class: row.same ? "pair" : "pair differs" },
    cells[0],
    el("div", { class: "between" }, row.differences.length > 0 ? opener(row.differences.length, details) : sign(row)),
    cells[1],
    details,
  );
}

function opener(count, details) {
  const it = button(`≠ ${count} ${count === 1 ? "line" : "lines"}`, () => {
    details.hidden = !details.hidden;
    it.setAttribute("aria-expanded", !details.hidden);
  }, { "aria-expanded": "false" });
  return it;
}

function sign({ left, right, same }) {
  if (right === null) return "− only left";
  if (left === null) return "+ only right";
  return same ? "=" : "≠ differs";
}
