// The ladder: which items it has, how they lie on the lanes, and which one is chosen.

import { el, show } from "./dom.js";
import { VirtualList } from "./list.js";
import { headOf, lanesOf, spread } from "./lanes.js";
import { isSame } from "./choose.js";
import { messageRow, noteRow } from "./row.js";

const ROW = 38;

/** Pixels: numbers alone, numbers and times, the least for a sentence, the least for a lane. */
const NUMBERS = 34;
const TIMES = 140;
const SAID = 110;
const NARROW = 130;
const NARROWEST = 96;

/** For so many lanes times and sentences make room. */
const SOME = 6;

/** The words that tie a message to the chosen one, by their names in the contract. */
const TIES = {
  request: "its request",
  challenge: "the challenge",
  answer: "the answer to it",
  original: "sent first",
  received: "as received",
  sent: "as passed on",
  ack: "its ACK",
};

/** Draws items of a model in a scrolling box. `onChoose(item)` hears which item is chosen, `onOpen(item)` which
 * is to be opened. */
export class Ladder {
  constructor({ box, head, model, onChoose, onOpen }) {
    Object.assign(this, { box, head, model });
    this.items = [];
    this.ties = new Map();
    this.place = { xs: [], width: 0, step: 0, of: new Map(), lanes: [] };
    this.list = new VirtualList(box, {
      rowHeight: ROW,
      render: (index) => this.row(this.items[index]),
      onSelect: (index) => onChoose(this.items[index]),
      onOpen: (index) => onOpen(this.items[index]),
    });
    new ResizeObserver(() => this.lay()).observe(box);
  }

  /** Shows these items. The chosen message stays chosen. */
  set(items, chosen) {
    // Rows that the server sent again are other objects.
    const grown = items.length >= this.items.length && this.items.every((it, at) => it.value === items[at].value);
    this.items = items;
    this.lay({ fresh: !grown });
    this.mark(chosen, { reveal: false });
    this.box.setAttribute("aria-label", `Messages in the order of time, ${items.length}`);
  }

  /** Marks an item as chosen, and the messages that belong to it. */
  mark(chosen, { reveal = true } = {}) {
    const tied = chosen?.kind === "row" ? (this.model.rows.get(chosen.n)?.tied ?? {}) : {};
    const before = [...this.ties.keys()];
    this.ties = new Map(
      Object.entries(tied).flatMap(([name, numbers]) => [numbers ?? []].flat().map((n) => [n, TIES[name]])),
    );
    const touched = new Set([...before, ...this.ties.keys()]);
    this.list.drop((index) => touched.has(this.items[index]?.n));
    this.list.select(chosen === null ? -1 : this.items.findIndex((it) => isSame(it, chosen)), { reveal });
  }

  /** Keeps the newest message in sight, or not. */
  follow(follows) {
    this.list.follow(follows);
  }

  get follows() {
    return this.list.follows;
  }

  lay({ fresh = true } = {}) {
    const width = this.box.clientWidth;
    const rows = this.items.filter((it) => it.kind === "row").map((it) => it.value);
    // Lanes are worth more than times and sentences, which the opened message has as well.
    const wanted = Math.min(SOME, lanesOf(this.model, rows).lanes.length);
    this.compact = width < TIMES + SAID + wanted * NARROW;
    const beside = this.compact ? NUMBERS : TIMES;
    const said = this.compact ? 0 : Math.min(300, Math.max(SAID, width * 0.2));
    const narrowest = this.compact ? NARROWEST : NARROW;
    const room = width - beside - said;
    const { lanes, of } = lanesOf(this.model, rows, Math.floor(room / narrowest));
    const place = { ...spread(lanes.length, room, narrowest), of, lanes };
    const moved = JSON.stringify(place.xs) !== JSON.stringify(this.place.xs) || !sameMap(of, this.place.of);
    this.place = place;
    this.box.classList.toggle("compact", this.compact);
    this.list.floor.style.minWidth = `${beside + place.width + (this.compact ? 0 : SAID)}px`;
    this.heads(beside);
    this.list.update(this.items.length, { fresh: fresh || moved });
  }

  heads(beside) {
    const { lanes, xs, width, step } = this.place;
    this.head.hidden = lanes.length === 0;
    this.head.style.minWidth = `${beside + width}px`;
    show(
      this.head,
      lanes.map((lane, index) => {
        const { sign, colour, name, address } = headOf(lane);
        const box = el(
          "div",
          { class: "head" },
          el("span", { class: `name ${colour}` }, `${sign} ${name}`),
          el("span", { class: "address" }, address),
        );
        box.style.left = `${beside + xs[index] - step / 2 + 3}px`;
        box.style.width = `${step - 6}px`;
        return box;
      }),
    );
  }

  row(item) {
    if (item.kind !== "row") return noteRow(item, ROW);
    const { model, place, compact } = this;
    return messageRow(item.value, { model, place, compact, height: ROW, tie: this.ties.get(item.n) });
  }
}

function sameMap(one, other) {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
