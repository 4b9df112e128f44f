// What can be saved: the ladder as a picture or as Mermaid, the messages as text or as a capture.

import { of } from "./api.js";
import { el } from "./dom.js";
import { openDialog } from "./dialog.js";

const FORMS = [
  ["ladder.svg", "Ladder as SVG", "a picture for a page or a slide"],
  ["ladder.mmd", "Ladder as Mermaid", "text that code hosts draw as a picture"],
  ["messages.txt", "Messages as text", "byte for byte, with times and addresses"],
  ["messages.pcap", "Messages as pcap", "for Wireshark"],
];

/** The dialog. `group` is the chosen call or registration, or null. */
export function saveSomething(source, group) {
  const sets = [["All messages", ""]];
  if (group) sets.unshift([`Only “${group.title}”`, `?groups=${group.id}`]);
  openDialog(
    "Save",
    sets.map(([title, query]) =>
      el(
        "section",
        {},
        el("h3", {}, title),
        el(
          "ul",
          {},
          FORMS.map(([name, text, use]) =>
            el("li", {}, el("a", { href: of(source.id, name) + query, download: name }, text), el("span", { class: "quiet" }, `, ${use}`)),
          ),
        ),
      ),
    ),
  );
}
