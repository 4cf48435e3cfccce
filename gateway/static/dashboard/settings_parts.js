// The pages of settings; some are for admins alone.
import { may } from "./who.js";

export const settingsParts = () => [
  ["settings", "Tenant"], ...(may("admin") ? [["settings/users", "Users"], ["settings/keys", "API keys"],
    ["settings/audit", "Audit log"]] : []),
];
