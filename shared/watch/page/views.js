// Which of the three views is in sight: messages, two chapters, tables.

import { byId } from "./dom.js";

const NAMES = ["messages", "chapters", "tables"];

/** Switches between them. `onShow[name]()` draws a view when it comes into sight. */
export class Views {
  constructor(onShow) {
    this.onShow = onShow;
    this.shown = NAMES[0];
    for (const name of NAMES) {
      const tab = byId(`tab-${name}`);
      tab.addEventListener("click", () => this.show(name));
      tab.addEventListener("keydown", (event) => this.key(event, name));
    }
    this.show(this.shown);
  }

  show(name) {
    this.shown = name;
    for (const it of NAMES) {
      byId(it).hidden = it !== name;
      byId(`tab-${it}`).setAttribute("aria-selected", it === name);
      byId(`tab-${it}`).tabIndex = it === name ? 0 : -1;
    }
    this.refresh(name);
  }

  /** Draws a view again if it is in sight. */
  refresh(name) {
    if (this.shown === name) this.onShow[name]?.();
  }

  key(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = NAMES.at((NAMES.indexOf(name) + step) % NAMES.length);
    event.preventDefault();
    this.show(next);
    byId(`tab-${next}`).focus();
  }
}
