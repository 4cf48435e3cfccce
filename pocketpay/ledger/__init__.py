"""What `pocketpay ledger` does, one file per command."""
