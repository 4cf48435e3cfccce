// One transaction: its postings, what it was posted for, and, if a person posted it, the way back.
import { copyable, h } from "../elements.js";
import { rows } from "../api.js";
import { reverseAction } from "../ledger_actions.js";
import { sourceLink } from "../links.js";
import { act, one } from "../one.js";
import { panel } from "../panel.js";
import { postingName } from "../posting_names.js";
import { postings } from "../postings.js";
import { to } from "../router.js";
import { openSheet } from "../sheet.js";
import { when } from "../times.js";
import { may } from "../who.js";

const MOST = 1000;
const step = (row, name, title, label, danger) => act(title,
  () => openSheet({ title, danger, label: () => label,
    request: () => ({ method: "POST", path: `ledger/transactions/${row.id}/${name}`, body: {} }) }), danger ? "quiet" : "");

function actions(row) {
  if (!may("ledger:write")) return [];
  if (row.status === "pending") return [step(row, "post", "Post…", "Post it"), step(row, "void", "Never post…", "Never post it", true)];
  const undoable = row.status === "posted" && row.source.type === "manual" && !row.reverses && !row.reversed_by;
  return undoable ? [reverseAction(`ledger/transactions/${row.id}`, "Reverse the transaction",
    "Another transaction undoes it, once; both stay in the books, linked to each other.")] : [];
}

const link = (id) => id && h("a", { href: to("ledger", "transactions", id) }, id);

const flagWords = (flag) => (flag === "late" ? "its month was closed" : `an account was ${flag}`);

const banner = (row) => [
  row.reversed_by && h("p", { class: "banner warn" }, "▲ It was reversed by ", link(row.reversed_by), "."),
  row.reverses && h("p", { class: "banner warn" }, "▲ It reverses ", link(row.reverses), "."),
  row.flags.length > 0 && h("p", { class: "banner warn" },
    `▲ Posted all the same, though ${row.flags.map(flagWords).join(" and ")}: it had happened.`),
];

async function whole(row) {
  if (!row.entries_has_more) return postings(row.entries);
  const { data, cut } = await rows(`ledger/transactions/${row.id}/entries`, {}, MOST);
  return h("div", {}, postings(data), cut && h("p", { class: "muted" }, "The first 1,000 entries."));
}

export const show = (page) => one(page, {
  path: "ledger/transactions", object: "ledger_transaction", back: { href: "#/ledger/transactions", title: "Transactions" },
  title: postingName, actions, banner,
  panels: (row) => [panel("Postings", page, () => whole(row))],
  known: (row) => [
    ["Posted for", h("span", {}, sourceLink(row.source), row.source.type !== "manual" && ` ${row.source.kind}`)],
    ["True at", when(row.effective_at)], ["Recorded", when(row.recorded_at)], ["Waits until", row.expires_at && when(row.expires_at)],
    ["Place in the log", row.leaf_index === null ? null : row.leaf_index.toLocaleString()],
    ["Command", row.command && h("a", { href: to("developers", "commands", row.command) }, row.command)],
    ["Event", row.event && copyable(row.event)], ["At the provider", row.provider_reference],
    ["Rate", row.conversion && JSON.stringify(row.conversion)],
    ...Object.entries(row.metadata).map(([key, value]) => [`Metadata ${key}`, value]),
  ],
});
