// One API key.
import { act, one } from "../one.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";
import { when } from "../times.js";
import { showKey } from "./keys.js";

const simple = (row, step, title, label, danger, done) => act(`${label}…`,
  () => openSheet({ title, danger, rehearsed: false, label: () => label,
  request: () => ({ method: "POST", path: `api-keys/${row.id}/${step}`, body: {} }), done }));

const actions = (row, again) => (row.status !== "active" && row.status !== "rotating" ? [] : [
  row.status === "active" && simple(row, "rotate", "Make a new key; this one goes on working for a while", "Rotate", false,
    (told) => { showKey(told); again(); }),
  simple(row, "revoke", "Refuse this key everywhere, within a second", "Revoke", true, again),
]);

export const show = (page) => one(page, {
  path: "api-keys", object: "api_key", back: { href: "#/settings/keys", title: "API keys" }, title: (row) => row.name, actions,
  known: (row) => [["Begins with", row.prefix], ["Type", words(row.type)], ["Scopes", row.scopes.join(", ")], ["Made by", row.created_by],
    ["Last used", row.last_used_at && when(row.last_used_at)], ["From", row.last_used_from],
    ["Expires", row.expires_at && when(row.expires_at)], ["Replaces", row.replaces], ["Revoked", row.revoked_at && when(row.revoked_at)],
    ["Made", when(row.created_at)]],
});
