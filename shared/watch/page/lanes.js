// Which party has a lane of its own, and where it runs.

import { signOf } from "./marks.js";

/** So many lanes are drawn at most, and as many as there is room for, but so many at least. */
const MOST = 9;
const LEAST = 3;

const WIDEST = 285;

/**
 * The lanes for these rows: `{ lanes: [{ party, others }], of: Map(party id -> lane index) }`.
 * With more parties than `room`, those with the most messages get a lane, and the rest share one.
 */
export function lanesOf(model, rows, room = MOST) {
  const counts = new Map();
  for (const row of rows) {
    for (const id of [row.from, row.to]) {
      if (id !== null && model.parties.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  const parties = [...counts.keys()].map((id) => model.parties.get(id));
  const most = Math.min(MOST, Math.max(LEAST, room));
  const many = parties.length > most;
  const busiest = [...parties].sort((a, b) => rank(b, counts) - rank(a, counts));
  const own = placed(many ? busiest.slice(0, most - 1) : parties);
  const lanes = own.map((party) => ({ party, others: 0 }));
  const of = new Map(own.map((party, lane) => [party.id, lane]));
  if (many) {
    const rest = busiest.slice(most - 1);
    for (const party of rest) of.set(party.id, lanes.length);
    lanes.push({ party: null, others: rest.length });
  }
  return { lanes, of };
}

/** Where the lanes run in an area of this width: `{ xs, width }`, in pixels. */
export function spread(count, width, narrowest) {
  const step = Math.min(WIDEST, Math.max(narrowest, width / Math.max(1, count)));
  return { xs: Array.from({ length: count }, (_, lane) => (lane + 0.5) * step), width: count * step, step };
}

/** The words at the head of a lane: `{ sign, colour, name, address }`. */
export function headOf({ party, others }) {
  if (!party) return { sign: "○", colour: "quiet", name: `${others} others`, address: "share a column" };
  return { ...signOf(party), name: party.name, address: party.address };
}

function rank(party, counts) {
  return party.is_server ? Infinity : counts.get(party.id);
}

// As in the book: who called first, the server, and then the others.
function placed(parties) {
  const phones = parties.filter((party) => !party.is_server).sort((a, b) => a.order - b.order);
  const servers = parties.filter((party) => party.is_server);
  return [...phones.slice(0, 1), ...servers, ...phones.slice(1)];
}
