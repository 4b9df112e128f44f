// The one dialog of the page: the browser keeps the focus inside, and Escape closes it.

import { button, byId, el, show } from "./dom.js";

/** Opens it with a title and content. */
export function openDialog(title, content) {
  const dialog = byId("dialog");
  show(
    dialog,
    el(
      "div",
      { class: "inside" },
      el("div", { class: "head" }, el("h2", { id: "dialog-title" }, title), button("✕", closeDialog, { "aria-label": "Close" })),
      content,
    ),
  );
  if (!dialog.open) dialog.showModal();
}

export function closeDialog() {
  byId("dialog").close();
}
