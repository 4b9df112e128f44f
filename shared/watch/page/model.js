// What the page knows about the source it shows: upserts from the server, and nothing made up.

/** So many messages at once are news, for so many milliseconds. */
const NEWS = 20;
const MOMENT = 500;

const nothing = () => ({
  arrived: new Map(),
  parties: new Map(),
  groups: new Map(),
  rows: new Map(),
  notes: new Map(),
  tables: new Map(),
  misses: [],
  first: 1,
});

/** The messages of one source. Fires `change` for every piece of news. */
export class Model extends EventTarget {
  constructor() {
    super();
    this.source = null;
    Object.assign(this, nothing());
  }

  /** Forgets everything about the source, and perhaps the source. */
  clear(source = null) {
    Object.assign(this, nothing());
    this.source = source;
    this.changed("clear");
  }

  /** The server was started again, and its messages are numbered from 1. */
  reset() {
    this.clear(this.source);
    this.changed("reset");
  }

  setSource(source) {
    this.source = source;
    this.changed("source");
  }

  addParties(parties) {
    for (const party of parties) this.parties.set(party.id, party);
    this.changed("parties");
  }

  addGroups(groups) {
    for (const group of groups) this.groups.set(group.id, group);
    this.changed("groups");
  }

  addRows(rows) {
    // A page that has just been opened gets everything at once, which is not news.
    const news = this.source?.kind === "live" && rows.length <= NEWS;
    for (const row of rows) {
      if (news && !this.rows.has(row.n)) this.arrived.set(row.n, performance.now());
      this.rows.set(row.n, row);
    }
    this.changed("rows");
  }

  /** Whether a message came in the last moment. */
  isNew(n) {
    const at = this.arrived.get(n);
    if (at === undefined) return false;
    if (performance.now() - at < MOMENT) return true;
    this.arrived.delete(n);
    return false;
  }

  addNotes(notes) {
    for (const note of notes) this.notes.set(note.id, note);
    this.changed("rows");
  }

  addTables(tables) {
    for (const table of tables) {
      this.tables.set(table.name, { ...table, before: this.tables.get(table.name)?.rows ?? null });
    }
    this.changed("tables");
  }

  /** Messages that never reached this page. */
  addMiss(miss) {
    const after = miss.after ?? this.last();
    const known = this.misses.at(-1);
    if (known && known.after === after && known.by === miss.by) known.count += miss.count;
    else this.misses.push({ ...miss, after });
    this.changed("rows");
  }

  /** The server's ring is full: what is older than `first` is gone there, too. */
  dropBefore(first) {
    this.first = first;
    for (const n of this.rows.keys()) {
      if (n < first) this.rows.delete(n);
    }
    for (const [id, note] of this.notes) {
      if (note.after < first - 1) this.notes.delete(id);
    }
    for (const [id, group] of this.groups) {
      if (group.last < first) this.groups.delete(id);
    }
    this.misses = this.misses.filter((miss) => miss.after >= first - 1);
    this.changed("rows");
  }

  last() {
    let last = 0;
    for (const n of this.rows.keys()) if (n > last) last = n;
    return last;
  }

  changed(what) {
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}
