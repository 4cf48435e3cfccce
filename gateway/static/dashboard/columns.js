// Columns that many lists have: `cell` is what is shown, `text` what CSV gets.
import { amount } from "./amounts.js";
import { h, short } from "./elements.js";
import { majorOf } from "./money.js";
import { to } from "./router.js";
import { state } from "./states.js";
import { day, when } from "./times.js";

export const idColumn = (title) => ({ title, cell: (row) => h("code", { title: row.id }, short(row.id)), text: (row) => row.id });

export const statusColumn = { title: "Status", cell: (row) => state(row.status), text: (row) => row.status };

export const currencyColumn = { title: "Currency", cell: (row) => row.currency ?? "" };

/** Of an integer in minor units; CSV gets it in major units, with the currency in a column of its own. */
export const amountColumn = (title, name) => ({
  title, numeric: true,
  cell: (row) => (row[name] === null || !row.currency ? "" : amount(row[name], row.currency)),
  text: (row) => (row[name] === null || !row.currency ? "" : majorOf(row[name], row.currency)),
});

export const timeColumn = (title, name) => ({ title, cell: (row) => when(row[name]), text: (row) => row[name] ?? "" });
export const dayColumn = (title, name) => ({ title, cell: (row) => day(row[name]), text: (row) => row[name] ?? "" });
export const textColumn = (title, of, numeric = false) => ({ title, numeric,
  cell: typeof of === "function" ? of : (row) => row[of] ?? "" });

export const customerColumn = {
  title: "Customer", cell: (row) => (row.customer_id ? h("a", { href: to("customers", row.customer_id) }, row.customer_id) : ""),
  text: (row) => row.customer_id ?? "",
};
