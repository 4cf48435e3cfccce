// The chart of accounts, with what stands on each account and below it.
import { h } from "../elements.js";
import { CHART } from "../chart.js";
import { inTurn, rolledUp } from "../chart_sums.js";
import { chartTree } from "../chart_tree.js";
import { currencyTabs } from "../currency_tabs.js";
import { firstPayment } from "../first_payment.js";
import { LEDGER } from "../ledger_parts.js";
import { postByHand } from "../ledger_actions.js";
import { panel } from "../panel.js";
import { parts } from "../parts.js";
import { heading } from "../router.js";

async function rootSums() {
  const found = new Map();
  await inTurn(CHART, async ({ path }) => found.set(path, await rolledUp(path)));
  return found;
}

async function tree(page) {
  const sums = await rootSums();
  const currencies = [...new Set([...sums.values()].flatMap((each) => [...each.keys()]))].toSorted();
  if (!currencies.length) return firstPayment("Nothing is booked yet. The first payment writes the first page:");
  const shown = currencies.filter((each) => !page.query.currency || each === page.query.currency);
  const roots = CHART.map((node) => ({ ...node, sums: sums.get(node.path) }));
  return h("div", {}, h("div", { class: "bar" }, currencyTabs(page, currencies, page.query.currency, "All currencies"),
    h("span", { class: "muted" }, "Positive on the side where such an account grows")), chartTree(page, roots, shown, page.query.prefix));
}

export async function show(page) {
  return h("div", {}, heading("Ledger", { actions: postByHand() }), parts("Ledger", LEDGER, "ledger"),
    panel("Chart of accounts", page, () => tree(page)));
}
