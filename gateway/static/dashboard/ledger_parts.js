// The pages of the books.
export const LEDGER = [
  ["ledger", "Chart of accounts"], ["ledger/trial-balance", "Trial balance"], ["ledger/transactions", "Transactions"],
  ["ledger/periods", "Months"],
];
