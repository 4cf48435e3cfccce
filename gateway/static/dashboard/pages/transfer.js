// One transfer: whose wallets, what it posted, and the way back.
import { amount } from "../amounts.js";
import { postingsPanel } from "../booked.js";
import { reverseAction } from "../ledger_actions.js";
import { customerLink, linkTo } from "../links.js";
import { money } from "../money.js";
import { one } from "../one.js";
import { when } from "../times.js";
import { may } from "../who.js";

export const show = (page) => one(page, {
  path: "transfers", object: "transfer", back: { href: "#/transfers", title: "Transfers" },
  title: (row) => `${money(row.amount, row.currency)}, ${row.from_customer} → ${row.to_customer}`,
  actions: (row) => (row.status === "succeeded" && may("wallets:write") ? [reverseAction(`transfers/${row.id}`, "Reverse the transfer",
    "All of it goes back, the fee too.")] : []),
  panels: (row, about) => [postingsPanel(page, "transfer", row.id, about)],
  known: (row) => [
    ["From", customerLink(row.from_customer)], ["To", customerLink(row.to_customer)],
    ["Fee", row.fee ? amount(row.fee, row.currency) : null], ["Description", row.description],
    ["Reversed by", linkTo("transaction", row.reversed_by)], ["Made", when(row.created_at)],
  ],
});
