// A state is always a sign, a word and a colour; none of the three alone.
import { h } from "./elements.js";

const TONES = {
  good: ["✓", "succeeded paid posted confirmed active enabled sent delivered completed won ready issued ok done recorded"],
  warn: ["▲", "requires_action requires_payment_method requires_confirmation past_due needs_response degraded incomplete rotating warning_needs_response open"],
  bad: ["✕", "failed unpaid lost uncollectible stuck down refused revoked internal_failure disabled suppressed bounced"],
  info: ["…", "processing pending in_transit advancing running trialing under_review warning_under_review draft queued in_progress invoiced"],
  held: ["‖", "requires_capture paused held frozen closed"],
};
const toneOf = new Map(
  Object.entries(TONES).flatMap(([tone, [sign, names]]) => names.split(" ").map((name) => [name, [tone, sign]])),
);

export const words = (name) => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** `tone` and `sign` of a status; whatever is not known is over and done. */
export const toneAndSign = (status) => toneOf.get(status) ?? ["muted", "–"];

export function state(status, shown = words(status)) {
  const [tone, sign] = toneAndSign(status);
  return h("span", { class: `tag ${tone}` }, `${sign} ${shown}`);
}

const FACTS = {
  good: /\.(succeeded|paid|posted|confirmed|won|activated|renewed|resumed|delivered|recovered|restored|attached)$/,
  bad: /\.(failed|payment_failed|lost|breached|became_unpaid|disabled)$/,
  warn: /(action_required|fell_past_due|went_overdue|deadline_neared|degraded|fraud_warned|dispute\.created)$/,
  held: /\.(authorized|paused|frozen)$/,
};
const SIGNS = { good: "✓", bad: "✕", warn: "▲", held: "‖", info: "…" };

/** Of an event's type, such as `payment.succeeded`. */
export function factTone(type) {
  const tone = Object.keys(FACTS).find((each) => FACTS[each].test(type)) ?? "info";
  return [tone, SIGNS[tone]];
}
