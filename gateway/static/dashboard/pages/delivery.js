// One delivery: each attempt, and what the receiver answered.
import { copyable, h } from "../elements.js";
import { replayAction } from "../deliveries.js";
import { one } from "../one.js";
import { to } from "../router.js";
import { when } from "../times.js";

const attempt = (each) => h("li", {},
  h("span", { class: `sign ${each.error ? "bad" : "good"}` }, each.error ? "✕" : "✓"),
  h("div", {}, h("p", {}, h("strong", {}, String(each.response_status ?? "no answer")), each.error && ` · ${each.error}`,
    ` · ${each.duration_ms} ms`),
    h("p", { class: "faint" }, when(each.at)), each.detail && h("p", {}, each.detail),
    each.response_body && h("details", {}, h("summary", {}, "What it answered"), h("pre", {}, h("code", {}, each.response_body)))));

const attempts = (row) => h("section", { class: "card" }, h("h2", {}, "Attempts"),
  row.attempts.length ? h("ol", { class: "timeline" }, ...row.attempts.toReversed().map(attempt)) : h("p", { class: "muted" },
    "It was not tried yet."));

export const show = (page) => one(page, {
  path: "webhook-deliveries", object: "webhook_delivery", back: { href: "#/webhooks/deliveries", title: "Deliveries" },
  title: (row) => row.type,
  actions: (row) => replayAction(row, (made) => { location.hash = to("webhooks", "deliveries", made.id ?? row.id); }),
  banner: attempts,
  known: (row) => [
    ["Endpoint", h("a", { href: to("webhooks", "endpoints", row.endpoint) }, row.endpoint)], ["webhook-id", copyable(row.event)],
    ["Number", row.sequence === null ? null : String(row.sequence)], ["Replay", row.replay ? "yes" : "no"],
    ["Next attempt", row.next_attempt_at && when(row.next_attempt_at)],
    ["Finished", row.finished_at && when(row.finished_at)], ["Made", when(row.created_at)],
  ],
});
