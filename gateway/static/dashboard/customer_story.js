// Everything of a customer in one line of time: what was paid, billed, moved and mailed, the newest first.
import { h } from "./elements.js";
import { get } from "./api.js";
import { money } from "./money.js";
import { to } from "./router.js";
import { state, toneAndSign, words } from "./states.js";
import { when } from "./times.js";
import { may } from "./who.js";

const EACH = 20;
const SHOWN = 40;
const plain = (row) => money(row.amount, row.currency);

/** Path, the scope it wants, the page of one, what it is called, and what is said of it. */
const SOURCES = [
  ["payments", "payments:read", ["payments"], "Payment", plain],
  ["refunds", "refunds:read", ["refunds"], "Refund", plain],
  ["disputes", "disputes:read", ["disputes"], "Dispute", (row) => `${plain(row)}, ${words(row.reason).toLowerCase()}`],
  ["payouts", "payouts:read", ["payouts"], "Withdrawal", plain],
  ["holds", "wallets:read", ["holds"], "Hold", plain],
  ["transfers", "wallets:read", ["transfers"], "Transfer", (row) => `${plain(row)}, ${row.from_customer} → ${row.to_customer}`],
  ["subscriptions", "billing:read", ["billing", "subscriptions"], "Subscription", (row) => row.description ?? ""],
  ["invoices", "billing:read", ["billing", "invoices"], "Invoice", (row) => `${row.number ?? "draft"}, ${money(row.total, row.currency)}`],
  ["credit-notes", "billing:read", ["billing", "credit-notes"], "Credit note", (row) => `${row.number}, ${money(row.total, row.currency)}`],
  ["mails", "customers:read", ["webhooks", "mails"], "Mail", (row) => words(row.template)],
];

async function told(id, [path, , page, name, say]) {
  const { data, has_more: more } = await get(path, { customer_id: id, limit: EACH });
  const rows = data.map((row) => ({ row, name, at: row.created_at, href: to(...page, row.id), said: say(row) }));
  return { rows, from: more ? rows.at(-1).at : "" };
}

/** An actor that is away greys its own part alone. */
const orAway = (source) => (problem) => {
  if (problem.status !== 0 && problem.status < 500) throw problem;
  return { rows: [], from: "", away: source[0] };
};

function entry({ row, name, at, href, said }) {
  const [tone, sign] = toneAndSign(row.status);
  return h("li", {}, h("span", { class: `sign ${tone}` }, sign),
    h("div", {}, h("p", {}, h("a", { href }, h("strong", {}, name), ` ${said}`), " ", row.status && state(row.status)),
      h("p", { class: "faint" }, when(at))));
}

/** Complete from its oldest entry on: older than where one of the lists breaks off, nothing is shown. */
export async function customerStory(id) {
  const found = await Promise.all(SOURCES.filter(([, scope]) => may(scope)).map((source) => told(id, source).catch(orAway(source))));
  const away = found.flatMap((each) => each.away ?? []).join(", ");
  const from = found.map((each) => each.from).toSorted().at(-1) ?? "";
  const all = found.flatMap(({ rows }) => rows).filter(({ at }) => at >= from).toSorted((a, b) => b.at.localeCompare(a.at));
  if (!all.length && !away) return h("p", { class: "muted" }, "Nothing has happened yet.");
  const cut = from || all.length > SHOWN;
  return h("div", {}, away && h("p", { class: "banner warn" }, `▲ Not asked just now, and left out: ${away}.`),
    h("ol", { class: "timeline" }, ...all.slice(0, SHOWN).map(entry)),
    cut && h("p", { class: "muted" }, "The newest ones; what is older is in the lists of payments, invoices and so on."));
}
