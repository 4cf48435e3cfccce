// What a person should look at: money that stands still, disputes with a deadline, endpoints that fail, overdue invoices.
import { h } from "./elements.js";
import { rows } from "./api.js";
import { money } from "./money.js";
import { pageOfResource } from "./places.js";
import { to } from "./router.js";
import { words } from "./states.js";
import { lasting, since } from "./times.js";
import { may } from "./who.js";

const counted = (count, name) => `${count.toLocaleString()} ${name}${count === 1 ? "" : "s"}`;

/** Rows by a key, with their number, the sum of `amountOf`, and the earliest `timeOf`. */
function grouped(data, keyOf, amountOf, timeOf) {
  const groups = new Map();
  for (const row of data) {
    const group = groups.get(keyOf(row)) ?? { first: row, count: 0, sum: 0n, oldest: timeOf(row) };
    group.count += 1;
    group.sum += BigInt(amountOf(row) ?? 0);
    if (timeOf(row) < group.oldest) group.oldest = timeOf(row);
    groups.set(keyOf(row), group);
  }
  return [...groups.values()];
}

async function stuck() {
  const { data } = await rows("stuck", {}, 100);
  const open = data.filter((each) => each.status === "open");
  const groups = grouped(open, (each) => `${each.actor} ${each.kind} ${each.currency}`, (each) => each.amount, (each) => each.since);
  return groups.map(({ first: { id, resource, currency, actor, kind }, count, sum, oldest }) => ({
    tone: "bad", href: count === 1 ? to("stuck", id) : to("stuck"),
    title: `${counted(count, resource?.object.replaceAll("_", " ") ?? "message")} stuck${currency ? `, ${money(sum, currency)}` : ""}`,
    note: `${since(oldest)}, at ${actor}: ${words(kind).toLowerCase()}`,
  }));
}

function deadline(due) {
  if (due === null) return "no deadline is known";
  const left = (Date.parse(due) - Date.now()) / 1000;
  return left > 0 ? `evidence due in ${lasting(left)}` : "its deadline is over";
}

async function disputes() {
  const { data } = await rows("disputes", { status: "needs_response,warning_needs_response" }, 100);
  return data.map(({ payment, amount, currency, reason, evidence_details: { due_by: due } }) => ({
    tone: "warn", href: pageOfResource("payment", payment),
    title: `Dispute of ${money(amount, currency)}`, note: `${words(reason)}; ${deadline(due)}`,
  }));
}

const isSick = ({ status, failing_since: failing, disabled_reason: why }) => (status === "enabled" ? failing : ["failing",
  "gone"].includes(why));

async function endpoints() {
  const { data } = await rows("webhook-endpoints", {}, 200);
  return data.filter(isSick).map((each) => ({
    tone: "warn", href: pageOfResource("webhook_endpoint", each.id), title: `Webhooks to ${new URL(each.url).host} fail`,
    note: each.status === "enabled"
      ? `for ${since(each.failing_since)}; ${counted(each.last_sequence - each.delivered_through, "event")} wait`
      : `it was disabled ${since(each.disabled_at)} ago`,
  }));
}

/** Since when it should have been paid: after its due date, or if nobody collects it any more. */
const lateSince = ({ due_date: due, finalized_at: made, collection_method: how, next_payment_attempt: next }) =>
  (due ? Date.parse(due) < Date.now() && due : how === "charge_automatically" && !next && made);

async function overdue() {
  const { data, cut } = await rows("invoices", { status: "open" }, 1000);
  const late = data.filter((each) => each.amount_remaining > 0 && lateSince(each));
  const groups = grouped(late, (each) => each.currency, (each) => each.amount_remaining, lateSince);
  return groups.map(({ first, count, sum, oldest }) => ({
    tone: "warn", href: count === 1 ? pageOfResource("invoice", first.id) : to("billing", "invoices", { status: "open" }),
    title: `${cut ? "At least " : ""}${counted(count, "invoice")} overdue, ${money(sum, first.currency)}`,
    note: `the oldest for ${since(oldest)}`,
  }));
}

const SOURCES = [
  ["operations:read", "Stuck money", stuck], ["disputes:read", "Disputes", disputes],
  ["webhooks:read", "Endpoints", endpoints], ["billing:read", "Invoices", overdue],
];
export const MOVES = /^(dispute|invoice|payment\.(succeeded|failed)|webhook\.(endpoint|delivery)\.)/;

const PATIENCE_MS = 3000;
const soon = () => new Promise((_, failed) => { setTimeout(failed, PATIENCE_MS, new Error("It has not answered yet.")); });

/** A part that cannot be told is itself something to look at, and holds up none of the others. */
const told = (title, load) => Promise.race([load(), soon()]).catch((problem) => [
  { tone: "muted", title: `${title}: cannot be told now`, note: problem.message, href: to("health") },
]);

const SIGNS = { bad: "●", warn: "▲", muted: "–" };

export async function needsYou(count) {
  const sources = SOURCES.filter(([scope]) => may(scope));
  const found = (await Promise.all(sources.map(([, title, load]) => told(title, load)))).flat();
  count.textContent = found.length ? String(found.length) : "";
  count.hidden = !found.length;
  if (!found.length) return h("p", { class: "muted" }, "Nothing needs you: no money stands still, nothing is overdue.");
  return h("ul", { class: "needs" }, ...found.map(({ tone, title, note, href }) => h("li", {}, h("a", { href },
    h("span", { class: tone, "aria-hidden": "true" }, SIGNS[tone]), h("strong", {}, title), h("small", { class: "muted" }, note)))));
}
