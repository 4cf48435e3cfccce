// One payout: what is inside, and that it adds up to the last minor unit.
import { h } from "../elements.js";
import { rows } from "../api.js";
import { amount } from "../amounts.js";
import { postingsPanel } from "../booked.js";
import { money } from "../money.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { linkTo } from "../links.js";
import { to } from "../router.js";
import { words } from "../states.js";
import { day, when } from "../times.js";

const source = (each) => (each.source ? linkTo(each.source.object, each.source.id) : each.provider_reference);

async function inside(payout) {
  const { data, cut } = await rows("balance-transactions", { payout: payout.id });
  if (!data.length) return h("p", { class: "muted" },
    payout.purpose === "withdrawal" ? "A withdrawal holds nothing but itself." : "Its contents are not known yet.");
  const sum = data.reduce((total, each) => total + BigInt(each.net), 0n);
  const rest = sum - BigInt(payout.amount);
  return h("div", { class: "wide" }, h("table", {},
    h("thead", {}, h("tr", {}, ...["What", "From"].map((title) => h("th", { scope: "col" }, title)),
      ...["Gross", "Fee", "Net"].map((title) => h("th", { scope: "col", class: "numeric" }, title)))),
    h("tbody", {}, ...data.map((each) => h("tr", {}, h("td", {}, words(each.category)), h("td", {}, source(each)),
      ...[each.amount, each.fee, each.net].map((value) => h("td", { class: "numeric" }, amount(value, each.currency)))))),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 4 }, cut ? "The first 1,000" : "Difference to the payout"),
      h("td", { class: "numeric" }, cut ? money(sum, payout.currency) : `${rest === 0n ? "✓" : "✕"} ${money(rest, payout.currency)}`)))));
}

export const show = (page) => one(page, {
  path: "payouts", object: "payout", back: { href: "#/payouts", title: "Payouts" },
  title: (row) => `${money(row.amount, row.currency)} ${words(row.purpose).toLowerCase()}`,
  banner: (row) => row.failure_detail && h("p", { class: "banner bad" }, `✕ ${row.failure_detail}`),
  panels: (row, about) => [
    panel("What is inside", page, () => inside(row), { moves: about }),
    postingsPanel(page, "payout", row.id, about),
  ],
  known: (row) => [
    ["Customer", row.customer_id && h("a", { href: to("customers", row.customer_id) }, row.customer_id)],
    ["Arrives", row.arrival_date && day(row.arrival_date)],
    ["To", row.destination], ["Reconciled", words(row.reconciliation_status)],
    ["Provider", `${row.provider} ${row.provider_reference ?? ""}`], ["Made", when(row.created_at)],
  ],
});
