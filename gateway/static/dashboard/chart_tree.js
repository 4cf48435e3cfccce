// The chart as a tree in a table: a row per account, a column per currency, sums of all that is below.
import { announce, fill, h } from "./elements.js";
import { changing, UNTOLD } from "./amounts.js";
import { below, inTurn, MOST, rolledUp, touched } from "./chart_sums.js";
import { figure } from "./money.js";
import { to } from "./router.js";
import { trouble } from "./trouble.js";

const CALM_MS = 1000;
const DEEPEST = 4;

/** Puts a row for `node` after `around`; a group opens, an account leads to its page. */
function put(tree, node, depth, around) {
  const group = Boolean(node.below || node.open);
  const explained = (currency) => h("a", { href: to("ledger", "accounts", node.path, { currency }) }, UNTOLD);
  const figures = tree.currencies.map((currency) => (group ? h("span", {}, UNTOLD) : explained(currency)));
  const entry = { node, depth, figures, below: [] };
  entry.button = group && h("button", { type: "button", class: "twig", "aria-expanded": "false",
    onclick: () => toggle(tree, entry).catch(tree.fail) }, node.words);
  entry.row = h("tr", { class: `depth-${Math.min(depth, DEEPEST)}` },
    h("th", { scope: "row" }, entry.button || h("a", { href: to("ledger", "accounts", node.path) }, node.words), " ",
      h("code", {}, node.path)),
    ...figures.map((each) => h("td", { class: "numeric" }, each)));
  around.after(entry.row);
  tree.shown.set(node.path, entry);
  return entry;
}

/** Shows what is true now; `node.sums` is there when it was just asked for. */
async function refresh(tree, { node, figures }) {
  const found = node.sums ?? await rolledUp(node.path);
  delete node.sums;
  const shown = (currency) => (found.has(currency) ? figure(found.get(currency), currency) : "–");
  tree.currencies.forEach((currency, index) => changing(figures[index], shown(currency)));
}

async function unfold(tree, entry, nodes) {
  for (const node of nodes) entry.below.push(put(tree, node, entry.depth + 1, entry.below.at(-1)?.row ?? entry.row));
  await inTurn(entry.below, (each) => refresh(tree, each));
}

function close(tree, entry) {
  if (entry.button) entry.button.setAttribute("aria-expanded", "false");
  for (const each of entry.below) {
    close(tree, each);
    each.row.remove();
    tree.shown.delete(each.node.path);
  }
  entry.below = [];
}

async function toggle(tree, entry) {
  if (entry.button.getAttribute("aria-expanded") === "true") return close(tree, entry);
  entry.button.setAttribute("aria-expanded", "true");
  const { nodes, cut } = entry.node.below ? { nodes: entry.node.below } : await below(entry.node.path);
  fill(tree.note, cut && `The first ${MOST} accounts below ${entry.node.path}; the trial balance has them all.`,
    !nodes.length && `Nothing is booked below ${entry.node.path} yet.`);
  return unfold(tree, entry, nodes);
}

/** Opens what leads to `path`, and shows where it is. */
async function reveal(tree, path) {
  const names = path.split(":");
  for (const [index] of names.entries()) {
    const entry = tree.shown.get(names.slice(0, index + 1).join(":"));
    if (entry?.button && entry.button.getAttribute("aria-expanded") === "false") await toggle(tree, entry);
  }
  const row = tree.shown.get(path)?.row;
  row?.classList.add("changed");
  row?.scrollIntoView({ block: "center" });
}

/** What an event's entries touch is asked anew, once in a second. */
function follow(tree, page) {
  let [moved, timer] = [new Set(), null];
  const look = async () => {
    const due = [...tree.shown].filter(([path]) => moved.has(path));
    [moved, timer] = [new Set(), null];
    await inTurn(due, ([, entry]) => refresh(tree, entry)).catch(tree.fail);
    if (due.length) announce("Balances have moved");
  };
  page.onEvent(({ data }) => {
    if (!Array.isArray(data?.entries) || !tree.note.isConnected) return;
    for (const path of touched(data.entries)) moved.add(path);
    timer ??= setTimeout(look, CALM_MS);
  });
  page.onLeave(() => clearTimeout(timer));
}

/** `chart` are the roots; `wanted` is a path that begins open. */
export function chartTree(page, chart, currencies, wanted) {
  const note = h("p", { class: "muted", role: "status" });
  const top = { row: h("tr", { hidden: true }), depth: -1, below: [] };
  const tree = { currencies, note, shown: new Map(), fail: (problem) => fill(note, trouble(problem)) };
  const begin = async () => {
    await unfold(tree, top, chart);
    for (const entry of top.below.filter((each) => each.node.below)) await toggle(tree, entry);
    if (wanted) await reveal(tree, wanted);
  };
  const table = h("table", { class: "list tree" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Account"),
      ...currencies.map((currency) => h("th", { scope: "col", class: "numeric" }, currency)))), h("tbody", {}, top.row));
  begin().catch(tree.fail);
  follow(tree, page);
  return h("div", {}, h("div", { class: "wide" }, table), note);
}
