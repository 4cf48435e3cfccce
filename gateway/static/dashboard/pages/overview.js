// The first page: money, the walk, what needs somebody, and what happens.
import { h } from "../elements.js";
import { get } from "../api.js";
import { feed } from "../feed.js";
import { minutesChart } from "../minutes_chart.js";
import { moneyCards } from "../money_cards.js";
import { MOVES, needsYou } from "../needs_you.js";
import { panel } from "../panel.js";
import { PERIODS, zoneHere } from "../periods.js";
import { heading } from "../router.js";
import { walk } from "../walk.js";
import { may, who } from "../who.js";

const CALM_MS = 5000;

/** Months and days are cut where the tenant is; where that is not told, where the reader is. */
async function zoneOfTenant() {
  if (!may("operations:read")) return zoneHere();
  return get(`tenants/${who().tenant}`).then((tenant) => tenant.time_zone ?? zoneHere()).catch(zoneHere);
}

function periodChoice(page, period, zone) {
  const chosen = (event) => page.setQuery({ period: event.currentTarget.value });
  const choices = PERIODS.map(([value, title]) => h("option", { value, selected: value === period }, title));
  return h("label", { class: "period" }, h("span", { class: "sr" }, "Period"),
    h("select", { name: "period", onchange: chosen }, ...choices), h("small", { class: "muted" }, zone));
}

function money(page, period, zone) {
  const open = new Set();
  const moves = (event) => event.type === "ledger.transaction.posted";
  return panel("Money", page, () => moneyCards(period, zone, open), { moves, calm: CALM_MS });
}

function needs(page) {
  const count = h("span", { class: "tag warn", hidden: true });
  const block = panel("Needs you", page, () => needsYou(count), { moves: (event) => MOVES.test(event.type), beside: [count],
    calm: CALM_MS });
  return h("div", { class: "needs-panel" }, block);
}

export async function show(page) {
  const period = page.query.period ?? "today";
  const zone = await zoneOfTenant();
  return h("div", { class: "overview" },
    heading("Overview", { actions: [periodChoice(page, period, zone)] }),
    may("ledger:read") && money(page, period, zone),
    h("div", { class: "columns overview-columns" },
      h("div", {}, may("operations:read") && walk(page), may("payments:read") && minutesChart(page)),
      h("div", {}, needs(page), feed(page))));
}
