"""The books checked from outside: `pocketpay ledger verify` and `rebuild`, and the monitor's rounds."""
