// The parts of the dashboard, at the left (below, on a phone).
import { h, fill, icon } from "./elements.js";
import { may } from "./who.js";

const PARTS = [
  ["", "overview", "Overview", null],
  ["payments", "payments", "Payments", "payments:read"],
  ["customers", "customers", "Customers", "customers:read"],
  ["ledger", "ledger", "Ledger", "ledger:read"],
  ["billing", "billing", "Billing", "billing:read"],
  ["payouts", "payouts", "Payouts", "payouts:read"],
  ["webhooks", "webhooks", "Webhooks", "webhooks:read"],
  ["stuck", "stuck", "Stuck", "operations:read"],
  ["developers", "developers", "Developers", null],
  ["health", "health", "Health", "operations:read"],
  ["settings", "settings", "Settings", null],
];

export function showRail(place) {
  const links = PARTS.filter(([, , , scope]) => !scope || may(scope)).map(([page, picture, words]) =>
    h("li", {}, h("a", { href: `#/${page}`, data: { page } }, icon(picture), h("span", {}, words))));
  fill(place, h("strong", { class: "brand" }, icon("mark"), h("span", {}, "PocketPay")), h("ul", {}, ...links));
}
