// One user.
import { act, one } from "../one.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";
import { when } from "../times.js";
import { ROLES } from "./users.js";

const change = (row, again) => act("Change…", () => openSheet({
  title: "Change the user", rehearsed: false,
  fields: [{ name: "name", title: "Name", value: row.name ?? "" }, { name: "role", title: "Role", choices: ROLES, value: row.role },
    { name: "status", title: "May log in", choices: [["active", "Yes"], ["disabled", "No"]], value: row.status }],
  label: () => "Save", request: ({ name, role, status }) => ({ method: "PATCH", path: `users/${row.id}`,
    body: { name: name || null, role, status } }), done: again,
}), "");

const password = (row, again) => act("New password…", () => openSheet({
  title: "Give a new password", rehearsed: false,
  fields: [{ name: "password", title: "Password", type: "password", autocomplete: "new-password", required: true }],
  label: () => "Set the password", request: ({ password: given }) => (given ? { method: "POST", path: `users/${row.id}/password`,
    body: { password: given } } : "A password is needed."), done: again,
}));

export const show = (page) => one(page, {
  path: "users", object: "user", back: { href: "#/settings/users", title: "Users" }, title: (row) => row.name ?? row.email ?? row.id,
  actions: (row, again) => [change(row, again), password(row, again)],
  known: (row) => [["Email", row.email], ["Role", words(row.role)], ["Last log-in", row.last_login_at && when(row.last_login_at)],
    ["Disabled", row.disabled_at && when(row.disabled_at)], ["Made", when(row.created_at)]],
});
