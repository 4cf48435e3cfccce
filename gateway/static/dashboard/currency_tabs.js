// Which currency is looked at: kept in the address.
import { h } from "./elements.js";

/** `all` is what the tab of all of them says; without it one is always chosen. */
export function currencyTabs(page, currencies, chosen, all) {
  if (currencies.length < 2) return null;
  const tabs = [...(all ? [["", all]] : []), ...currencies.map((each) => [each, each])];
  return h("nav", { class: "tabs", "aria-label": "Currency" }, ...tabs.map(([value, words]) =>
    h("button", { type: "button", "aria-pressed": String((chosen ?? "") === value), onclick: () => page.setQuery({ currency: value }) },
      words)));
}
