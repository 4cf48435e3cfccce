// What was posted for something: each transaction with its words, when it was booked, and its postings.
import { h } from "./elements.js";
import { get } from "./api.js";
import { panel } from "./panel.js";
import { postingName } from "./posting_names.js";
import { postings } from "./postings.js";
import { to } from "./router.js";
import { state } from "./states.js";
import { when } from "./times.js";

const section = (each) => h("section", {},
  h("h3", {}, h("a", { href: to("ledger", "transactions", each.id) }, postingName(each)), " ",
    each.status !== "posted" && state(each.status), " ",
    h("small", { class: "faint" }, when(each.effective_at))),
  postings(each.entries));

/** Of `/ledger/transactions` with each of these filters together, the oldest first. */
export async function booked(...filters) {
  const pages = await Promise.all(filters.map((filter) => get("ledger/transactions", { ...filter, limit: 50 })));
  const found = new Map(pages.flatMap(({ data }) => data).map((each) => [each.id, each]));
  if (!found.size) return h("p", { class: "muted" }, "Nothing is booked yet.");
  const inOrder = [...found.values()].toSorted((a, b) => a.recorded_at.localeCompare(b.recorded_at));
  const cut = pages.some((each) => each.has_more);
  return h("div", {}, ...inOrder.map(section), cut && h("p", { class: "muted" }, "The newest 50 of more."));
}

/** The block of what was posted for one resource; `about(event)` says whether an event is about it. */
export const postingsPanel = (page, type, id, about) => panel("Postings", page, () => booked({ source_type: type, source_id: id }),
  { moves: (event) => about(event) || event.data?.source?.id === id });
