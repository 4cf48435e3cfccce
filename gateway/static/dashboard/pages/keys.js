// API keys: what they may do, and when they were used last.
import { h } from "../elements.js";
import { statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { showOnce } from "../notice.js";
import { act } from "../one.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { settingsParts } from "../settings_parts.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";

const COLUMNS = [textColumn("Name", "name"), textColumn("Begins with", "prefix"), textColumn("Type", (row) => words(row.type)),
  statusColumn,
  textColumn("Scopes", (row) => row.scopes.join(", ")), timeColumn("Last used", "last_used_at"), textColumn("From", "last_used_from"),
  timeColumn("Expires", "expires_at"), timeColumn("Made", "created_at")];

/** The secret, this one time. */
export const showKey = ({ secret, name }) => showOnce(`The key ${name}`, "It is shown this once; only its hash is kept.", secret);

const create = () => openSheet({
  title: "New key", rehearsed: false,
  fields: [{ name: "name", title: "Name", required: true, placeholder: "backend" },
    { name: "type", title: "Type", choices: [["secret", "Secret"], ["restricted", "Restricted"]] },
    { name: "scopes", title: "Scopes", value: "payments:write refunds:write customers:write events:read", hint: "with spaces between" }],
  label: () => "Make the key",
  request: ({ name, type, scopes }) => (name ? { method: "POST", path: "api-keys",
    body: { name, type, scopes: scopes.split(/[\s,]+/).filter(Boolean) } } : "A name is needed."),
  done: showKey,
});

export async function show(page) {
  const keys = list(page, {
    path: "api-keys", object: "api_key", name: "key", columns: COLUMNS, href: (row) => to("settings", "keys", row.id),
    tabs: [["active", "Active"], ["rotating", "Rotating"], ["expired", "Expired"], ["revoked", "Revoked"]], empty: "No key yet.",
  });
  await keys.ready;
  return h("div", {}, heading("API keys", { actions: [act("New key…", create, "")] }), parts("Settings", settingsParts(), "settings/keys"),
    keys);
}
