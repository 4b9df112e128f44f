// Why the server did what it did: its decision, its reason, and the line of route.rs that decided.

import { el } from "./dom.js";

const DECISIONS = {
  refused: "The server refused",
  answered: "The server answered",
  relayed: "The server passed it on",
  relayed_in_dialog: "The server passed it on inside a call",
  dropped: "The server dropped it without an answer",
  busy: "The server was too busy",
};

const TONES = { refused: "bad", dropped: "warn", busy: "warn" };

/** The section, or nothing where no reason is known. */
export function why(reason) {
  if (!reason) return null;
  const { decision, status, because, place } = reason;
  const answer = status ? `: ${status} ${reason.reason ?? ""}` : "";
  return el(
    "section",
    { class: "why" },
    el("h3", {}, "Why"),
    el("p", { class: TONES[decision] ?? "good" }, el("strong", {}, `${DECISIONS[decision] ?? decision}${answer}`)),
    because && el("p", { class: "because" }, because),
    place && source(place),
    (reason.log ?? []).map((line) => el("p", { class: "quiet mono" }, line)),
  );
}

function source({ file, line, function: name, source }) {
  const lines = source ?? [];
  const indents = lines.filter((it) => it.text.trim() !== "").map((it) => it.text.search(/\S/));
  const indent = Math.min(...indents);
  const where = `${file}, line ${line}${name ? `, in ${name}` : ""}`;
  return el(
    "figure",
    {},
    el("figcaption", { class: "quiet" }, where),
    el(
      "pre",
      { class: "code", tabindex: "0", "aria-label": `The lines around line ${line}` },
      lines.map((it) =>
        el(
          "span",
          { class: it.decided ? "decided" : null },
          el("span", { class: "quiet" }, `${it.decided ? "▶" : " "}${String(it.line).padStart(4)} `),
          `${it.text.slice(indent)}\n`,
        ),
      ),
    ),
  );
}
