// The message line by line: what each part is called, and who made each value.

import { button, el } from "./dom.js";
import { signOf } from "./marks.js";

/** The section with the whole message. */
export function parts({ lines, body }, model) {
  const box = el("div", { class: "wire" }, lines.map((line) => explained(line, model)));
  if (body.length > 0) box.append(el("div", { class: "gap" }), ...body.map((line) => explained(line, model)));
  box.addEventListener("pointerover", (event) => sameValue(box, event.target.closest("[data-key]")));
  box.addEventListener("pointerleave", () => sameValue(box, null));
  const all = button("Explain every line", () => {
    const lines = [...box.querySelectorAll("details")];
    const open = lines.some((it) => !it.open);
    for (const line of lines) line.open = open;
    all.setAttribute("aria-pressed", open);
  }, { "aria-pressed": false, class: "small" });
  return el(
    "section",
    {},
    el("h3", {}, "The message ", all),
    legend([...lines, ...body], model),
    box,
  );
}

/** A segment's text, coloured by its maker and with the maker's sign. */
export function segment({ text, kind, maker, key }, model) {
  const { sign, colour } = maker === null || maker === undefined ? {} : signOf(model.parties.get(maker));
  const attributes = { class: `part-${kind} ${colour ?? ""}`.trim(), "data-key": key };
  if (!colour) return el("span", attributes, text);
  attributes.title = `${kind}, made by ${model.parties.get(maker)?.name ?? "somebody unknown"}`;
  return el("span", { ...attributes, class: `${attributes.class} made` }, el("span", { class: "sign", "aria-hidden": "true" }, sign), text);
}

function explained(line, model) {
  const text = line.segments.map((it) => segment(it, model));
  if (!line.help) return el("div", { class: "line" }, text);
  return el(
    "details",
    { class: `line ${line.part}` },
    el("summary", {}, text),
    el("p", { class: "help" }, line.help),
  );
}

function legend(lines, model) {
  const makers = new Set(lines.flatMap((line) => line.segments.map((it) => it.maker)));
  const known = [...makers].filter((id) => id !== null && id !== undefined).map((id) => model.parties.get(id));
  if (known.length === 0) return null;
  return el(
    "p",
    { class: "legend quiet" },
    "Made by ",
    known.filter(Boolean).map((party) => {
      const { sign, colour } = signOf(party);
      return el("span", { class: colour }, `${sign} ${party.name}`);
    }),
  );
}

function sameValue(box, over) {
  for (const it of box.querySelectorAll("[data-key]")) {
    it.classList.toggle("same", it.dataset.key === over?.dataset.key);
  }
}
