// How one message is drawn: an arrow between two lanes, and what is written at it.

import { el, svg } from "./dom.js";
import { markOf } from "./marks.js";

/** Where the line of a row runs, from the row's top. */
const LINE = 27;
const HEAD = 8;

/**
 * The picture of a row in a row of this height: lanes, arrow and label. `place` has `xs`, `width` and `of`
 * as lanes.js makes them.
 */
export function arrow(row, place, height) {
  const from = place.of.get(row.from) ?? 0;
  const to = row.to === null ? null : (place.of.get(row.to) ?? from);
  const [x1, x2] = ends(place, from, to);
  const again = row.marks.some((mark) => mark.kind === "retransmission");
  const classes = ["arrow", row.kind, row.transport.toLowerCase(), again && "again", row.lost && "lost"];
  return [
    svg(
      "svg",
      { class: classes.filter(Boolean).join(" "), width: place.width, height, "aria-hidden": "true" },
      place.xs.map((x) => svg("line", { class: "lane", x1: x, x2: x, y1: 0, y2: height })),
      line(x1, x2, from === to),
    ),
    label(row, x1, x2),
  ];
}

/** The small words behind a message: its transport if it is not UDP, and its marks. */
export function badges(row) {
  const marks = row.marks.map((mark) => {
    const { word, sign, tone } = markOf(mark.kind);
    const title = mark.text;
    return el("span", { class: `badge ${tone}`, title }, `${sign} ${word}`);
  });
  const transport = row.transport === "UDP" ? null : el("span", { class: "badge quiet" }, row.transport);
  return [transport, ...tied(row).map((text) => el("span", { class: "badge quiet" }, text)), marks];
}

// A challenge and the request that answers it name each other.
function tied({ has_credentials: secret, tied: { challenge, answer } }) {
  const credentials = challenge ? `credentials for ${challenge}` : "credentials";
  return [secret && credentials, answer && `answered in ${answer}`].filter(Boolean);
}

// A message to nobody ends halfway to the next lane.
function ends(place, from, to) {
  const x1 = place.xs[from] ?? place.width / 2;
  if (to === null) return [x1, x1 + (from + 1 < place.xs.length ? 1 : -1) * place.step * 0.45];
  return [x1, place.xs[to]];
}

function line(x1, x2, toItself) {
  if (toItself) {
    const path = `M${x1} ${LINE - 9} h16 v9 h${-16 + HEAD}`;
    return [svg("path", { class: "stroke", d: path }), head(x1, -1)];
  }
  const way = Math.sign(x2 - x1);
  const stop = x2 - way * HEAD;
  return [
    svg("line", { class: "stroke", x1, x2: stop, y1: LINE, y2: LINE }),
    svg("line", { class: "core", x1, x2: stop, y1: LINE, y2: LINE }),
    head(x2, way),
    cross((x1 + x2) / 2),
  ];
}

function head(x, way) {
  const back = x - way * (HEAD + 1);
  return svg("path", { class: "head", d: `M${x} ${LINE} L${back} ${LINE - 5} L${back} ${LINE + 5} Z` });
}

// Shown for lost messages only.
function cross(x) {
  return svg("path", { class: "cross", d: `M${x - 5} ${LINE - 5} l10 10 m0 -10 l-10 10` });
}

// A label that is longer than its arrow is cut: its beginning, method or status, says most.
function label(row, x1, x2) {
  const text = el("span", { class: `label ${row.kind}`, title: row.summary }, row.label);
  text.style.left = `${Math.min(x1, x2)}px`;
  text.style.width = `${Math.max(Math.abs(x2 - x1), 60)}px`;
  return text;
}
