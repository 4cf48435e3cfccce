// A list of resources: status tabs, a filter kept in the address, rows that slide in, CSV of what is asked for.
import { h, fill, announce } from "./elements.js";
import { get, rows } from "./api.js";
import { csv, offer } from "./csv.js";
import { trouble } from "./trouble.js";

/**
 * `columns`: `{title, cell: row => node or text, text: row => CSV's, numeric}`. `tabs`: values of `tabsOf` (a parameter).
 * `filters`: `{name, title, type}`. `object`: whose events are shown live; `href(row)` is where Enter leads.
 * `takes(event)`: the rows that an event brings, where it is not the resource itself; `whole(row)` asks for what an event
 * leaves out of it. `empty`: what to show when there is nothing at all.
 */
export function list(page, { path, columns, tabs = [], tabsOf = "status", filters = [], object, href, empty, fixed = {}, name = "row",
  takes, whole }) {
  const query = { ...fixed, ...kept(page, [tabsOf, ...filters.map((each) => each.name)]) };
  const body = h("tbody");
  const more = h("button", { type: "button", class: "quiet", hidden: true }, "Older ones");
  const fresh = h("button", { type: "button", class: "quiet fresh", hidden: true });
  const note = h("p", { class: "muted", role: "status" });
  const shown = new Map();
  let cursor = null;
  let waiting = new Map();

  const rowOf = (row) => {
    const element = Object.assign(h("tr", { data: { id: row.id, href: href?.(row) ?? "" } },
      ...columns.map(({ cell, numeric }, index) => {
        const value = cell(row);
        return h("td", { class: numeric ? "numeric" : null }, index === 0 && href ? h("a", { href: href(row) }, value) : value);
      })), { version: row.version });
    return element;
  };
  const put = (row, first) => {
    if (row.version < shown.get(row.id)?.version) return;  // an answer may be older than an event
    const element = rowOf(row);
    if (shown.has(row.id)) shown.get(row.id).replaceWith(element);
    else if (first) body.prepend(element);
    else body.append(element);
    shown.set(row.id, element);
  };

  async function load() {
    const answer = await get(path, { ...query, limit: 50, cursor });
    for (const row of answer.data) put(row, false);
    cursor = answer.next_cursor;
    more.hidden = !cursor;
    const nothing = shown.size === 0;
    table.hidden = nothing;
    if (nothing) fill(note, filtered() ? "Nothing fits this filter." : (empty ?? "Nothing here yet."));
    else fill(note);
  }

  const filtered = () => Object.keys(query).some((each) => !(each in fixed));
  const fits = (row) => Object.entries(query).every(([key,
    wanted]) => !(key in row) || String(wanted).split(",").includes(String(row[key])));

  const broughtBy = takes ?? (({ data }) => (data?.object === object ? [data] : []));

  function moved(event) {
    const brought = broughtBy(event).filter((row) => shown.has(row.id) || fits(row));
    if (!brought.length) return;
    for (const row of brought) waiting.set(row.id, row);
    if (body.matches(":hover") || body.contains(document.activeElement)) {
      fresh.hidden = false;
      fresh.textContent = `${waiting.size} changed, show`;
    } else showWaiting();
  }

  function slideIn(row) {
    table.hidden = false;
    fill(note);
    if (fits(row)) put(row, true);
    else { shown.get(row.id)?.remove(); shown.delete(row.id); }
    shown.get(row.id)?.classList.add("new");
  }

  async function showWaiting() {
    const changed = [...waiting.values()];
    waiting = new Map();
    fresh.hidden = true;
    announce(`${changed.length} ${name}s changed`);
    for (const row of changed) slideIn(whole ? await whole(row).catch(() => row) : row);
  }

  async function save() {
    const { data, cut } = await rows(path, query);
    offer(`${path.replaceAll("/", "-")}.csv`, csv(columns.map(({ title }) => title),
      data.map((row) => columns.map(({ cell, text }) => (text ?? cell)(row)))));
    if (cut) fill(note, "The newest 1,000 of more are in the file; narrow the filter for the others.");
  }

  body.addEventListener("click", ({ target }) => {
    const { href: there } = target.closest("tr")?.dataset ?? {};
    if (there && !target.closest("a, button, input") && !getSelection().toString()) location.hash = there;
  });
  const table = h("table", { class: "list" },
    h("thead", {}, h("tr", {}, ...columns.map(({ title, numeric }) => h("th", { scope: "col", class: numeric ? "numeric" : null },
      title)))), body);
  const again = () => { cursor = null; shown.clear(); body.replaceChildren(); return load().catch((problem) => fill(note,
    trouble(problem, again))); };
  more.addEventListener("click", () => load().catch((problem) => fill(note, trouble(problem))));
  fresh.addEventListener("click", showWaiting);
  if (object || takes) page.onEvent(moved);
  page.onReset(again);
  const ready = again();
  const element = h("section", { class: "card listing" },
    h("div", { class: "bar" }, tabBar(page, tabs, tabsOf), filterForm(page, filters), fresh,
      h("button", { type: "button", class: "quiet", onclick: () => save().catch((problem) => fill(note, trouble(problem))) }, "CSV")),
    h("div", { class: "wide" }, table), note, more);
  element.ready = ready;
  return element;
}

function kept(page, names) {
  return Object.fromEntries(names.filter((each) => page.query[each]).map((each) => [each, page.query[each]]));
}

function tabBar(page, tabs, parameter) {
  if (!tabs.length) return null;
  const chosen = page.query[parameter] ?? "";
  return h("nav", { class: "tabs", "aria-label": "Filter by status" }, ...[["", "All"], ...tabs].map(([value, title]) =>
    h("button", { type: "button", "aria-pressed": String(chosen === value), onclick: () => page.setQuery({ [parameter]: value }) },
      title)));
}

function filterForm(page, filters) {
  if (!filters.length) return null;
  const ask = (event) => {
    event.preventDefault();
    page.setQuery(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return h("form", { class: "filters", onsubmit: ask },
    ...filters.map(({ name, title, type = "search" }) =>
      h("label", {}, h("span", { class: "sr" }, title), h("input", { name, type, placeholder: title, value: page.query[name] ?? "" }))),
    h("button", { type: "submit", class: "quiet" }, "Filter"));
}
