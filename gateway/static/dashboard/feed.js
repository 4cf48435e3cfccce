// What happens, as it happens: a line per event, the newest above. It stands still while it is paused or pointed at.
import { h, fill } from "./elements.js";
import { amount } from "./amounts.js";
import { get } from "./api.js";
import { onEvent } from "./live.js";
import { pageOfResource } from "./places.js";
import { factTone, words } from "./states.js";
import { timeOfDay } from "./times.js";
import { may } from "./who.js";

const LINES_MAX = 14;
const PART = 100;
const LOOKS_MAX = 6;
const EVERY_MS = 500;
const NO_NEWS = /^(ledger\.|mail\.queued|webhook\.delivery\.(succeeded|discarded))|\.updated$/;

const isNews = (event) => !NO_NEWS.test(event.type);

/** Refunds and disputes are looked at where their payment is. */
function placeOf({ subject, data }) {
  if (data?.payment) return pageOfResource("payment", data.payment);
  return pageOfResource(data?.object, subject);
}

function line(event) {
  const [{ type, data, time }, place] = [event, placeOf(event)];
  const [tone, sign] = factTone(type);
  const why = tone === "bad" && data?.last_error ? data.last_error.decline_code ?? data.last_error.code : null;
  return h("li", {}, timeOfDay(time), h("span", { class: `sign ${tone}` }, sign),
    h(place ? "a" : "span", { href: place }, words(type.replaceAll(".", " ")), why && `: ${words(why).toLowerCase()}`),
    Number.isInteger(data?.amount) && data.currency && amount(data.amount, data.currency),
    h("span", { class: "muted who" }, data?.customer_id ?? ""));
}

/** The last ones before now: the log is read backwards, part by part, from where the ledger has heard it. */
async function before() {
  if (!may("ledger:read") || !may("events:read")) return [];
  const { position } = await get("ledger/accounts/income:sales");
  const [, epoch, place] = /^(\d+-)?(\d+)$/.exec(position ?? "") ?? [];
  const found = new Map();
  for (let from = Number(place ?? 0), looks = 0; from > 0 && looks < LOOKS_MAX && found.size < LINES_MAX; looks += 1) {
    from = Math.max(0, from - PART);
    const { data } = await get("events", { after: `${epoch ?? ""}${from}`, limit: PART });
    for (const event of data.filter(isNews)) found.set(event.id, event);
  }
  return [...found.values()].toSorted((one, other) => one.time.localeCompare(other.time));
}

export function feed(page) {
  const lines = h("ol", { class: "feed" });
  const empty = h("p", { class: "muted" }, "Nothing has happened yet. What does is told here at once.");
  const button = h("button", { type: "button", class: "quiet", "aria-pressed": "false" }, "‖ Pause");
  let [paused, waiting, more] = [false, [], 0];

  function show() {
    if (!waiting.length || paused || lines.matches(":hover, :focus-within")) return label();
    for (const event of waiting) lines.prepend(line(event));
    while (lines.childElementCount > LINES_MAX) lines.lastElementChild.remove();
    [waiting, more, empty.hidden] = [[], 0, true];
    return label();
  }

  function label() {
    fill(button, paused ? `▶ Go on${more ? ` (${more.toLocaleString()} new)` : ""}` : "‖ Pause");
    button.setAttribute("aria-pressed", String(paused));
  }

  function take(event) {
    waiting.push(event);
    more += 1;
    if (waiting.length > LINES_MAX) waiting.shift();
  }

  button.addEventListener("click", () => { paused = !paused; show(); });
  page.onLeave(onEvent((event) => isNews(event) && take(event)));
  const timer = setInterval(show, EVERY_MS);
  page.onLeave(() => clearInterval(timer));
  before().then((events) => { waiting = [...events, ...waiting].slice(-LINES_MAX); show(); }).catch(() => {});
  return h("section", { class: "card panel" }, h("header", {}, h("h2", {}, "Feed"), button), h("div", { class: "body" }, empty, lines));
}
