"""The language of PocketPay: what actors and the gateway say to each other, and nothing else."""
