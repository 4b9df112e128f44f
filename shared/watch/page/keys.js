// Which key does what on the whole page. The lists have their own keys, see list.js.

const STORED = "watch.keys";

/** Calls `actions[key]` for a key that nothing else wants. Letters can be switched off. */
export function listen(actions) {
  const keys = {
    on: () => localStorage.getItem(STORED) !== "off",
    set: (on) => localStorage.setItem(STORED, on ? "on" : "off"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    const act = actions[event.key];
    if (!act) return;
    if (event.key !== "Escape" && (!keys.on() || writes(event.target))) return;
    event.preventDefault();
    act(event);
  });
  return keys;
}

function writes(target) {
  return target.matches("input:not([type=checkbox]), textarea, select");
}
