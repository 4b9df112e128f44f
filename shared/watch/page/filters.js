// The filters by user, method and status.

import { button, el, show } from "./dom.js";
import { everything, isOn } from "./choose.js";

const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx", "6xx"];

/** The form. `onChange(filter)` hears each change. */
export class Filters {
  constructor({ form, onChange }) {
    this.user = el("input", { id: "filter-user", type: "search", placeholder: "user", autocomplete: "off", spellcheck: "false" });
    this.method = el("select", { id: "filter-method" });
    this.status = el("select", { id: "filter-status" });
    this.clear = button("Show all", () => this.reset(), { hidden: true });
    this.hint = el("span", { class: "hint" }, "Choose a message to see its parts, and why the server answered so.");
    this.count = el("span", { class: "count", role: "status" });
    this.change = () => {
      this.clear.hidden = !isOn(this.value());
      onChange(this.value());
    };
    for (const field of [this.user, this.method, this.status]) field.addEventListener("input", this.change);
    form.addEventListener("submit", (event) => event.preventDefault());
    const named = (text, field) => el("label", {}, el("span", {}, text), field);
    show(form, named("User", this.user), named("Method", this.method), named("Status", this.status), this.clear, this.hint, this.count);
    this.offer([]);
  }

  value() {
    return { user: this.user.value.trim(), method: this.method.value, status: this.status.value };
  }

  /** Clears all of them. */
  reset() {
    const { user, method, status } = everything();
    [this.user.value, this.method.value, this.status.value] = [user, method, status];
    this.change();
  }

  /** Offers the methods and statuses that occur in these groups. */
  offer(groups) {
    const methods = new Set(groups.flatMap((it) => it.methods));
    const statuses = new Set(groups.flatMap((it) => it.statuses));
    const classes = CLASSES.filter((it) => [...statuses].some((status) => String(status)[0] === it[0]));
    this.fill(this.method, "any method", [...methods].sort());
    this.fill(this.status, "any status", [...classes, ...[...statuses].sort((a, b) => a - b).map(String)]);
  }

  /** Says how many of how many are shown, and what to do until something is chosen. */
  say(shown, all, chosen) {
    this.hint.hidden = chosen || all === 0;
    const text = shown === all ? `${all} messages` : `${shown} of ${all} messages`;
    if (this.count.textContent !== text) show(this.count, text);
  }

  // What is chosen stays on offer, and an unchanged list is left alone: it may be open.
  fill(select, any, values) {
    const chosen = select.value;
    const all = chosen === "" || values.includes(chosen) ? values : [...values, chosen];
    const offered = [...select.options].slice(1).map((it) => it.value);
    if (select.options.length > 0 && offered.join() === all.join()) return;
    show(select, el("option", { value: "" }, any), all.map((it) => el("option", { value: it }, it)));
    select.value = chosen;
  }
}
