"""The ledger actor alone, against ways to write transfers without messages."""
