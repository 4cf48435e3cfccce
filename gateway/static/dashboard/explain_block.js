// Why a balance is what it is: a line per cause between two times, and they make the difference.
import { h } from "./elements.js";
import { get } from "./api.js";
import { amount } from "./amounts.js";
import { figure } from "./money.js";
import { to } from "./router.js";
import { words } from "./states.js";
import { table } from "./table.js";
import { when } from "./times.js";

const NEWEST = 20;
const short = (id) => `…${id.slice(-6)}`;

/** The transactions behind a line: the newest, each a link. */
const behind = (line) => h("details", {}, h("summary", {},
  line.count > NEWEST ? `the newest ${NEWEST} of ${line.count.toLocaleString()}` : `${line.count} of them`),
  h("p", { class: "links" }, ...line.transactions.map((id) => h("a", { href: to("ledger", "transactions", id) }, short(id)))));

export async function explainBlock(path, currency, { from, to: until }) {
  const told = await get(`ledger/accounts/${path}/explain`, { currency, from, to: until });
  const lines = told.lines.map((line) => [words(line.cause), behind(line), figure(line.amount, currency)]);
  const beginning = told.opening_at ? [when(told.opening_at), "", figure(told.opening, currency)] : ["Before all", "",
    figure(told.opening, currency)];
  return table(["Cause", "Transactions", ">Sum"], [beginning, ...lines],
    { kind: "explain", foot: [when(told.closing_at), "", amount(told.closing, currency)] });
}
