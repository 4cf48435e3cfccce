// A small table: titles that begin with ">" are of figures, and a row is an array of what its cells hold.
import { h } from "./elements.js";

const kindOf = (title) => (title.startsWith(">") ? "numeric" : null);

/** The first cell names its row. `foot` is one more row, below the line; `kind` a class. */
export function table(titles, rows, { foot, kind, caption } = {}) {
  const cell = (value, index) => h(index ? "td" : "th", { class: kindOf(titles[index]), scope: index ? null : "row" }, value);
  const line = (cells) => h("tr", {}, ...cells.map(cell));
  return h("div", { class: "wide" }, h("table", { class: kind }, caption && h("caption", { class: "sr" }, caption),
    h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col", class: kindOf(title) }, title.replace(">", ""))))),
    h("tbody", {}, ...rows.map(line)), foot && h("tfoot", {}, line(foot))));
}
