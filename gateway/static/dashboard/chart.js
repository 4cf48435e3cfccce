// The chart of accounts: what stands below each root, and what it is called. Below `open` ones there are accounts of any name.
export const CHART = [
  { path: "assets", words: "Assets", below: [
    { path: "assets:bank", words: "In the bank", open: true }, { path: "assets:psp", words: "At the providers", open: true },
    { path: "assets:receivable", words: "Owed by customers", open: true },
    { path: "assets:disputes_receivable", words: "Taken by disputes" }] },
  { path: "liabilities", words: "Liabilities", below: [
    { path: "liabilities:wallets", words: "Wallets", open: true },
    { path: "liabilities:wallet_holds", words: "Held of wallets", open: true },
    { path: "liabilities:tax_payable", words: "Tax", open: true }, { path: "liabilities:refunds_in_flight", words: "Refunds on their way" },
    { path: "liabilities:deferred_revenue", words: "Paid ahead, to be earned" }] },
  { path: "equity", words: "Equity", below: [{ path: "equity:opening", words: "Opening" },
    { path: "equity:adjustments", words: "Adjustments" }] },
  { path: "income", words: "Income", below: [
    { path: "income:sales", words: "Sales" }, { path: "income:subscriptions", words: "Subscriptions" },
    { path: "income:platform_fees", words: "Our fees" }] },
  { path: "contra", words: "Against income", below: [{ path: "contra:refunds", words: "Refunds" }] },
  { path: "expenses", words: "Expenses", below: [
    { path: "expenses:processing_fees", words: "Providers' fees" }, { path: "expenses:dispute_fees", words: "Dispute fees" },
    { path: "expenses:chargeback_losses", words: "Lost disputes" }, { path: "expenses:bad_debt", words: "Bad debt" }] },
  { path: "fx", words: "Currencies", below: [{ path: "fx:gain_loss", words: "Gain and loss" }] },
  { path: "suspense", words: "Unexplained" },
  { path: "user", words: "Your own accounts", open: true },
];
