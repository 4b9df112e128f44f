// Which chapter and which of its exchanges: two selects that belong together.

import { get } from "./api.js";
import { el, show } from "./dom.js";

/** All chapters: `[{ chapter, title }]`. */
export async function chapters() {
  return (await get("/api/chapters")).chapters;
}

/** The exchanges of a chapter: `[{ name, title }]`. The first time its program is built. */
export async function exchanges(chapter) {
  return (await get(`/api/chapters/${chapter}`)).exchanges;
}

/** Fills a select with chapters. */
export function offerChapters(select, all, text = (it) => `Chapter ${it.title}`) {
  show(select, all.map((it) => el("option", { value: it.chapter }, text(it))));
}

/** Fills a select with exchanges. */
export function offerExchanges(select, all) {
  show(select, all.map((it) => el("option", { value: it.name }, `${it.name.replaceAll("-", " ")}: ${it.title}`)));
  select.disabled = all.length === 0;
}

/** Puts one line into a select while its list is on the way. */
export function waiting(select, text) {
  show(select, el("option", {}, text));
  select.disabled = true;
}
