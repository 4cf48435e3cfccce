// The invariants of the money, a line per number: each figure must be zero.
import { fill, h } from "./elements.js";
import { get } from "./api.js";
import { money } from "./money.js";
import { to } from "./router.js";
import { state, words } from "./states.js";
import { table } from "./table.js";
import { lasting } from "./times.js";

const VERDICTS = {
  ok: ["ok", "it does"], stuck: ["open", "something stands still"],
  breach: ["failed", "it does not"], unknown: ["unknown", "not known yet"],
};

/** Per id, I2 before I11: the figures added, the oldest look. */
export function grouped(told) {
  const groups = new Map();
  for (const each of told) groups.set(each.id, [...(groups.get(each.id) ?? []), each]);
  const ordered = [...groups].toSorted(([one], [other]) => one.localeCompare(other, "en", { numeric: true }));
  return ordered.map(([id, rules]) => ({
    id, rules,
    figure: rules.some(({ figure }) => figure === null) ? null : rules.reduce((all, { figure }) => all + figure, 0),
    age: Math.max(...rules.map(({ age_seconds: age }) => age ?? Infinity)),
  }));
}

function rule({ title, figure, detail }) {
  const broken = figure > 0 && `: ${figure.toLocaleString()}${detail ? `, first ${detail}` : ""}`;
  return h("li", { class: broken ? "bad" : null }, title, broken);
}

function row({ id, rules, figure, age }, open) {
  const toggled = (event) => open[event.currentTarget.open ? "add" : "delete"](id);
  return [id,
    h("details", { open: figure > 0 || open.has(id), ontoggle: toggled },
      h("summary", {}, rules[0].title, rules.length > 1 && ` (and ${rules.length - 1} more)`), h("ul", {}, ...rules.map(rule))),
    h("strong", { class: figure ? "bad" : "good" }, figure === null ? "–" : figure.toLocaleString()),
    h("span", { class: "muted" }, Number.isFinite(age) ? `${lasting(age)} ago` : "–")];
}

function standstill({ count, amounts, oldest_age_seconds: age, items }) {
  if (!count) return h("p", { class: "muted" }, "No money stands still.");
  return h("div", { class: "banner warn" }, h("a", { href: to("stuck") }, `▲ ${count.toLocaleString()} stand still`),
    amounts.length > 0 && `, ${amounts.map((each) => money(each.amount, each.currency)).join(" and ")}`,
    age !== null && `, the oldest for ${lasting(age)}`,
    h("ul", {}, ...items.map((each) => h("li", {}, `${each.count} at ${each.step}: ${words(each.kind).toLowerCase()}`))));
}

/** `told` gets the verdict; `open` has the ids of the lines that were opened, for it is told again and again. */
export async function invariants(told, open) {
  const { status, invariants: found, stuck } = await get("/health/money");
  fill(told, state(...VERDICTS[status]));
  if (!found.length) return h("p", { class: "muted" }, "The monitor has not looked yet; it does every five seconds.");
  const rows = grouped(found).map((each) => row(each, open));
  return h("div", {}, standstill(stuck), table(["No.", "What must hold", ">Broken", ">Looked at"], rows, { kind: "invariants" }));
}
