// How a response to a challenge is computed: each input from its header field to the hash.

import { of, post } from "./api.js";
import { el, show } from "./dom.js";

const VERDICTS = {
  right: { sign: "✓", tone: "good" },
  mistake: { sign: "✕", tone: "bad" },
  faulty: { sign: "✕", tone: "bad" },
  misshapen: { sign: "✕", tone: "bad" },
  unexplained: { sign: "✕", tone: "bad" },
  unknown: { sign: "?", tone: "warn" },
};

/** Words for inputs whose names are not enough. */
const NAMES = { ha1: "HA1", ha2: "HA2", challenge: "nonce", "request line": "Request line" };

/** The section, or nothing for a message without credentials. */
export function digests(message, source) {
  const all = message.digests ?? (message.digest ? [message.digest] : []);
  if (all.length === 0) return null;
  const box = el("div", {}, all.map(digest));
  return el("section", { class: "digest" }, el("h3", {}, "The credentials, worked out"), box, form(message.row, box, source));
}

function digest(it) {
  const { sign, tone } = VERDICTS[it.verdict.kind] ?? VERDICTS.unknown;
  return el(
    "div",
    {},
    el("p", { class: `verdict ${tone}`, role: "status" }, el("strong", {}, `${sign} ${it.verdict.text}`)),
    it.verdict.mistakes?.map((mistake) =>
      el("p", { class: "mistake" }, mistake.what, mistake.fix && el("span", { class: "quiet" }, ` ${mistake.fix}`)),
    ),
    inputs(it.inputs),
    work("How it is worked out", it.steps, it.given),
    work("How the sender did it", it.mistaken, it.given),
    !it.steps && it.given && el("p", { class: "given" }, "In the message: ", el("code", { class: "part-response" }, it.given)),
    it.notes?.map((note) => el("p", { class: "quiet" }, note)),
  );
}

// The hashes in order, and whether they lead to what the message has.
function work(title, steps, given) {
  if (!steps) return null;
  const equal = given === steps.at(-1)?.hash;
  return el(
    "div",
    { class: "work" },
    el("h4", {}, title),
    steps.map(step),
    given &&
      el(
        "p",
        { class: "given" },
        "In the message: ",
        el("code", { class: "part-response" }, given),
        el("span", { class: equal ? "good" : "bad" }, equal ? " ✓ equal" : " ✕ differs"),
      ),
  );
}

// The inputs of one header field are together, under its name.
function inputs(all) {
  const headers = [...new Set(all.map((it) => it.header))];
  return el(
    "table",
    { class: "inputs" },
    headers.map((header) =>
      el(
        "tbody",
        {},
        el("tr", {}, el("th", { scope: "rowgroup", colspan: 2, class: "quiet" }, NAMES[header] ?? header ?? "Elsewhere")),
        all.filter((it) => it.header === header).map(input),
      ),
    ),
  );
}

function input({ name, value, missing }) {
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: `input-${name}` }, NAMES[name] ?? name),
    el("td", { class: `mono input-${name}` }, missing ? el("span", { class: "bad" }, "✕ missing") : value),
  );
}

// "HA1 of the session" is an HA1.
function hashName(name) {
  return name.split(" ")[0].toLowerCase();
}

// Each input has its name above it, so that it is recognised without the colour.
function step({ name, function: hash, formula, segments, hash: result }) {
  return el(
    "div",
    { class: "step" },
    el("p", {}, el("strong", { class: `input-${hashName(name)}` }, name), el("span", { class: "quiet" }, ` = ${hash}(${formula})`)),
    el(
      "p",
      { class: "mono hashed" },
      `${hash}(`,
      segments.map(({ text, kind }) =>
        kind === "plain"
          ? text
          : el("span", { class: `piece input-${kind}` }, el("small", {}, NAMES[kind] ?? kind), el("span", {}, text)),
      ),
      ")",
    ),
    el("p", { class: "mono" }, "= ", el("span", { class: `input-${hashName(name)}` }, result)),
  );
}

function form(row, box, source) {
  const password = el("input", { type: "password", id: "digest-password", autocomplete: "off" });
  const reveal = el("input", { type: "checkbox", id: "digest-show" });
  const error = el("p", { class: "bad", role: "alert" });
  const work = async (event) => {
    event.preventDefault();
    show(error);
    try {
      const body = { password: password.value, show: reveal.checked };
      const answer = await post(of(source, `messages/${row.n}/digest`), body);
      const all = answer.digests ?? [answer.digest];
      show(box, all.map(digest));
    } catch (failure) {
      show(error, failure.message);
    }
  };
  return el(
    "form",
    { class: "row", onsubmit: work },
    el("label", { for: "digest-password" }, "Password"),
    password,
    el("label", {}, reveal, " show HA1"),
    el("button", { type: "submit" }, "Work it out"),
    el("p", { class: "quiet" }, "It goes to the program watch on this machine, is used once and is not kept."),
    error,
  );
}
