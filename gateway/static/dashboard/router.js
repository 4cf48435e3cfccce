// Every page has an address: `#/payments/pay_1?tab=events`. Pages are modules, fetched when first shown.
import { h, fill } from "./elements.js";
import { trouble } from "./trouble.js";
import { onEvent, onState } from "./live.js";

/** Pattern -> file of `pages/`; a name stands before a parameter in its place. */
const PAGES = {
  "": "overview",
  health: "health",
  payments: "payments",
  "payments/:id": "payment",
  refunds: "refunds",
  "refunds/:id": "refund",
  disputes: "disputes",
  "disputes/:id": "dispute",
  customers: "customers",
  "customers/:id": "customer",
  holds: "holds",
  "holds/:id": "hold",
  transfers: "transfers",
  "transfers/:id": "transfer",
  ledger: "ledger",
  "ledger/trial-balance": "ledger_trial_balance",
  "ledger/accounts/:id": "ledger_account",
  "ledger/transactions": "ledger_transactions",
  "ledger/transactions/:id": "ledger_transaction",
  "ledger/periods": "ledger_periods",
  billing: "billing",
  "billing/subscriptions/:id": "subscription",
  "billing/invoices": "invoices",
  "billing/invoices/:id": "invoice",
  "billing/credit-notes": "credit_notes",
  "billing/credit-notes/:id": "credit_note",
  "billing/products": "products",
  "billing/products/:id": "product",
  "billing/prices/:id": "price",
  "billing/coupons": "coupons",
  "billing/coupons/:id": "coupon",
  "billing/tax-rates": "tax_rates",
  "billing/tax-rates/:id": "tax_rate",
  "billing/clocks": "clocks",
  "billing/clocks/:id": "clock",
  payouts: "payouts",
  "payouts/differences": "differences",
  "payouts/differences/:id": "difference",
  "payouts/balance": "provider_balance",
  "payouts/:id": "payout",
  webhooks: "webhooks",
  "webhooks/endpoints/:id": "endpoint",
  "webhooks/deliveries": "deliveries",
  "webhooks/deliveries/:id": "delivery",
  "webhooks/mails": "mails",
  "webhooks/mails/:id": "mail",
  stuck: "stuck",
  "stuck/:id": "stuck_item",
  developers: "developers",
  "developers/commands/:id": "command",
  settings: "settings",
  "settings/users": "users",
  "settings/users/:id": "user",
  "settings/keys": "keys",
  "settings/keys/:id": "key",
  "settings/audit": "audit",
};
const DIM_AFTER_MS = 400;
/** Pages that belong to a part of another name. */
const PART_OF = { refunds: "payments", disputes: "payments", holds: "customers", transfers: "customers" };

/** The address of a page: `to("payments", pay.id)`; an object at the end is its query. */
export function to(...parts) {
  const query = typeof parts.at(-1) === "object" ? parts.pop() : null;
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== "");
  const path = parts.map((part) => encodeURIComponent(part)).join("/");
  return `#/${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

function found(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  for (const [pattern, file] of Object.entries(PAGES)) {
    const wanted = pattern.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((part, index) => part.startsWith(":") || part === parts[index])) continue;
    const params = Object.fromEntries(wanted.flatMap((part, i) => (part.startsWith(":") ? [[part.slice(1), parts[i]]] : [])));
    return { file, params, query: Object.fromEntries(new URLSearchParams(query)), path: parts };
  }
  return null;
}

let current = null;
let turn = 0;

/** What a page is given: its address, what to hear while it is shown, and how to change its own query. */
function pageOf({ params, query, path }) {
  const ends = [];
  return {
    params, query, path, left: false,
    onEvent: (hear) => ends.push(onEvent(hear)),
    onReset: (again) => ends.push(onState((state) => state === "reset" && again())),
    onLeave: (end) => ends.push(end),
    setQuery: (changed) => { location.hash = to(...path, { ...query, ...changed }); },
    leave() { this.left = true; for (const end of ends) end(); },
  };
}

/** `moved`: somebody went there; from now on the keyboard is on that page. */
async function open(moved = false) {
  const mine = ++turn;
  const main = document.getElementById("page");
  const dim = setTimeout(() => main.classList.add("waiting"), DIM_AFTER_MS);
  const place = found(location.hash);
  const page = pageOf(place ?? { params: {}, query: {}, path: [] });
  let shown;
  try {
    if (!place) throw Object.assign(new Error("There is no such page."), { title: "Nothing here", retry: "never" });
    shown = await (await import(`./pages/${place.file}.js`)).show(page);
  } catch (problem) {
    shown = trouble(problem, refresh);
  }
  clearTimeout(dim);
  if (mine !== turn) return page.leave();  // somebody went on meanwhile
  current?.leave();
  current = page;
  main.classList.remove("waiting");
  fill(main, shown);
  if (moved) main.focus({ preventScroll: true });
  document.title = `${main.querySelector("h1")?.textContent ?? "Dashboard"} · PocketPay`;
  markRail(page.path[0] ?? "");
}

function markRail(first) {
  for (const link of document.querySelectorAll("#rail a")) {
    const here = link.dataset.page === (PART_OF[first] ?? first);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

export function start() {
  addEventListener("hashchange", () => {
    scrollTo(0, 0);
    open(true);
  });
  open();
}

/** Shows the page anew, with what is true now. */
export const refresh = () => open();

/** A heading with the way back and what can be done here. */
export function heading(title, { back, actions = [], beside = [] } = {}) {
  return h("header", { class: "heading" },
    back && h("a", { href: back.href, class: "back" }, `‹ ${back.title}`),
    h("h1", {}, title), ...beside,
    h("div", { class: "actions" }, ...actions));
}
