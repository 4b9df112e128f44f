// How a time is written: of the day for a running server, from the first message for anything else.

/** The time in a row. */
export function clock(model, at) {
  if (model.source?.kind === "live") return ofDay(at);
  return `+${((at - start(model)) / 1000).toFixed(3)}`;
}

/** Hours to milliseconds, in this machine's zone. */
export function ofDay(at) {
  const time = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

// The first message that is kept.
function start(model) {
  return (model.rows.get(model.first) ?? model.rows.values().next().value)?.at ?? 0;
}
