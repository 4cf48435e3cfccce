// The pages of billing.
export const BILLING = [
  ["billing", "Subscriptions"], ["billing/invoices", "Invoices"], ["billing/credit-notes", "Credit notes"],
  ["billing/products", "Catalogue"],
  ["billing/coupons", "Coupons"], ["billing/tax-rates", "Taxes"], ["billing/clocks", "Test clocks"],
];
