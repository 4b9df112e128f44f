// What is shown about the chosen message, and in which order: what happened, why, how, the bytes.

import { get, of } from "./api.js";
import { button, el, show } from "./dom.js";
import { compare } from "./compare.js";
import { digests } from "./digest.js";
import { markOf } from "./marks.js";
import { parts } from "./parts.js";
import { missed } from "./row.js";
import { ofDay } from "./time.js";
import { why } from "./why.js";

/** The words for messages that belong to this one. */
const TIES = {
  request: "The request it answers",
  challenge: "The challenge its credentials answer",
  answer: "The request that answers this challenge",
  original: "What it repeats",
  received: "As the server received it",
  sent: "As the server passed it on",
  ack: "Its ACK",
};

/** The panel. `onGo(n)` is asked to choose another message, `onClose()` to close. */
export class Detail {
  constructor({ box, model, onGo, onClose }) {
    Object.assign(this, { box, model, onGo, onClose });
    this.n = null;
  }

  get isOpen() {
    return !this.box.hidden;
  }

  /** Shows an item of the ladder; null closes the panel. */
  async open(item) {
    this.n = item?.n ?? null;
    this.box.hidden = item === null;
    if (item === null) return;
    if (item.kind === "row") await this.openMessage(item.n);
    else this.drawNote(item);
  }

  async openMessage(n) {
    const source = this.model.source.id;
    let message;
    try {
      message = await get(of(source, `messages/${n}`));
    } catch (error) {
      if (this.n === n) show(this.box, this.head(this.model.rows.get(n)), el("p", { class: "error" }, error.message));
      return;
    }
    // Another one may have been chosen meanwhile.
    if (this.n === n && this.model.source?.id === source) this.draw(message, source);
  }

  drawNote(item) {
    const close = button("✕", this.onClose, { class: "close", "aria-label": "Close the note (Escape)" });
    show(
      this.box,
      el("header", { class: "title" }, el("h2", {}, item.value.title ?? (item.kind === "miss" ? "Missing messages" : "Note")), close),
      el("pre", { class: "text" }, item.kind === "miss" ? missed(item.value) : item.value.text),
    );
  }

  draw(message, source) {
    const { row } = message;
    const top = this.box.scrollTop;
    show(
      this.box,
      this.head(row),
      row.explanation && el("p", { class: "explanation" }, row.explanation),
      row.marks.map((mark) => this.mark(mark)),
      this.ties(row),
      why(message.why),
      digests(message, source),
      parts(message, this.model),
      compare(row, { source, model: this.model }),
    );
    this.box.scrollTop = this.drawn === row.n ? top : 0;
    this.drawn = row.n;
  }

  head(row) {
    const name = (id) => this.model.parties.get(id)?.name ?? "nobody";
    return el(
      "header",
      { class: "title" },
      el(
        "div",
        {},
        el("h2", {}, el("span", { class: "quiet" }, `${this.n} `), el("span", { class: row?.kind }, row?.summary ?? "")),
        row &&
          el(
            "p",
            { class: "quiet" },
            `${name(row.from)} to ${name(row.to)} · ${row.transport} · ${row.bytes} bytes · ${ofDay(row.at)}`,
          ),
      ),
      button("✕", this.onClose, { class: "close", "aria-label": "Close the message (Escape)" }),
    );
  }

  mark({ kind, text, of }) {
    const { sign, tone } = markOf(kind);
    return el("p", { class: `mark ${tone}` }, `${sign} ${text} `, of && this.go(of, `Show ${of}`));
  }

  ties(row) {
    const links = Object.entries(row.tied).flatMap(([name, numbers]) =>
      [numbers ?? []].flat().map((n) => el("li", {}, `${TIES[name] ?? name}: `, this.go(n, this.named(n)))),
    );
    return links.length > 0 && el("ul", { class: "ties" }, links);
  }

  named(n) {
    const row = this.model.rows.get(n);
    return row ? `${n} ${row.label}` : `${n}`;
  }

  go(n, text) {
    return button(text, () => this.onGo(n), { class: "link" });
  }
}
