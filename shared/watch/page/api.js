// How the page asks its own server, and what it says when the answer is an error.

/** An answer's JSON. Fails with the server's own sentence. */
export async function get(path) {
  return ask(path, {});
}

/** Sends JSON, and returns the answer's JSON. */
export async function post(path, value) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(value) });
}

/** Sends a file or a pasted text as it is. */
export async function upload(name, body) {
  const headers = { "Content-Type": "application/octet-stream" };
  return ask(`/api/files?name=${encodeURIComponent(name)}`, { method: "POST", headers, body });
}

/** The address of something about a source. */
export function of(source, rest) {
  return `/api/sources/${encodeURIComponent(source)}/${rest}`;
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The program watch does not answer. Is it still running in its terminal?");
  }
  const value = await answer.json().catch(() => null);
  if (!answer.ok || value === null) {
    throw new Error(value?.error ?? `The program watch answered with status ${answer.status}.`);
  }
  return value;
}
