// One account: what stands on it, why, every entry, and its proof.
import { copyable, fill, h } from "../elements.js";
import { get } from "../api.js";
import { amount } from "../amounts.js";
import { currencyTabs } from "../currency_tabs.js";
import { entryList } from "../entry_list.js";
import { explainBlock } from "../explain_block.js";
import { accountActions } from "../ledger_actions.js";
import { BY, momentForm } from "../moments.js";
import { facts, panel, rawJson } from "../panel.js";
import { proofBlock } from "../proof_block.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";
import { when } from "../times.js";

const CALM_MS = 1500;
const OWNED = /^(?:liabilities:wallets|liabilities:wallet_holds|assets:receivable):(.+)$/;

function standing(account, currency, at) {
  const found = account.balances.find((each) => each.currency === currency);
  const owner = OWNED.exec(account.path)?.[1];
  return h("div", {}, h("p", { class: "page-figure" }, amount(found?.posted ?? 0, currency)), facts([
    ["At", at ? when(at) : null], ["Waits to be posted", found?.pending ? amount(found.pending, currency) : null],
    ["Grows on the", `${account.normal_side} side`],
    ["Never below", account.floor === null ? null : amount(account.floor, currency)],
    ["Entries", found ? found.version.toLocaleString() : "0"],
    ["Customer", owner && h("a", { href: to("customers", owner) }, owner)],
  ]), rawJson(account));
}

export async function show(page) {
  const { id: path } = page.params;
  const { at, by } = page.query;
  const account = await get(`ledger/accounts/${path}`);
  const currencies = account.balances.map((each) => each.currency);
  const currency = page.query.currency ?? currencies[0];
  const head = h("div");
  const draw = (row) => fill(head, heading(path, { back: { href: "#/ledger", title: "Ledger" },
    beside: [row.status !== "open" && state(row.status), copyable(path, "copy")], actions: accountActions(row) }),
    row.status === "frozen" && h("p", { class: "banner warn" },
      "▲ Frozen: no request may use it. What happened outside is posted all the same."));
  draw(account);
  page.onEvent((event) => event.data?.object === "ledger_account" && event.data.path === path && draw(event.data));
  if (!currency) return h("div", {}, head, h("section", { class: "card" }, h("p", {}, "Nothing was ever booked on it.")));
  const here = (entry) => entry.account === path && entry.currency === currency;
  const moves = ({ data }) => Array.isArray(data?.entries) && data.entries.some(here);
  const live = { moves, calm: CALM_MS };
  const entries = entryList(page, path, currency);
  await entries.ready;
  return h("div", {}, head, h("div", { class: "bar" }, currencyTabs(page, currencies, currency), h("span")), h("div", { class: "columns" },
    panel("Why", page, async () => h("div", {}, momentForm(page, [["from", "From"], ["to", "Until"]]),
      await explainBlock(path, currency, page.query)), page.query.to ? {} : live),
    h("div", {}, panel("Balance", page, async () => h("div", {}, standing(await get(`ledger/accounts/${path}`, { currency, at, by }),
      currency, at), momentForm(page, [["at", "At"]], [BY])), at ? {} : live),
      panel("Proof", page, () => proofBlock(path, currency, by === "effective" ? null : at)))),
  h("h2", { class: "above" }, "Entries"), entries);
}
