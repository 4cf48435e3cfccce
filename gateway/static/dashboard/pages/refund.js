// One refund: how far it is, and what it posted.
import { h } from "../elements.js";
import { postingsPanel } from "../booked.js";
import { customerLink, destinationWords, linkTo } from "../links.js";
import { money } from "../money.js";
import { one } from "../one.js";
import { words } from "../states.js";
import { when } from "../times.js";

const PENDING = {
  processing: "The provider has it; banks take some days.",
  insufficient_funds: "The balance at the provider is too small. It goes out when there is enough.",
  charge_pending: "The payment itself is not through at the provider yet.",
};

const banner = (row) => [
  row.status === "pending" && row.pending_reason && h("p", { class: "banner warn" },
    `▲ ${PENDING[row.pending_reason] ?? words(row.pending_reason)}`),
  row.failure_reason && h("p", { class: "banner bad" },
    `✕ ${words(row.failure_reason)}: the money is back with us, and can be given in another way.`),
];

export const show = (page) => one(page, {
  path: "refunds", object: "refund", back: { href: "#/refunds", title: "Refunds" },
  title: (row) => `${money(row.amount, row.currency)} given back`, banner,
  panels: (row, about) => [postingsPanel(page, "refund", row.id, about)],
  known: (row) => [
    ["Payment", linkTo("payment", row.payment)], ["Customer", customerLink(row.customer_id)], ["Reason", row.reason && words(row.reason)],
    ["Credit note", linkTo("credit_note", row.credit_note)],
    ["Taken from", row.destination && destinationWords(row.destination)], ["Hold", linkTo("hold", row.hold)],
    ["Provider", `${row.provider} ${row.provider_reference ?? ""}`], ["Made", when(row.created_at)],
  ],
});
