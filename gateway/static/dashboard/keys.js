// Keys: `/` search, `g p` payments, `j k` rows, Enter open, `r` refund, `c` copy the id, `?` help, Escape back.
import { h } from "./elements.js";
import { notice } from "./notice.js";

const GO = { o: "", p: "payments", c: "customers", l: "ledger", b: "billing", y: "payouts", w: "webhooks", s: "stuck", d: "developers",
  h: "health" };
const HELP = [
  ["/", "search"], ["g then p", "payments (o overview, c customers, l ledger, b billing, y payouts, w webhooks, s stuck, d developers, h health)"],
  ["j, k", "next row, row before"], ["Enter", "open the row"], ["r", "refund this payment"], ["c", "copy this page's id"],
  ["Esc", "close, or back"], ["?", "this list"],
];
let going = 0;

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

function step(by) {
  const rows = [...document.querySelectorAll("table.list tbody tr")];
  const at = rows.indexOf(document.activeElement.closest("tr"));
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.querySelector("a")?.focus();
}

const help = () => notice("Keys", "Close", h("dl", { class: "facts" },
  ...HELP.flatMap(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)])));

const ACTS = {
  "/": () => document.getElementById("search").focus(),
  g: () => { going = Date.now(); },
  j: () => step(1),
  k: () => step(-1),
  r: () => document.querySelector("[data-key=r]")?.click(),
  c: () => document.querySelector(".heading .copy")?.click(),
  "?": help,
  Escape: () => { const back = document.querySelector(".heading .back"); if (back) back.click(); },
};

export function begin() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const went = Date.now() - going < 1000 ? GO[event.key] : undefined;
    going = 0;
    if (went !== undefined) location.hash = `#/${went}`;
    else if (ACTS[event.key]) ACTS[event.key]();
    else return;
    event.preventDefault();
  });
}
