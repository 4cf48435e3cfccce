// Who may log in, and as what.
import { h } from "../elements.js";
import { statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { act } from "../one.js";
import { parts } from "../parts.js";
import { heading, refresh, to } from "../router.js";
import { settingsParts } from "../settings_parts.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";

export const ROLES = [["viewer", "Viewer: sees"], ["finance", "Finance: sees, refunds and bills"], ["admin", "Admin: may do all"]];
const COLUMNS = [textColumn("Email", "email"), textColumn("Name", "name"), textColumn("Role", (row) => words(row.role)), statusColumn,
  timeColumn("Last log-in", "last_login_at"), timeColumn("Made", "created_at")];

const create = () => openSheet({
  title: "New user", rehearsed: false,
  fields: [{ name: "email", title: "Email", type: "email", required: true }, { name: "name", title: "Name" },
    { name: "role", title: "Role", choices: ROLES },
    { name: "password", title: "First password", type: "password", required: true, autocomplete: "new-password",
      hint: "the user can change it" }],
  label: ({ email }) => (email ? `Make ${email} a user` : "Make the user"),
  request: ({ email, name, role, password }) => (email && password ? { method: "POST", path: "users",
    body: { email, role, password, ...(name ? { name } : {}) } } : "An email and a password are needed."),
  done: refresh,
});

export async function show(page) {
  const users = list(page, { path: "users", object: "user", name: "user", columns: COLUMNS,
    tabs: [["active", "Active"], ["disabled", "Disabled"]], href: (row) => to("settings", "users", row.id),
    empty: "Nobody can log in yet." });
  await users.ready;
  return h("div", {}, heading("Users", { actions: [act("New user…", create, "")] }), parts("Settings", settingsParts(), "settings/users"),
    users);
}
