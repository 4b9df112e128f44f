// What can be opened: the running server, an exchange of the course, a pasted trace, a file.

import { get, upload } from "./api.js";
import { button, el, show } from "./dom.js";
import { closeDialog, openDialog } from "./dialog.js";
import { player } from "./player.js";

/** The dialog. `onSource(source)` gets what was opened. */
export function openSomething(current, onSource) {
  const chosen = (source) => {
    closeDialog();
    onSource(source);
  };
  const known = el("div", { class: "row" }, el("span", { class: "quiet" }, "reading the list"));
  listKnown(known, current, chosen);
  openDialog("Open", [
    section("The running server, and what is already open", known),
    section("An exchange of the course", player(current?.package, chosen)),
    section("A pasted trace", paste(chosen)),
    section("A file", file(chosen)),
  ]);
}

/** Opens a file that is dropped anywhere on the page. */
export function acceptDrops(onSource, onError) {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (!file) return;
    try {
      onSource(await openFile(file.name, file));
    } catch (error) {
      onError(error);
    }
  });
}

async function openFile(name, body) {
  return (await upload(name, body)).source;
}

/** A form for a pasted trace. */
function paste(chosen) {
  const text = el("textarea", { "aria-label": "Messages, as any log, mail or terminal shows them", rows: 6, spellcheck: "false" });
  const error = el("p", { class: "error", role: "alert" });
  const submit = (event) => {
    event.preventDefault();
    attempt(error, async () => chosen(await openFile("pasted.txt", text.value)));
  };
  return el("form", { onsubmit: submit }, text, el("div", { class: "row" }, el("button", { type: "submit" }, "Open the trace"), error));
}

/** A field for a file. */
function file(chosen) {
  const error = el("p", { class: "error", role: "alert" });
  const change = (event) => {
    const [file] = event.target.files;
    if (file) attempt(error, async () => chosen(await openFile(file.name, file)));
  };
  const input = el("input", { type: "file", id: "file", "aria-label": "A capture or a text file", onchange: change });
  return el("div", {}, input, el("p", { class: "quiet" }, "A pcap or pcapng capture, or text. You can also drop a file anywhere on the page."), error);
}

async function listKnown(box, current, chosen) {
  try {
    const { sources } = await get("/api/sources");
    show(
      box,
      sources.map((source) =>
        button(`${source.title} (${source.messages})`, () => chosen(source), { "aria-pressed": source.id === current?.id }),
      ),
    );
  } catch (error) {
    show(box, el("p", { class: "error" }, error.message));
  }
}

async function attempt(error, act) {
  show(error);
  try {
    await act();
  } catch (failure) {
    show(error, failure.message);
  }
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), children);
}
