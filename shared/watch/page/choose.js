// Which messages are shown: those of the chosen call that pass the filters, with notes between.

/** What the filters ask for. Empty texts ask for nothing. */
export const everything = () => ({ user: "", method: "", status: "" });

/** The items of the ladder in order: `{ kind: "row" | "note" | "miss", n, value }`. */
export function items(model, group, filter) {
  const rows = [...model.rows.values()].sort((a, b) => a.n - b.n);
  const wanted = rows.filter((row) => belongs(row, group) && passes(model, row, filter));
  const filtered = group !== null || isOn(filter);
  const extra = [...misses(model), ...notes(model, wanted, filtered)].sort((a, b) => a.n - b.n);
  return merged(wanted, extra);
}

/** Whether two items are about the same message or note, however often it was sent. */
export function isSame(one, other) {
  return one.kind === other.kind && one.n === other.n && one.value.id === other.value.id;
}

/** Whether any filter asks for something. */
export function isOn(filter) {
  return filter.user !== "" || filter.method !== "" || filter.status !== "";
}

/** Whether a call has a message that passes. */
export function groupPasses(group, filter) {
  return (
    (filter.user === "" || names(group.users, filter.user) || contains(group.title, filter.user)) &&
    (filter.method === "" || group.methods.includes(filter.method)) &&
    (filter.status === "" || group.statuses.some((status) => isStatus(status, filter.status)))
  );
}

function belongs(row, group) {
  return group === null || row.group === group;
}

function passes(model, row, filter) {
  if (filter.method !== "" && row.method !== filter.method) return false;
  if (filter.status !== "" && !isStatus(row.status, filter.status)) return false;
  if (filter.user === "") return true;
  const users = model.groups.get(row.group)?.users ?? [];
  const texts = [row.user, row.from_address, row.to_address];
  return names(users, filter.user) || texts.some((text) => contains(text, filter.user));
}

function names(users, wanted) {
  return users.some((user) => contains(user, wanted));
}

function contains(text, wanted) {
  return (text ?? "").toLowerCase().includes(wanted.toLowerCase());
}

// "4xx" is a class, "401" is itself.
function isStatus(status, wanted) {
  if (status === null) return false;
  return wanted.endsWith("xx") ? Math.floor(status / 100) === Number(wanted[0]) : status === Number(wanted);
}

function misses(model) {
  return model.misses.map((miss) => ({ kind: "miss", n: miss.after, value: miss }));
}

// Among a few chosen messages only the notes directly around them make sense.
function notes(model, rows, filtered) {
  const all = [...model.notes.values()];
  const shown = filtered ? new Set(rows.map((row) => row.n)) : null;
  const near = all.filter((note) => !shown || shown.has(note.after) || shown.has(note.after + 1));
  return near.map((note) => ({ kind: "note", n: note.after, value: note }));
}

function merged(rows, extra) {
  const out = [];
  let next = 0;
  for (const row of rows) {
    while (next < extra.length && extra[next].n < row.n) out.push(extra[next++]);
    out.push({ kind: "row", n: row.n, value: row });
  }
  return out.concat(extra.slice(next));
}
