// How this message differs from another one: line by line, with the changed part marked.

import { get, of } from "./api.js";
import { button, el, show } from "./dom.js";
import { middle } from "./diff.js";

/** The section: choose the other message, then see both. */
export function compare(row, { source, model }) {
  const result = el("div", { role: "region", "aria-label": "Differences" });
  const number = el("input", { type: "number", min: "1", id: "compare-number", inputmode: "numeric" });
  const open = async (other) => {
    number.value = other;
    try {
      const [a, b] = [Math.min(row.n, other), Math.max(row.n, other)];
      const { rows } = await get(of(source, `compare?a=${a}&b=${b}`));
      show(result, differences(rows, String(a), String(b)));
    } catch (error) {
      show(result, el("p", { class: "bad", role: "alert" }, error.message));
    }
  };
  const submit = (event) => {
    event.preventDefault();
    if (number.value !== "") open(Number(number.value));
  };
  return el(
    "section",
    { class: "compare" },
    el("h3", {}, "Compare"),
    el(
      "form",
      { class: "row", onsubmit: submit },
      near(row, model).map(([n, text]) => button(`${text} (${n})`, () => open(n), { class: "small" })),
      el("label", { for: "compare-number" }, "with message"),
      number,
      el("button", { type: "submit", class: "small" }, "Compare"),
    ),
    result,
  );
}

/** Two texts under each other, line by line. Each row is `{ left, right, same }`. */
export function differences(rows, left, right) {
  return el(
    "div",
    { class: "diff" },
    el("p", { class: "quiet" }, el("span", { class: "bad" }, `− only in ${left}`), "  ", el("span", { class: "good" }, `+ only in ${right}`)),
    el("pre", { tabindex: "0", "aria-label": `${left} and ${right}, line by line` }, rows.map(line)),
  );
}

function line({ left, right, same }) {
  if (same) return el("span", { class: "same-line" }, `  ${left}\n`);
  if (left === null) return el("ins", {}, `+ ${right}\n`);
  if (right === null) return el("del", {}, `− ${left}\n`);
  const [before, old, now, after] = middle(left, right);
  const changed = (text) => (text === "" ? null : el("mark", {}, text));
  return [
    el("del", {}, `− ${before}`, changed(old), `${after}\n`),
    el("ins", {}, `+ ${before}`, changed(now), `${after}\n`),
  ];
}

// The messages with which a comparison teaches most.
function near({ tied, n, group, kind, label }, model) {
  const out = new Map();
  const offer = (other, text) => {
    if (other !== null && other !== undefined && model.rows.has(other) && !out.has(other)) out.set(other, text);
  };
  offer(tied.received, "As received");
  for (const sent of tied.sent ?? []) offer(sent, "As passed on");
  offer(tied.original, "Sent first");
  const before = [...model.rows.values()].filter(
    (it) => it.n < n && it.group === group && it.kind === kind && it.label === label,
  );
  offer(before.map((it) => it.n).sort((a, b) => b - a)[0], "The one before");
  return [...out];
}
