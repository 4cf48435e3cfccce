// What happened to a resource, the newest first: each event, who caused it, and what it changed.
import { h, copyable } from "./elements.js";
import { get } from "./api.js";
import { factTone, words } from "./states.js";
import { when } from "./times.js";

const whoDid = (principal) => (principal === "system" ? "by itself" : principal?.startsWith("provider:") ? `said by ${principal.slice(9)}` : `by ${principal}`);

function entry(event) {
  const [tone, sign] = factTone(event.type);
  const changed = Object.keys(event.changes ?? {}).filter((name) => name !== "version" && name !== "updated_at");
  return h("li", {}, h("span", { class: `sign ${tone}` }, sign),
    h("div", {}, h("p", {}, h("strong", {}, words(event.type.replaceAll(".", " "))), " ",
      h("span", { class: "muted" }, whoDid(event.principal))),
      h("p", { class: "faint" }, when(event.time), ` · seq ${event.sequence} · `, copyable(event.correlation_id)),
      changed.length > 0 && h("details", {}, h("summary", {}, `changed ${changed.join(", ")}`),
        h("pre", {}, h("code", {}, changed.map((name) => `${name}: ${JSON.stringify(event.changes[name])} → ${JSON.stringify(event.data[name])}`).join("\n"))))));
}

/** Of `path`, a resource's own events; or of the log with this filter. */
export async function timeline(path, query = {}) {
  const { data } = await get(path, query);
  if (!data.length) return h("p", { class: "muted" }, "Nothing has happened yet.");
  return h("ol", { class: "timeline" }, ...data.toReversed().map(entry));
}
