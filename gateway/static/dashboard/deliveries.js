// Deliveries as lists have them.
import { copyable, h } from "./elements.js";
import { idColumn, statusColumn, textColumn, timeColumn } from "./columns.js";
import { to } from "./router.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const last = (row) => row.attempts.at(-1);

export const DELIVERY_COLUMNS = [
  idColumn("Delivery"), textColumn("Event", "type"), statusColumn,
  textColumn("No.", (row) => row.sequence ?? "–", true),
  { title: "Replay", cell: (row) => (row.replay ? "replay" : "") },
  { title: "Answer", cell: (row) => (last(row) ? String(last(row).response_status ?? last(row).error) : "") },
  { title: "Took", numeric: true, cell: (row) => (last(row) ? `${last(row).duration_ms} ms` : "") },
  { title: "Attempts", numeric: true, cell: (row) => String(row.attempts.length) + (row.attempts_has_more ? "+" : "") },
  timeColumn("Made", "created_at"), timeColumn("Next", "next_attempt_at"),
];

export const DELIVERY_TABS = [["pending", "Waiting"], ["succeeded", "Delivered"], ["failed", "Failed"], ["discarded", "Discarded"]];

export const deliveryHref = (row) => to("webhooks", "deliveries", row.id);

/** One more delivery of the same event, with the same webhook-id. */
export function replayAction(row, done) {
  if (!may("webhooks:write")) return [];
  return [act("Replay…", () => openSheet({
    title: "Send this delivery again", rehearsed: false, intro: h("span", {}, "The same body and webhook-id go to ", copyable(row.endpoint),
      "."),
    label: () => "Replay the delivery", request: () => ({ method: "POST", path: `webhook-deliveries/${row.id}/replay`, body: {} }), done,
  }), "")];
}
