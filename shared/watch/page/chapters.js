// The same exchange under the scripts of two chapters, with the differences marked.

import { post } from "./api.js";
import { el, show } from "./dom.js";
import { pairs } from "./pairs.js";
import { chapters, exchanges, offerChapters, offerExchanges, waiting } from "./pick.js";

/** Draws the view, once. */
export class Chapters {
  constructor(box) {
    this.box = box;
    this.left = el("select", { id: "left-chapter" });
    this.exchange = el("select", { id: "both-exchange" });
    this.play = el("button", { type: "submit", class: "main" }, "Play both");
    this.error = el("p", { class: "error", role: "alert" });
    this.result = el("div", { id: "pairs", role: "region", "aria-live": "polite", "aria-label": "Both exchanges" });
    this.left.addEventListener("change", () => this.list());
  }

  /** The first time the view is seen it asks for the chapters. */
  async open() {
    if (this.box.hasChildNodes()) return;
    const field = (text, select) => el("label", {}, text, select);
    show(
      this.box,
      el(
        "div",
        { class: "inside" },
        el("p", {}, "The same phones send the same messages to the servers of two chapters. What differs is what the new chapter does."),
        el("form", { onsubmit: (event) => this.submit(event) }, field("Chapters", this.left), field("Exchange", this.exchange), this.play, this.error),
        this.result,
      ),
    );
    await this.attempt(async () => {
      this.all = await chapters();
      const follows = (it) => this.all.some((other) => other.chapter === it.chapter + 1);
      offerChapters(this.left, this.all.filter(follows), (it) => `${it.chapter} and ${it.chapter + 1}`);
      await this.list();
    });
  }

  // Only exchanges that both chapters have can be played under both.
  async list() {
    const left = Number(this.left.value);
    waiting(this.exchange, "building both chapters, which may take a minute");
    this.play.disabled = true;
    await this.attempt(async () => {
      const [mine, theirs] = await Promise.all([exchanges(left), exchanges(left + 1)]);
      if (Number(this.left.value) !== left) return;
      const both = mine.filter((it) => theirs.some((other) => other.name === it.name));
      offerExchanges(this.exchange, both);
      this.play.disabled = both.length === 0;
      if (both.length === 0) waiting(this.exchange, "no exchange that both have");
    });
  }

  async submit(event) {
    event.preventDefault();
    this.play.disabled = true;
    await this.attempt(async () => {
      const left = Number(this.left.value);
      const body = { exchange: this.exchange.value, left, right: left + 1 };
      show(this.result, await pairs(await post("/api/side-by-side", body)));
    });
    this.play.disabled = false;
  }

  async attempt(act) {
    show(this.error);
    try {
      await act();
    } catch (failure) {
      show(this.error, failure.message);
    }
  }
}
