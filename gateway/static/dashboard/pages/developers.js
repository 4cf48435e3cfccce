// For those who build on it: the log of events, what became of a key, the simulated provider's knobs, and where the documents are.
import { copyable, fill, h } from "../elements.js";
import { get, send } from "../api.js";
import { commandFacts } from "../command_facts.js";
import { firstPayment } from "../first_payment.js";
import { onEvent } from "../live.js";
import { panel } from "../panel.js";
import { linkTo } from "../links.js";
import { heading } from "../router.js";
import { field } from "../sheet.js";
import { factTone } from "../states.js";
import { timeOfDay } from "../times.js";
import { trouble } from "../trouble.js";
import { may, who } from "../who.js";

const ROWS_MAX = 200;

function line(event) {
  const [tone, sign] = factTone(event.type);
  return h("tr", {}, h("td", {}, timeOfDay(event.time)), h("td", { class: tone }, `${sign} ${event.type}`),
    h("td", {}, linkTo(event.data.object, event.subject)), h("td", { class: "numeric" }, String(event.sequence)),
    h("td", {}, event.principal ?? ""), h("td", {}, copyable(event.correlation_id)),
    h("td", {}, h("details", {}, h("summary", {}, "JSON"), h("pre", {}, h("code", {}, JSON.stringify(event, null, 2))))));
}

/** Events as they happen, while the page is open. */
function log(page) {
  const body = h("tbody");
  const pause = h("button", { type: "button", class: "quiet", "aria-pressed": "false" }, "‖ Pause");
  let paused = false;
  pause.addEventListener("click", () => { paused = !paused; pause.setAttribute("aria-pressed", String(paused)); fill(pause,
    paused ? "▶ Go on" : "‖ Pause"); });
  page.onLeave(onEvent((event) => {
    if (paused) return;
    body.prepend(line(event));
    while (body.childElementCount > ROWS_MAX) body.lastElementChild.remove();
  }));
  return h("section", { class: "card" }, h("div", { class: "bar" }, h("h2", {}, "Events, as they happen"), pause),
    h("div", { class: "wide" }, h("table", { class: "list" }, h("thead", {},
      h("tr", {}, ...["Time", "Type", "Of", "Seq", "By", "Request", ""].map((title) => h("th", { scope: "col" }, title)))), body)));
}

/** What became of the command behind an idempotency key. */
function lookUp() {
  const found = h("div");
  const ask = async (event) => {
    event.preventDefault();
    const { key } = Object.fromEntries(new FormData(event.currentTarget));
    fill(found, await get("idempotency", { key }).then(commandFacts).catch((problem) => trouble(problem)));
  };
  return h("section", { class: "card" }, h("h2", {}, "What became of an idempotency key"),
    h("form", { class: "filters", onsubmit: ask }, h("label", {}, h("span", { class: "sr" }, "Idempotency-Key"),
      h("input", { name: "key", placeholder: "order-42", required: true })), h("button", { type: "submit", class: "quiet" }, "Look")),
      found);
}

/** How the simulated provider behaves, for tests of one's own. */
function knobs() {
  const said = h("p", { role: "status" });
  const put = async (event) => {
    event.preventDefault();
    const { latency, lose, double } = Object.fromEntries(new FormData(event.currentTarget));
    const body = { latency_ms: Number(latency), webhooks: { lose: Number(lose) / 100, double: Number(double) / 100 } };
    fill(said, await send("PATCH", "/simulated/settings",
      body).then(() => "✓ It behaves so from now on.").catch((problem) => trouble(problem)));
  };
  const number = (name, title, max) => field({ name, title, type: "number", value: 0, min: 0, max, step: 1 });
  return h("section", { class: "card" }, h("h2", {}, "The simulated provider"), h("form", { onsubmit: put },
    number("latency", "Answers after, in ms", 60000), number("lose", "Webhooks lost, in %", 100),
    number("double", "Webhooks doubled, in %", 100), h("button", { type: "submit" }, "Behave so"), said));
}

const links = () => h("section", { class: "card" }, h("h2", {}, "Documents"), h("ul", {}, ...[
  ["/swagger/index.html", "Swagger: read and try every route"], ["/openapi.json", "OpenAPI document"],
  ["/asyncapi.json", "AsyncAPI document, the messages inside"],
].map(([href, title]) => h("li", {}, h("a", { href }, title)))),
h("p", { class: "muted" }, "Webhooks on your own machine: ", h("code", {}, "pocketpay listen --forward-to localhost:3000/hook")));

export async function show(page) {
  const versions = panel("Version", page, async () => h("p", {}, `PocketPay ${(await get("version")).version}`));
  return h("div", {}, heading("Developers"), log(page), h("div", { class: "columns" },
    h("div", {}, may("operations:read") && lookUp(), h("section", { class: "card" }, h("h2", {}, "Send a payment"), firstPayment("")),
      versions),
    h("div", {}, links(), !who().livemode && may("payments:write") && knobs())));
}
