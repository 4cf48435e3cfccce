// One dispute: until when it can be answered, what was said, and what it moved.
import { h } from "../elements.js";
import { amount } from "../amounts.js";
import { postingsPanel } from "../booked.js";
import { disputeActions } from "../dispute_actions.js";
import { customerLink, destinationWords, linkTo } from "../links.js";
import { money } from "../money.js";
import { one } from "../one.js";
import { facts, panel } from "../panel.js";
import { get } from "../api.js";
import { words } from "../states.js";
import { lasting, when } from "../times.js";

function banner({ status, evidence_details: { due_by: due } }) {
  if (!status.endsWith("needs_response") || !due) return null;
  const seconds = (Date.parse(due) - Date.now()) / 1000;
  if (seconds <= 0) return h("p", { class: "banner bad" }, "✕ The time to answer is over.");
  return h("p", { class: "banner warn" }, `▲ ${lasting(seconds)} are left to answer, until `, when(due),
    status.startsWith("warning") ? ". So far it is an inquiry: no money has moved." : ".");
}

async function said(id) {
  const { evidence, evidence_details: details } = await get(`disputes/${id}`);
  const told = Object.entries(evidence).filter(([, text]) => text);
  if (!told.length) return h("p", { class: "muted" }, "Nothing was said yet.");
  return h("div", {}, h("p", { class: "muted" }, `Sent ${details.submission_count === 1 ? "once" : `${details.submission_count} times`}.`),
    facts(told.map(([name, text]) => [words(name), text])));
}

export const show = (page) => one(page, {
  path: "disputes", object: "dispute", back: { href: "#/disputes", title: "Disputes" },
  title: (row) => `${money(row.amount, row.currency)} disputed, ${words(row.reason).toLowerCase()}`, actions: disputeActions, banner,
  panels: (row, about) => [
    panel("Evidence", page, () => said(row.id), { moves: about }),
    postingsPanel(page, "dispute", row.id, about),
  ],
  known: (row) => [
    ["Payment", linkTo("payment", row.payment)], ["Customer", customerLink(row.customer_id)],
    ["Withdrawn", amount(row.amount_withdrawn, row.currency)], ["Fee", amount(row.fee, row.currency)],
    ["Fee given back", row.fee_returned ? amount(row.fee_returned, row.currency) : null],
    ["Of", row.destination && destinationWords(row.destination)], ["Answer until",
      row.evidence_details.due_by && when(row.evidence_details.due_by)],
    ["Provider", `${row.provider} ${row.provider_reference ?? ""}`], ["Since", when(row.created_at)],
  ],
});
