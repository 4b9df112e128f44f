// The colour and the sign of each party, and the words for marks. No meaning is in colour alone.

const SIGNS = ["●", "▲", "◆", "★", "▼", "✚"];
const SERVER = "■";

/** `{ sign, colour }` of a party: the server's own, or one by the order of appearance. */
export function signOf(party) {
  if (!party) return { sign: "○", colour: "quiet" };
  if (party.is_server) return { sign: SERVER, colour: "maker-server" };
  const place = Math.max(0, party.order - (party.order > 1 ? 1 : 0)) % SIGNS.length;
  return { sign: SIGNS[place], colour: `maker-${place}` };
}

/** What a message's mark is called in a few letters, and how bad it is. */
export const MARKS = {
  retransmission: { word: "again", sign: "↻", tone: "warn" },
  loop: { word: "loop", sign: "⟳", tone: "bad" },
  missing_ack: { word: "no ACK", sign: "!", tone: "bad" },
  missing_answer: { word: "no answer", sign: "!", tone: "warn" },
  refused: { word: "refused", sign: "✕", tone: "bad" },
  wrong_password: { word: "wrong password", sign: "✕", tone: "bad" },
  lost: { word: "lost", sign: "✕", tone: "bad" },
  tcp_reset: { word: "connection reset", sign: "✕", tone: "warn" },
};

/** A mark of a kind that this page does not know shows its kind. */
export function markOf(kind) {
  return MARKS[kind] ?? { word: kind.replaceAll("_", " "), sign: "!", tone: "warn" };
}

/** The sign and tone of a call's or a registration's state. */
export const STATES = {
  calling: { sign: "…", tone: "quiet" },
  ringing: { sign: "…", tone: "quiet" },
  asked: { sign: "…", tone: "quiet" },
  challenged: { sign: "?", tone: "warn" },
  answered: { sign: "✓", tone: "good" },
  registered: { sign: "✓", tone: "good" },
  ended: { sign: "✓", tone: "good" },
  removed: { sign: "✓", tone: "good" },
  cancelled: { sign: "–", tone: "quiet" },
  refused: { sign: "✕", tone: "bad" },
};

export function stateOf(state) {
  return STATES[state] ?? { sign: "…", tone: "quiet" };
}
