// The page as a whole: what is shown, what is chosen, and what each button does.

import { Chapters } from "./chapters.js";
import { everything, items } from "./choose.js";
import { Detail } from "./detail.js";
import { closeDialog } from "./dialog.js";
import { byId, el, show } from "./dom.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { foldable, Groups } from "./groups.js";
import { help } from "./help.js";
import { listen } from "./keys.js";
import { Ladder } from "./ladder.js";
import { Model } from "./model.js";
import { notices } from "./notices.js";
import { acceptDrops, openSomething } from "./open.js";
import { saveSomething } from "./save.js";
import { tables } from "./tables.js";
import { Views } from "./views.js";
import { welcome } from "./welcome.js";

const model = new Model();
const state = { chosen: null, group: null, filter: everything(), paused: false, seen: 0, lost: false, gone: false, took: 0 };
let feed = null;

/** The running server, before anything is known about it. */
const LIVE = { id: "live", kind: "live", title: "", state: "waiting", detail: null, exchange: null, messages: 0, first: 1 };

const filters = new Filters({ form: byId("filters"), onChange: (filter) => change({ filter }) });
const groups = new Groups({ box: byId("groups"), model, onChoose: chooseGroup });
const ladder = new Ladder({ box: byId("ladder"), head: byId("lanes"), model, onChoose: choose, onOpen: openItem });
const detail = new Detail({ box: byId("detail"), model, onGo: go, onClose: close });
const chapters = new Chapters(byId("chapters"));
const views = new Views({ chapters: () => chapters.open(), tables: () => tables(byId("tables"), model) });

/** Shows another source from the beginning. */
function watch(source) {
  feed?.close();
  closeDialog();
  history.replaceState(null, "", source.id === LIVE.id ? "/" : `/?source=${encodeURIComponent(source.id)}`);
  Object.assign(state, { chosen: null, group: null, paused: false, lost: false, gone: false });
  model.clear(source);
  ladder.follow(source.kind === "live");
  detail.open(null);
  filters.reset();
  views.show("messages");
  feed = new Feed(model, source.id, hear);
}

function hear(what) {
  if (what === "gone" && model.source.id !== LIVE.id) {
    watch(LIVE);
    change({ gone: true });
  } else {
    change({ lost: what !== "open" });
  }
}

/** A call is read from its beginning, and everything from its end. */
function chooseGroup(group) {
  change({ group });
  ladder.follow(group === null && model.source?.kind === "live");
  if (group !== null) byId("ladder").scrollTop = 0;
}

function change(news) {
  Object.assign(state, news);
  draw();
}

/** Draws what changed. A paused page draws only what its reader asks for. */
function draw() {
  const shown = items(model, state.group, state.filter).filter((it) => !state.paused || it.n <= state.seen);
  const count = groups.set(state.group, state.filter);
  filters.offer([...model.groups.values()]);
  filters.say(shown.filter((it) => it.kind === "row").length, model.rows.size, state.chosen !== null);
  ladder.set(shown, state.chosen);
  byId("groups-fold").textContent = `Calls and registrations (${count})`;
  byId("pause").setAttribute("aria-pressed", state.paused);
  byId("pause").textContent = state.paused ? "Go on" : "Pause";
  offerNewest();
  byId("save").disabled = model.rows.size === 0;
  notices(byId("notice"), byId("source"), model, state, { goOn: () => pause(false) });
  showWelcome();
}

function offerNewest() {
  const { scrollTop, scrollHeight, clientHeight } = byId("ladder");
  const below = scrollHeight - scrollTop - clientHeight > 4;
  byId("newest").hidden = !below || ladder.follows || model.source?.kind !== "live" || state.paused;
}

// The welcome has a form, so it is not drawn again while it is in use.
function showWelcome() {
  const box = byId("welcome");
  const wanted = model.rows.size === 0 && model.source !== null;
  const key = wanted ? `${model.source.id} ${model.source.state}` : "";
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.hidden = !wanted;
  if (wanted) welcome(box, model.source, { onSource: watch, onOpen: open });
  else show(box);
}

/** The panel follows while it is open. Moving through the ladder does not open it. */
function choose(item) {
  state.chosen = item;
  if (item) filters.hint.hidden = true;
  ladder.mark(item);
  if (detail.isOpen) detail.open(item);
}

function openItem(item) {
  choose(item);
  detail.open(item);
}

/** Chooses a message that the present filters may hide. */
function go(n) {
  const row = model.rows.get(n);
  if (!row) return;
  if (!items(model, state.group, state.filter).some((it) => it.kind === "row" && it.n === n)) {
    state.group = null;
    filters.reset();
  }
  openItem({ kind: "row", n, value: row });
}

/** Escape: closes the panel, then shows everything. */
function close() {
  if (detail.isOpen) {
    detail.open(null);
    byId("ladder").focus();
    return;
  }
  choose(null);
  state.group = null;
  filters.reset();
}

/** Other messages have the numbers now. */
function forget() {
  Object.assign(state, { chosen: null, group: null });
  detail.open(null);
}

function pause(paused = !state.paused) {
  change({ paused, seen: model.last() });
}

function newest() {
  choose(null);
  ladder.follow(true);
  draw();
}

function open() {
  openSomething(model.source, watch);
}

function save() {
  if (model.rows.size > 0) saveSomething(model.source, model.groups.get(state.group));
}

function focus(id) {
  views.show("messages");
  byId(id).focus();
}

const keys = listen({
  "/": () => focus("filter-user"),
  "?": () => help(keys),
  Escape: close,
  p: () => pause(),
  o: open,
  s: save,
  f: newest,
  g: () => focus("groups"),
  l: () => focus("ladder"),
  d: () => byId("detail").focus(),
  1: () => views.show("messages"),
  2: () => views.show("chapters"),
  3: () => views.show("tables"),
});

byId("pause").addEventListener("click", () => pause());
byId("open").addEventListener("click", open);
byId("save").addEventListener("click", save);
byId("help").addEventListener("click", () => help(keys));
byId("newest").addEventListener("click", newest);
byId("ladder").addEventListener("scroll", offerNewest, { passive: true });

foldable(byId("groups-fold"), byId("groups"));
acceptDrops(watch, (error) => show(byId("notice"), el("p", { class: "bad" }, error.message)));

// Any amount of news is drawn at once, and drawing takes at most a quarter of the time.
let waits = false;
model.addEventListener("change", ({ detail: what }) => {
  if (what === "tables") views.refresh("tables");
  if (what === "reset") forget();
  if (waits) return;
  waits = true;
  setTimeout(() => requestAnimationFrame(drawNews), Math.min(120, 3 * state.took));
});

function drawNews() {
  const began = performance.now();
  waits = false;
  draw();
  state.took = performance.now() - began;
}

// A page that is loaded again shows what it showed.
const asked = new URLSearchParams(location.search).get("source");
watch(asked === null ? LIVE : { ...LIVE, id: asked, kind: "text" });
