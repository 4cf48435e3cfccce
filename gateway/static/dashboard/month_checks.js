// What should be in order before a month is closed.
import { h } from "./elements.js";
import { get } from "./api.js";
import { figure } from "./money.js";
import { to } from "./router.js";
import { may } from "./who.js";

/** Each currency whose debits and credits differ at the end of the month. */
function unlevel(lines) {
  const sums = new Map();
  for (const { currency, debit, credit } of lines) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(debit) - BigInt(credit));
  return [...sums].filter(([, sum]) => sum !== 0n).map(([currency, sum]) => `${figure(sum, currency)} ${currency}`);
}

const countOf = async (path, query) => { const { data, has_more: more } = await get(path, { ...query, limit: 100 }); return [data.length,
  more]; };
const counted = ([count, more], words) => (count ? `${count}${more ? "+" : ""} ${words}` : null);

/** `[sentence when well, what is not in order or null, the page to look at]`. */
async function checks(end) {
  const balance = await get("ledger/trial-balance", { at: end, by: "effective" });
  const told = [["The trial balance is level", unlevel(balance.data).join(", ") || null,
    to("ledger", "trial-balance", { at: end, by: "effective" })],
    ["Nothing waits to be posted", counted(await countOf("ledger/transactions", { status: "pending", created_before: end }),
      "transactions wait"), to("ledger", "transactions", { status: "pending" })]];
  if (may("operations:read")) {
    told.push(["No difference to a provider is open", counted(await countOf("reconciliation", { status: "open" }), "are open"),
      to("payouts", "differences", { status: "open" })]);
    told.push(["No money is stuck", counted(await countOf("stuck", {}), "stand still"), to("stuck")]);
  }
  if (may("billing:read")) told.push(["No invoice is left a draft",
    counted(await countOf("invoices", { status: "draft", created_before: end }), "drafts"),
    to("billing", "invoices", { status: "draft" })]);
  return told;
}

export async function monthChecks(end) {
  return h("ul", { class: "plain" }, ...(await checks(end)).map(([well, trouble, href]) => h("li", {},
    h("span", { class: trouble ? "warn" : "good" }, trouble ? "▲ " : "✓ "), h("a", { href }, well),
    trouble && h("span", { class: "warn" }, ` – ${trouble}`))));
}
