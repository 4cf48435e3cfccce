// One customer: who they are, what they hold, owe and have paid, and all that happened.
import { h } from "../elements.js";
import { customerActions } from "../customer_actions.js";
import { addMethod, invoicesOf, methodsOf, owedBy, paymentsOf, subscriptionsOf } from "../customer_blocks.js";
import { customerStory } from "../customer_story.js";
import { linkTo } from "../links.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { words } from "../states.js";
import { when } from "../times.js";
import { walletBlock } from "../wallet_block.js";
import { may } from "../who.js";

const lines = (row) => [row.line1, row.line2, [row.postal_code, row.city].filter(Boolean).join(" "), row.state,
  row.country].filter(Boolean);

const banner = (row) => [
  row.erased_at && h("p", { class: "banner warn" }, "▲ What was personal was erased ", when(row.erased_at), ". What was booked stays."),
  row.delinquent && h("p", { class: "banner warn" }, "▲ An invoice of theirs is overdue."),
];

const of = (id) => (event) => event.customer_id === id || event.data?.to_customer === id;
const about = (id, ...objects) => (event) => of(id)(event) && objects.includes(event.data?.object);

const panels = (page, { id }) => [
  may("wallets:read") && panel("Wallet", page, () => walletBlock(id), { moves: about(id, "wallet", "hold", "transfer") }),
  may("billing:read") && panel("Subscriptions", page, () => subscriptionsOf(id), { moves: about(id, "subscription") }),
  may("billing:read") && panel("Invoices", page, () => invoicesOf(id), { moves: about(id, "invoice") }),
  may("payments:read") && panel("Payments", page, () => paymentsOf(id), { moves: about(id, "payment") }),
  panel("Timeline", page, () => customerStory(id), { moves: of(id) }),
].filter(Boolean);

function asides(page, { id }) {
  const again = () => methods?.again();
  const methods = may("payments:read") && panel("Payment methods", page, () => methodsOf(id, again),
    { moves: about(id, "payment_method", "customer"), beside: addMethod(id, again) });
  return [may("customers:read") && panel("Owed", page, () => owedBy(id), { moves: about(id, "invoice", "credit_note") }),
    methods].filter(Boolean);
}

export const show = (page) => one(page, {
  path: "customers", object: "customer", personal: true, back: { href: "#/customers", title: "Customers" },
  title: (row) => row.name ?? row.id, actions: customerActions, banner,
  panels: (row) => panels(page, row), asides: (row) => asides(page, row),
  known: (row) => [
    ["Email", row.email], ["Phone", row.phone], ["Address", row.address && h("span", {}, lines(row.address).join(", "))],
    ["Description", row.description],
    ["Tax", words(row.tax_exempt)], ["Tax ids", row.tax_ids.map((each) => `${each.type} ${each.value}`).join(", ")],
    ["Languages", row.preferred_locales.join(", ")],
    ["Time zone", row.time_zone], ["Pays with", row.default_payment_method], ["Test clock", linkTo("test_clock", row.test_clock)],
    ["Since", when(row.created_at)], ...Object.entries(row.metadata).map(([key, value]) => [`Metadata ${key}`, value]),
  ],
});
