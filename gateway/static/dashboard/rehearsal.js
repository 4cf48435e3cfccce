// What a dry run says would happen.
import { h } from "./elements.js";
import { money } from "./money.js";
import { postings } from "./postings.js";
import { words } from "./states.js";

const part = (title, entries) => (entries.length ? [h("h3", {}, title), h("ul", {}, ...entries.map((each) => h("li", {}, each)))] : []);

export function rehearsal({ outcome, postings: moved, invoice_lines: lines, mails, webhooks, provider_calls: calls, events, stuck }) {
  const refused = outcome.status >= 400;
  return h("div", { class: refused ? "rehearsal refused" : "rehearsal" },
    h("p", {}, refused ? `✕ This would be refused: ${outcome.body?.detail ?? outcome.body?.title}` : "Nothing has happened yet. This is what would:"),
    stuck?.length > 0 && h("p", { class: "tag bad" }, "✕ It would get stuck on its way"),
    moved.length > 0 && [h("h3", {}, "Postings"), postings(moved)],
    part("Invoice lines", lines.map((line) => `${line.description} · ${money(line.amount, line.currency)}`)),
    part("At the provider", calls.map((call) => `${words(call.operation)} ${call.amount ? money(call.amount, call.currency) : ""} · ${call.provider}`)),
    part("Mails", mails.map((mail) => `${words(mail.template)} to ${mail.to}`)),
    part("Webhooks", webhooks.map((hook) => `${hook.type} to ${hook.endpoint}`)),
    h("details", {}, h("summary", {}, `${events.length} events`), h("p", { class: "muted" },
      events.map((event) => event.type).join(" · "))));
}
