// The server's tables, and which rows changed last.

import { el, show } from "./dom.js";
import { ofDay } from "./time.js";

const WORDS = {
  location: "who is where: the bindings of registered phones",
  subscriber: "who has an account; passwords are never shown",
  aliases: "other names of users",
  address: "which sources need no password",
};

/** Draws the tables of a model. */
export function tables(box, model) {
  const all = [...model.tables.values()];
  if (all.length === 0) {
    const text = model.source?.kind === "live"
      ? "This server has sent no tables yet."
      : "Only a running server has tables. Choose it with Open.";
    show(box, el("p", { class: "quiet" }, text));
    return;
  }
  show(box, el("div", { class: "inside tables" }, all.map(table)));
}

function table({ name, columns, rows, more, note, changed, before }) {
  // How long a binding lasts changes every second, which is not news.
  const counts = columns.indexOf("expires");
  const text = (row) => JSON.stringify(row.filter((_, column) => column !== counts));
  const old = new Set((before ?? rows).map(text));
  const now = new Set(rows.map(text));
  const gone = (before ?? []).filter((row) => !now.has(text(row)));
  const isNew = (row) => !old.has(text(row));
  return el(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": name },
    el(
      "table",
      { class: "data" },
      el("caption", {}, name, el("span", { class: "quiet" }, ` ${WORDS[name] ?? ""}`)),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, ""), columns.map((it) => el("th", { scope: "col" }, it)))),
      el(
        "tbody",
        {},
        rows.map((row) => line(row, isNew(row) ? "new" : null)),
        gone.map((row) => line(row, "gone")),
        rows.length + gone.length === 0 && el("tr", {}, el("td", { colspan: columns.length + 1, class: "quiet" }, "empty")),
      ),
    ),
    el("p", { class: "quiet" }, [more > 0 && `${more} more rows. `, changed && `Changed at ${ofDay(changed)}. `, note]),
  );
}

function line(row, change) {
  const sign = { new: "+ new", gone: "− gone" }[change] ?? "";
  return el("tr", { class: change }, el("td", {}, sign), row.map((cell) => el("td", {}, cell ?? "")));
}
