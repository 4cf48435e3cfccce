// All payments, the newest first.
import { h, short } from "../elements.js";
import { amount } from "../amounts.js";
import { list } from "../list.js";
import { firstPayment } from "../first_payment.js";
import { majorOf } from "../money.js";
import { parts } from "../parts.js";
import { PAYMENTS } from "../payment_parts.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";
import { when } from "../times.js";

const TABS = [
  ["succeeded", "Succeeded"], ["processing", "Processing"], ["requires_action,requires_confirmation", "Waiting"],
  ["requires_capture", "Held"], ["requires_payment_method", "Declined"], ["canceled", "Canceled"],
];

export const COLUMNS = [
  { title: "Payment", cell: (row) => h("code", { title: row.id }, short(row.id)), text: (row) => row.id },
  { title: "Amount", numeric: true, cell: (row) => amount(row.amount, row.currency), text: (row) => majorOf(row.amount, row.currency) },
  { title: "Currency", cell: (row) => row.currency },
  { title: "Status", cell: (row) => state(row.status), text: (row) => row.status },
  { title: "Refunded", numeric: true, cell: (row) => (row.amount_refunded ? amount(row.amount_refunded, row.currency) : ""),
    text: (row) => majorOf(row.amount_refunded, row.currency) },
  { title: "Customer", cell: (row) => row.customer_id ?? "" },
  { title: "Description", cell: (row) => row.description ?? "" },
  { title: "Made", cell: (row) => when(row.created_at), text: (row) => row.created_at },
];

export async function show(page) {
  const payments = list(page, {
    path: "payments", object: "payment", name: "payment", columns: COLUMNS, tabs: TABS,
    filters: [{ name: "customer_id", title: "Customer" }], href: (row) => to("payments", row.id), empty: firstPayment(),
  });
  await payments.ready;
  return h("div", {}, heading("Payments"), parts("Payments", PAYMENTS, "payments"), payments);
}
