// The pages of money on its way to the bank.
export const PAYOUTS = [["payouts", "Payouts"], ["payouts/differences", "Differences"], ["payouts/balance", "At the provider"]];
