// One thing that stands still: why, why trying again is safe, what that would do, and the button.
import { copyable, h } from "../elements.js";
import { act, one } from "../one.js";
import { linkTo } from "../links.js";
import { openSheet } from "../sheet.js";
import { when } from "../times.js";
import { may } from "../who.js";
import { sentence } from "./stuck.js";

const retry = (row, again) => act("Try again…", () => openSheet({
  title: "Try it again", intro: row.why_safe ? `It is safe: ${row.why_safe}.` : undefined, label: () => "Try it again",
  request: () => ({ method: "POST", path: `stuck/${row.id}/retry`, body: {} }), done: again,
}), "");

export const show = (page) => one(page, {
  path: "stuck", object: "stuck", back: { href: "#/stuck", title: "Stuck money" }, title: () => "Stuck money",
  actions: (row, again) => (row.status === "open" && may("operations:write") ? [retry(row, again)] : []),
  banner: (row) => h("p", { class: `banner ${row.status === "resolved" ? "good" : "warn"}` },
    row.status === "resolved" ? "✓ It moves again." : `▲ ${sentence(row)}`),
  known: (row) => [
    ["What", row.resource && linkTo(row.resource.object, row.resource.id)], ["Kind", row.kind], ["Actor", row.actor], ["Step", row.step],
    ["Reason", row.reason],
    ["Since", when(row.since)], ["Should have moved by", when(row.deadline)], ["Tries", String(row.attempts)],
    ["Why trying again is safe", row.why_safe], ["Id", copyable(row.id)],
  ],
});
