// A wallet: what is free, what is held, and what may be done with it.
import { h } from "./elements.js";
import { get } from "./api.js";
import { amount } from "./amounts.js";
import { to } from "./router.js";
import { table } from "./table.js";
import { walletActions } from "./wallet_actions.js";

const explained = (path, value, currency) => h("a", { href: to("ledger", "accounts", path, { currency }) }, amount(value, currency));

function line(id, { currency, available, held, posted, overdraft_limit: limit }) {
  return [currency, explained(`liabilities:wallets:${id}`, available, currency),
    explained(`liabilities:wallet_holds:${id}`, held, currency), amount(posted, currency), limit ? amount(limit, currency) : "–"];
}

export async function walletBlock(id) {
  const wallet = await get(`wallets/${encodeURIComponent(id)}`);
  const frozen = wallet.status === "frozen" && h("p", { class: "banner warn" }, "▲ The wallet is frozen: no request may use it. ",
    h("a", { href: to("ledger", "accounts", `liabilities:wallets:${id}`) }, "Its account says why, and opens it again."));
  return h("div", {}, frozen,
    wallet.balances.length ? table(["Currency", ">Available", ">Held", ">Together", ">May be overdrawn by"],
      wallet.balances.map((each) => line(id, each)))
      : h("p", { class: "muted" }, "Nothing was ever in this wallet."),
    h("p", { class: "acts" }, ...walletActions(wallet)));
}
