// The list of calls and registrations: which are shown, and which one is chosen.

import { el } from "./dom.js";
import { VirtualList } from "./list.js";
import { groupPasses } from "./choose.js";
import { markOf, stateOf } from "./marks.js";

const KINDS = { call: "☎", registration: "⌂", other: "·" };

const EVERYTHING = null;

/** Draws the groups of a model. `onChoose(id)` hears which is chosen; null is everything. */
export class Groups {
  constructor({ box, model, onChoose }) {
    Object.assign(this, { box, model });
    this.shown = [EVERYTHING];
    this.list = new VirtualList(box, {
      rowHeight: 50,
      render: (index) => this.row(this.shown[index]),
      onSelect: (index) => onChoose(this.shown[index]?.id ?? null),
    });
    this.list.follows = false;
  }

  /** Shows the groups that pass, newest first. */
  set(chosen, filter) {
    const groups = [...this.model.groups.values()].filter((group) => groupPasses(group, filter));
    this.shown = [EVERYTHING, ...groups.sort((a, b) => b.last - a.last)];
    this.list.update(this.shown.length);
    this.list.select(this.shown.findIndex((group) => (group?.id ?? null) === chosen), { reveal: false });
    return groups.length;
  }

  row(group) {
    if (group === EVERYTHING) {
      const facts = `${this.model.rows.size} messages in the order of time`;
      return el("div", { class: "group" }, name("≡", "Everything"), el("div", { class: "facts" }, facts));
    }
    const { sign, tone } = stateOf(group.state);
    const marks = new Map(group.marks.map((mark) => [mark.kind, markOf(mark.kind)]));
    return el(
      "div",
      { class: "group", title: `Call-ID: ${group.call_id}` },
      name(KINDS[group.kind] ?? "·", group.title),
      el(
        "div",
        { class: "facts" },
        el("span", { class: tone }, `${sign} ${group.state}`),
        [...marks.values()].map(({ word, sign, tone }) => [" · ", el("span", { class: tone }, `${sign} ${word}`)]),
        group.forks > 1 && ` · ${group.forks} phones at once`,
        ` · ${group.count} ${group.count === 1 ? "message" : "messages"}`,
      ),
    );
  }
}

function name(sign, text) {
  return el("div", { class: "name" }, el("span", { class: "quiet", "aria-hidden": "true" }, sign), el("span", {}, text));
}

/** Lets a button fold the list. On a small screen it begins folded, and the ladder has the room. */
export function foldable(button, list) {
  const unfold = (open) => {
    button.setAttribute("aria-expanded", open);
    list.classList.toggle("folded", !open);
  };
  button.addEventListener("click", () => unfold(button.getAttribute("aria-expanded") !== "true"));
  unfold(!matchMedia("(max-width: 700px)").matches);
}
