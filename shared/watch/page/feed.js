// How messages come in: one stream of server-sent events, which the browser opens again by itself.

import { of } from "./api.js";

/**
 * Feeds `model` from a source until `close()`. `onState` hears "open", "lost" while the program does not
 * answer, and "gone" if it does not have the source.
 */
export class Feed {
  constructor(model, source, onState) {
    this.model = model;
    this.stream = new EventSource(of(source, "events"));
    this.fresh = true;
    this.ended = false;
    this.stream.addEventListener("open", () => {
      this.fresh = true;
      onState("open");
    });
    this.stream.addEventListener("error", () => {
      // A finished source has nothing more to say, and need not be asked again.
      if (this.ended) this.close();
      else onState(this.stream.readyState === EventSource.CLOSED ? "gone" : "lost");
    });
    this.on("source", (source) => this.setSource(source));
    this.on("parties", ({ parties }) => model.addParties(parties));
    this.on("groups", ({ groups }) => model.addGroups(groups));
    this.on("messages", ({ messages }) => model.addRows(messages));
    this.on("notes", ({ notes }) => model.addNotes(notes));
    this.on("tables", ({ tables }) => model.addTables(tables));
    this.on("dropped", ({ first }) => model.dropBefore(first));
    this.on("missed", (miss) => model.addMiss(miss));
    this.on("reset", () => model.reset());
  }

  close() {
    this.stream.close();
  }

  on(name, act) {
    this.stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  }

  // A new connection sends everything once more, beginning with the source.
  setSource(source) {
    if (this.fresh) this.model.clear(source);
    else this.model.setSource(source);
    this.fresh = false;
    this.ended = source.state === "ended";
  }
}

/** All of an opened source, once it is here. */
export function whole(model, source) {
  return new Promise((resolve, reject) => {
    const feed = new Feed(model, source.id, (state) => {
      if (state !== "open") done(() => reject(new Error("The program watch stopped sending.")));
    });
    const done = (end) => {
      model.removeEventListener("change", look);
      feed.close();
      end();
    };
    const look = () => {
      if (model.source && model.rows.size >= source.messages) done(resolve);
    };
    model.addEventListener("change", look);
  });
}
