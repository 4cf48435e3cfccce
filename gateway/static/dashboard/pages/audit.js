// Who did what, from where, and what became of it.
import { h } from "../elements.js";
import { statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { settingsParts } from "../settings_parts.js";

const COLUMNS = [timeColumn("When", "created_at"), textColumn("Who", "principal"),
  { title: "Did", cell: (row) => h("a", { href: to("developers", "commands", row.command) }, row.type), text: (row) => row.type },
  textColumn("To", "subject"),
  textColumn("From", (row) => row.address ?? ""), statusColumn, textColumn("Answer",
    (row) => [row.outcome_status, row.outcome_code].filter(Boolean).join(" ")), textColumn("Request", "correlation_id")];

export async function show(page) {
  const log = list(page, {
    path: "audit-log", name: "entry", columns: COLUMNS, tabs: [["done", "Done"], ["refused", "Refused"], ["running", "Running"],
      ["stuck", "Stuck"]],
    filters: [{ name: "principal", title: "Who" }, { name: "type", title: "Type, such as refund.*" },
      { name: "subject", title: "To what" }], empty: "Nothing was asked yet.",
  });
  await log.ready;
  return h("div", {}, heading("Audit log"), parts("Settings", settingsParts(), "settings/audit"), log);
}
