// Times as fields of a form: entered where the reader is, kept in the address as instants.
import { h } from "./elements.js";

const two = (number) => String(number).padStart(2, "0");

/** What a field of type datetime-local begins with; of nothing, nothing. */
export function fieldOf(iso) {
  const at = new Date(iso ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

export const instantOf = (text) => (text ? new Date(text).toISOString() : "");

/** `fields`: `[name, words]` of times; `choices`: `{name, title, options}`. What is asked for stands in the address. */
export function momentForm(page, fields, choices = [], beside = []) {
  const ask = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget));
    for (const [name] of fields) given[name] = instantOf(given[name]);
    page.setQuery(given);
  };
  return h("form", { class: "moments", onsubmit: ask },
    ...fields.map(([name, words]) => h("label", {}, h("span", {}, words),
      h("input", { type: "datetime-local", step: 1, name, value: fieldOf(page.query[name]) }))),
    ...choices.map(({ name, title, options }) => h("label", {}, h("span", {}, title),
      h("select", { name }, ...options.map(([value, words]) => h("option", { value, selected: value === page.query[name] }, words))))),
    h("button", { type: "submit", class: "quiet" }, "Show"), ...beside);
}

/** By which of its two times a transaction counts. */
export const BY = { name: "by", title: "By", options: [["recorded", "what the books said"],
  ["effective", "what was true, as is known today"]] };
