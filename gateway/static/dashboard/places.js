// Where each kind of resource has its page.
import { to } from "./router.js";

const PARTS = {
  payment: ["payments"], refund: ["refunds"], dispute: ["disputes"], payout: ["payouts"], customer: ["customers"], wallet: ["customers"],
  transaction: ["ledger", "transactions"], ledger_transaction: ["ledger", "transactions"], account: ["ledger", "accounts"], hold: ["holds"],
  transfer: ["transfers"],
  subscription: ["billing", "subscriptions"], invoice: ["billing", "invoices"], credit_note: ["billing", "credit-notes"],
  product: ["billing", "products"], price: ["billing", "prices"], coupon: ["billing", "coupons"], tax_rate: ["billing", "tax-rates"],
  test_clock: ["billing", "clocks"], webhook_endpoint: ["webhooks", "endpoints"], webhook_delivery: ["webhooks", "deliveries"],
  mail: ["webhooks", "mails"], difference: ["payouts", "differences"], stuck: ["stuck"], command: ["developers", "commands"],
  user: ["settings", "users"], api_key: ["settings", "keys"],
};

/** The address of a resource's page; null of what has none, as a switch or a tenant. */
export const pageOfResource = (object, id) => (object in PARTS ? to(...PARTS[object], id) : null);
