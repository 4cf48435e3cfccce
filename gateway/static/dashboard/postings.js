// Postings as an accountant writes them: debits to the left, credits to the right, and both sums below.
import { h } from "./elements.js";
import { figure } from "./money.js";
import { to } from "./router.js";

const side = (posting, wanted) => (posting.side === wanted ? figure(posting.amount, posting.currency) : "");

function sums(entries) {
  const of = new Map();
  for (const { currency, side: where, amount } of entries) {
    const sum = of.get(currency) ?? { debit: 0n, credit: 0n };
    sum[where] += BigInt(amount);
    of.set(currency, sum);
  }
  return [...of];
}

/** A table of `{account, side, amount, currency}`, with whether it is level. */
export function postings(entries) {
  return h("div", { class: "wide" }, h("table", { class: "postings" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Account"), h("th", { scope: "col", class: "numeric" }, "Debit"),
      h("th", { scope: "col", class: "numeric" }, "Credit"))),
    h("tbody", {}, ...entries.map((posting) => h("tr", {},
      h("td", {}, h("a", { href: to("ledger", "accounts", posting.account, { currency: posting.currency }) }, posting.account)),
      h("td", { class: "numeric" }, side(posting, "debit")), h("td", { class: "numeric" }, side(posting, "credit"))))),
    h("tfoot", {}, ...sums(entries).map(([currency, { debit, credit }]) => h("tr", {},
      h("th", { scope: "row" }, debit === credit ? `✓ level, ${currency}` : `✕ not level, ${currency}`),
      h("td", { class: "numeric" }, figure(debit, currency)), h("td", { class: "numeric" }, figure(credit, currency)))))));
}
