// The pages about payments, and what comes back of them.
export const PAYMENTS = [["payments", "Payments"], ["refunds", "Refunds"], ["disputes", "Disputes"]];
