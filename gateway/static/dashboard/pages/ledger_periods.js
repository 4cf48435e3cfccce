// The months of the books: whether each is closed, what should be in order before, and its journal for other programs.
import { h } from "../elements.js";
import { get } from "../api.js";
import { inTurn } from "../chart_sums.js";
import { periodActions } from "../ledger_actions.js";
import { LEDGER } from "../ledger_parts.js";
import { monthChecks } from "../month_checks.js";
import { panel } from "../panel.js";
import { parts } from "../parts.js";
import { heading } from "../router.js";
import { state } from "../states.js";
import { table } from "../table.js";
import { when } from "../times.js";

const MONTHS = 12;
const FORMATS = [["hledger", "hledger"], ["beancount", "Beancount"], ["csv", "CSV"]];
const named = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "long", timeZone: "UTC" });

const idOf = (at) => at.toISOString().slice(0, 7);
const startOf = (id, after = 0) => new Date(Date.UTC(Number(id.slice(0, 4)), Number(id.slice(5)) - 1 + after, 1));

/** The months of a year, the newest first: `2026-11`. The books are cut in UTC. */
const monthsOf = (newest) => Array.from({ length: MONTHS }, (_, back) => idOf(startOf(newest, -back)));

const journal = (id) => h("span", { class: "links" }, ...FORMATS.map(([format, words]) => h("a", {
  href: `/api/v1/ledger/export?${new URLSearchParams({ format, from: startOf(id).toISOString(), to: startOf(id, 1).toISOString() })}`,
  download: `journal-${id}.${format}` }, words)));

function monthRow(period, again) {
  const over = startOf(period.id, 1) <= new Date();
  const open = h("span", { class: "muted" }, over ? "open" : "goes on");
  return [named.format(startOf(period.id)), period.status === "closed" ? state("closed", "Closed") : open,
    period.closed_at ? when(period.closed_at) : "", period.reason ?? "", journal(period.id), periodActions(period, over, again)];
}

async function months(newest, again) {
  const found = new Map();
  const ids = monthsOf(newest);
  await inTurn(ids, async (id) => found.set(id, await get(`ledger/periods/${id}`)));
  return table(["Month", "Books", "Closed", "Reason", "Journal", ""], ids.map((id) => monthRow(found.get(id), again)), { kind: "list" });
}

export async function show(page) {
  const now = idOf(new Date());
  const newest = /^\d{4}-\d\d$/.test(page.query.until ?? "") ? page.query.until : now;
  const last = idOf(startOf(now, -1));
  const list = panel("Months, cut in UTC", page, () => months(newest, () => list.again()),
    { moves: (event) => event.type.startsWith("ledger.period.") });
  const older = h("button", { type: "button", class: "quiet", onclick: () => page.setQuery({ until: idOf(startOf(newest, -MONTHS)) }) },
    "Older ones");
  const newer = newest < now && h("button", { type: "button", class: "quiet", onclick: () => page.setQuery({ until: "" }) }, "Newest");
  return h("div", {}, heading("Months"), parts("Ledger", LEDGER, "ledger/periods"),
    panel(`Before ${named.format(startOf(last))} is closed`, page, () => monthChecks(startOf(last, 1).toISOString())), list,
    h("p", { class: "acts" }, older, newer));
}
