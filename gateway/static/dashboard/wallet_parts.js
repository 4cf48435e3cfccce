// The pages about customers and what they hold.
export const CUSTOMERS = [["customers", "Customers"], ["holds", "Holds"], ["transfers", "Transfers"]];
