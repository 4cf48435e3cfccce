// The tenant, and who one is.
import { h } from "../elements.js";
import { get } from "../api.js";
import { act } from "../one.js";
import { facts, panel, rawJson } from "../panel.js";
import { parts } from "../parts.js";
import { heading, refresh } from "../router.js";
import { settingsParts } from "../settings_parts.js";
import { openSheet } from "../sheet.js";
import { may, who } from "../who.js";

const lines = (text) => text.split(/[\s,]+/).filter(Boolean);

const change = (row) => act("Change…", () => openSheet({
  title: "Change the tenant", rehearsed: false,
  fields: [
    { name: "name", title: "Name", value: row.name }, { name: "time_zone", title: "Time zone", value: row.time_zone,
      hint: "such as Europe/Berlin; days and months are cut there" },
    { name: "logo_url", title: "Logo", type: "url", value: row.logo_url ?? "" },
    { name: "allowed_origins", title: "Origins of pages that may call the API", type: "area", value: row.allowed_origins.join("\n") },
  ],
  label: () => "Save",
  request: (values) => ({ method: "PATCH", path: `tenants/${row.id}`, body: { name: values.name, time_zone: values.time_zone,
    logo_url: values.logo_url || null, allowed_origins: lines(values.allowed_origins) } }),
  done: refresh,
}), "");

async function tenant() {
  const row = await get(`tenants/${who().tenant}`).catch((problem) => {
    if (problem.status !== 404) throw problem;
    return null;
  });
  if (!row) return h("p", { class: "muted" }, "This tenant was never set up: it is the one of an open gateway.");
  return h("div", {}, facts([["Id", row.id], ["Name", row.name], ["Mode", row.mode], ["Time zone", row.time_zone], ["Logo", row.logo_url],
    ["Allowed origins", row.allowed_origins.join(", ")]]),
    may("admin") && change(row), rawJson(row));
}

export async function show(page) {
  const me = who();
  return h("div", {}, heading("Settings"), parts("Settings", settingsParts(), "settings"), h("div", { class: "columns" },
    may("admin") ? panel("Tenant", page, tenant) : h("section", { class: "card" }, h("p", {}, "An admin sees the tenant's settings here.")),
    h("section", { class: "card" }, h("h2", {}, "You"),
      facts([["Principal", me.principal], ["Tenant", me.tenant_name ?? me.tenant], ["Mode", me.mode], ["Role", me.role],
      ["Scopes", me.scopes.join(", ")]]))));
}
