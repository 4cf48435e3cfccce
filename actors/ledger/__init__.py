"""The ledger actor: turns facts into balanced transactions and keeps wallets from going below nothing."""
