// One customer: who they are, what they hold, owe and have paid, and all that happened.
import { h } from "../elements.js";
import { customerActions } from "../customer_actions.js";
import { addMethod, invoicesOf, methodsOf, owedBy, paymentsOf, subscriptionsOf } from "../customer_blocks.js";
import { customerStory } from "../customer_story.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { to } from "../router.js";
import { words } from "../states.js";
import { when } from "../times.js";
import { walletBlock } from "../wallet_block.js";
import { may } from "../who.js";

const WALLETS = new Set(["wallet", "hold", "transfer"]);
const lines = (row) => [row.line1, row.line2, [row.postal_code, row.city].filter(Boolean).join(" "), row.state, row.country].filter(Boolean);

const banner = (row) => [
  row.erased_at && h("p", { class: "banner warn" }, "▲ What was personal was erased ", when(row.erased_at), ". What was booked stays."),
  row.delinquent && h("p", { class: "banner warn" }, "▲ An invoice of theirs is overdue."),
];

function panels(page, row) {
  const { id } = row;
  const of = (event) => event.customer_id === id || event.data?.to_customer === id;
  const about = (...objects) => (event) => of(event) && objects.includes(event.data?.object);
  const methods = panel("Payment methods", page, () => methodsOf(id, () => methods.again()), { moves: about("payment_method", "customer"), beside: addMethod(id, () => methods.again()) });
  return [
    may("wallets:read") && panel("Wallet", page, () => walletBlock(id), { moves: (event) => of(event) && WALLETS.has(event.data?.object) || event.subject === id }),
    may("billing:read") && panel("Owed", page, () => owedBy(id), { moves: about("invoice", "credit_note") }),
    may("billing:read") && panel("Subscriptions", page, () => subscriptionsOf(id), { moves: about("subscription") }),
    may("billing:read") && panel("Invoices", page, () => invoicesOf(id), { moves: about("invoice") }),
    may("payments:read") && panel("Payments", page, () => paymentsOf(id), { moves: about("payment") }),
    may("payments:read") && methods,
    panel("Timeline", page, () => customerStory(id), { moves: of }),
  ].filter(Boolean);
}

export const show = (page) => one(page, {
  path: "customers", object: "customer", back: { href: "#/customers", title: "Customers" }, title: (row) => row.name ?? row.id, actions: customerActions, banner,
  panels: (row) => panels(page, row),
  known: (row) => [
    ["Email", row.email], ["Phone", row.phone], ["Address", row.address && h("span", {}, lines(row.address).join(", "))], ["Description", row.description],
    ["Tax", words(row.tax_exempt)], ["Tax ids", row.tax_ids.map((each) => `${each.type} ${each.value}`).join(", ")], ["Languages", row.preferred_locales.join(", ")],
    ["Time zone", row.time_zone], ["Pays with", row.default_payment_method], ["Test clock", row.test_clock && h("a", { href: to("billing", "clocks", row.test_clock) }, row.test_clock)],
    ["Since", when(row.created_at)], ...Object.entries(row.metadata).map(([key, value]) => [`Metadata ${key}`, value]),
  ],
});
