// A form that plays an exchange of a chapter.

import { post } from "./api.js";
import { el, show } from "./dom.js";
import { chapters, exchanges, offerChapters, offerExchanges, waiting } from "./pick.js";

/**
 * The form. It begins with the chapter of a server's package, such as `step-05`, which is built already.
 * `onSource(source)` gets what was played.
 */
export function player(serverPackage, onSource) {
  const chapter = el("select", { "aria-label": "Chapter" });
  const exchange = el("select", { "aria-label": "Exchange" });
  const play = el("button", { type: "submit", class: "main", disabled: true }, "Play");
  const error = el("p", { class: "error", role: "alert" });

  const list = async () => {
    waiting(exchange, "building the chapter, which may take a minute");
    play.disabled = true;
    await attempt(async () => {
      const wanted = chapter.value;
      const all = await exchanges(wanted);
      if (chapter.value !== wanted) return;
      offerExchanges(exchange, all);
      play.disabled = all.length === 0;
    });
  };
  const start = async () => {
    waiting(exchange, "reading the chapters");
    await attempt(async () => {
      const all = await chapters();
      offerChapters(chapter, all);
      const own = all.find((it) => it.package === serverPackage);
      if (own) chapter.value = own.chapter;
      await list();
    });
  };
  const attempt = async (act) => {
    show(error);
    try {
      await act();
    } catch (failure) {
      show(error, failure.message);
      waiting(exchange, "not available");
    }
  };
  const submit = async (event) => {
    event.preventDefault();
    play.disabled = true;
    await attempt(async () => {
      const body = { chapter: Number(chapter.value), name: exchange.value };
      onSource((await post("/api/exchanges", body)).source);
    });
    play.disabled = false;
  };
  chapter.addEventListener("change", list);
  start();
  return el("form", { class: "row player", onsubmit: submit }, chapter, exchange, play, error);
}
