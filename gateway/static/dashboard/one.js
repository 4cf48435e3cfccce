// The page of one resource: how it stands, what may be done with it, its blocks, and all of it as JSON.
import { copyable, fill, h } from "./elements.js";
import { get } from "./api.js";
import { facts, rawJson } from "./panel.js";
import { heading } from "./router.js";
import { state } from "./states.js";

/**
 * `title`, `known` (pairs of a name and a value), `actions(row, again)` and `banner` are of the row as it is now.
 * `panels(row, about)`, and `asides` below what is known, are made once; `about(event)` says whether an event is about it.
 * `personal`: events leave out what is personal, so that it is asked for anew instead.
 */
export async function one(page, { path, object, back, title, known, actions = () => [], banner = () => null, panels = () => [],
  asides = () => [], personal = false }) {
  const { id } = page.params;
  const address = `${path}/${encodeURIComponent(id)}`;
  const about = (event) => event.subject === id || event.data?.[object] === id;
  const head = h("div");
  const details = h("div");
  const draw = (row) => {
    fill(head, heading(title(row), { back, beside: [row.status && state(row.status), copyable(row.id)], actions: actions(row, again) }),
      banner(row));
    fill(details, facts(known(row)), rawJson(row));
  };
  let row = null;
  const take = (other) => !(other.version < row?.version) && draw(row = other);  // an answer may be older than an event
  const again = async () => take(await get(address));
  page.onEvent((event) => event.subject === id && event.data?.object === object && (personal ? again().catch(() => {}) : take(event.data)));
  await again();
  page.onReset(again);
  const blocks = panels(row, about);
  const card = h("section", { class: "card" }, h("h2", {}, "What is known"), details);
  return h("div", {}, head, blocks.length ? h("div", { class: "columns" }, h("div", {}, ...blocks),
    h("div", {}, card, ...asides(row, about))) : card);
}

/** A button that opens a sheet; `key` is the one on the keyboard that does the same. */
export const act = (title, open, kind = "quiet", key = null) =>
  h("button", { type: "button", class: kind, onclick: open, data: key ? { key } : null }, title);
