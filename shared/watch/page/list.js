// Which rows of a long list exist: those in sight and a few around them.

const AROUND = 8;

/**
 * A list of any length in a scrolling element, which is also its listbox for the keyboard and for
 * screen readers. `render(index)` makes a row; all rows have the same height in pixels.
 */
export class VirtualList {
  constructor(box, { rowHeight, render, onSelect, onOpen }) {
    Object.assign(this, { box, rowHeight, render, onSelect, onOpen });
    this.count = 0;
    this.selected = -1;
    this.top = 0;
    this.follows = true;
    this.rows = new Map();
    this.floor = document.createElement("div");
    this.floor.className = "floor";
    this.floor.setAttribute("role", "presentation");
    box.append(this.floor);
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.later()).observe(box);
  }

  /** The list has so many rows now. `fresh` rows replace all that are shown. */
  update(count, { fresh = true } = {}) {
    this.count = count;
    if (fresh) this.drop(() => true);
    if (this.selected >= count) this.selected = -1;
    this.floor.style.height = `${count * this.rowHeight}px`;
    this.later();
  }

  /** Selects a row; -1 selects none. It becomes visible. */
  select(index, { reveal = true } = {}) {
    const before = this.selected;
    this.selected = index;
    this.drop((row) => row === before || row === index);
    if (reveal && index >= 0) this.reveal(index);
    this.later();
  }

  /** Whether the newest row stays in sight as rows are added. */
  follow(follows) {
    this.follows = follows;
    if (follows) this.later();
  }

  reveal(index) {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.box;
    const header = this.header();
    if (top < scrollTop) this.box.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight - header) {
      this.box.scrollTop = top + this.rowHeight - clientHeight + header;
    }
  }

  // A sticky head above the floor takes room away from the rows.
  header() {
    return this.floor.offsetTop;
  }

  later() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    if (this.follows) this.box.scrollTop = this.box.scrollHeight;
    const { scrollTop, clientHeight } = this.box;
    const first = Math.max(0, Math.floor(scrollTop / this.rowHeight) - AROUND);
    const last = Math.min(this.count, Math.ceil((scrollTop + clientHeight) / this.rowHeight) + AROUND);
    this.drop((row) => row < first || row >= last);
    for (let index = first; index < last; index++) {
      if (!this.rows.has(index)) this.rows.set(index, this.place(index));
    }
    const active = this.rows.get(this.selected);
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  place(index) {
    const row = this.render(index);
    row.id = `${this.box.id}-${index}`;
    row.dataset.index = index;
    row.setAttribute("role", "option");
    row.setAttribute("aria-posinset", index + 1);
    row.setAttribute("aria-setsize", this.count);
    row.setAttribute("aria-selected", index === this.selected);
    row.style.top = `${index * this.rowHeight}px`;
    // Screen readers read the list in the order of the document.
    const next = [...this.rows.keys()].filter((it) => it > index).sort((a, b) => a - b)[0];
    this.floor.insertBefore(row, this.rows.get(next) ?? null);
    return row;
  }

  drop(which) {
    for (const [index, row] of this.rows) {
      if (!which(index)) continue;
      row.remove();
      this.rows.delete(index);
    }
  }

  // Scrolling up stops following, scrolling to the end follows again.
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const atEnd = scrollHeight - scrollTop - clientHeight < 4;
    if (scrollTop < this.top - 1) this.follows = false;
    if (atEnd && (this.selected < 0 || this.selected === this.count - 1)) this.follows = true;
    this.top = scrollTop;
    this.later();
  }

  clicked(event) {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    this.follows = false;
    this.choose(Number(row.dataset.index));
    this.onOpen?.(this.selected);
  }

  choose(index) {
    if (this.count === 0) return;
    const within = Math.min(Math.max(index, 0), this.count - 1);
    this.follows = false;
    this.select(within);
    this.onSelect?.(within);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.box) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.rowHeight) - 2);
    const moves = {
      ArrowDown: this.selected + 1,
      ArrowUp: this.selected < 0 ? this.count - 1 : this.selected - 1,
      PageDown: this.selected + page,
      PageUp: this.selected - page,
      Home: 0,
      End: this.count - 1,
    };
    if (event.key in moves) this.choose(moves[event.key]);
    else if (event.key === "Enter" && this.selected >= 0) this.onOpen?.(this.selected);
    else return;
    event.preventDefault();
  }
}
