// A block of a page that loads by itself, tells its own troubles, and loads anew when something of it has moved.
import { h, fill } from "./elements.js";
import { trouble } from "./trouble.js";

const SETTLE_MS = 300;
const AGAIN_MS = 5000;
/** Troubles that go away by themselves, so that the block asks again. */
const PASSING = new Set(["later", "same_key"]);

/**
 * `load()` returns what to show; `moves(event)` says whether an event concerns it, and `calm` how many milliseconds lie at
 * least before it loads anew. The old figures stay until there are new ones. When it fails, only this block says so.
 */
export function panel(title, page, load, { moves, beside = [], level = "h2", calm = SETTLE_MS } = {}) {
  const body = h("div", { class: "body" });
  const section = h("section", { class: "card panel" }, h("header", {}, h(level, {}, title), ...beside), body);
  let [running, wanted, timer] = [false, false, null];

  async function again() {
    if (running) { wanted = true; return; }
    running = true;
    const dim = setTimeout(() => section.classList.add("waiting"), 400);
    try {
      const shown = await load();
      if (!page.left) put(shown);
    } catch (problem) {
      fill(body, trouble(problem, again));
      if (PASSING.has(problem.retry) && !page.left) later(AGAIN_MS);
    }
    clearTimeout(dim);
    section.classList.remove("waiting");
    running = false;
    if (wanted && !page.left) { wanted = false; later(); }
  }

  /** In place of what was there; the focus stays on the same link. */
  function put(shown) {
    const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    fill(body, shown);
    if (focused) [...body.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  }

  function later(after = calm) {
    timer ??= setTimeout(() => { timer = null; again(); }, after);  // however many events come meanwhile
  }

  if (moves) page.onEvent((event) => moves(event) && later());
  page.onReset(again);
  page.onLeave(() => clearTimeout(timer));
  again();
  section.again = again;
  return section;
}

/** Names and values, in two columns; those without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, ...shown.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** An amount as cards and tables have it: the figure, and its currency beside it. */
export const rawJson = (value) =>
  h("details", { class: "raw" }, h("summary", {}, "Raw JSON"), h("pre", {}, h("code", {}, JSON.stringify(value, null, 2))));
