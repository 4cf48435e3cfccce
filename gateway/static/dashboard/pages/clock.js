// One test clock: a line of its time with a now that can be moved forward.
import { fill, h } from "../elements.js";
import { act, one } from "../one.js";
import { to } from "../router.js";
import { openSheet } from "../sheet.js";
import { when } from "../times.js";
import { may } from "../who.js";

const DAY_MS = 86_400_000;
const YEAR_DAYS = 366;

function advance(row, until, done) {
  openSheet({
    title: "Let time pass", rehearsed: false, intro: "All that falls due until then happens, in its order. Time never goes back.",
    fields: [{ name: "to", title: "Until", type: "datetime-local", value: until.toISOString().slice(0, 16), hint: "in UTC" }],
    label: () => "Let time pass",
    request: ({ to: wanted }) => {
      const at = new Date(`${wanted}Z`);
      return Number.isNaN(at.getTime()) || at <= new Date(row.now) ? "Choose a later time." : { method: "POST",
        path: `test-clocks/${row.id}/advance`, body: { to: at.toISOString() } };
    },
    done,
  });
}

/** The next year as a slider, whose knob is the clock's now. */
function line(row, again) {
  const at = (days) => new Date(Date.parse(row.now) + days * DAY_MS);
  const said = h("output", {}, "now");
  const knob = h("input", { type: "range", min: 0, max: YEAR_DAYS, value: 0, step: 1, "aria-label": "Days from the clock's now" });
  knob.addEventListener("input", () => fill(said, Number(knob.value) ? when(at(Number(knob.value)).toISOString()) : "now"));
  const go = act("Let time pass…", () => advance(row, at(Number(knob.value) || 30), again), "");
  return h("div", { class: "card" }, h("h2", {}, when(row.now)), knob, h("p", {}, said),
    may("billing:write") && row.status === "ready" && go);
}

export const show = (page) => one(page, {
  path: "test-clocks", object: "test_clock", back: { href: "#/billing/clocks", title: "Test clocks" },
  title: (row) => row.name ?? "Test clock",
  banner: (row) => (row.status === "advancing" ? h("p", { class: "banner warn" }, "… Time passes until ", when(row.target)) : line(row,
    () => {})),
  known: (row) => [
    ["Now", when(row.now)], ["Customers", h("span", {}, ...row.customers.map((id) => h("a", { href: to("customers", id) }, `${id} `)))],
    ["Last step", row.last_advance && h("span", {}, when(row.last_advance.from), " – ", when(row.last_advance.to),
      `: ${row.last_advance.instants} instants, ${row.last_advance.events} events`)],
    ["Subscriptions", h("a", { href: to("billing", { test_clock: row.id }) }, "of its customers")], ["Made", when(row.created_at)],
  ],
});
