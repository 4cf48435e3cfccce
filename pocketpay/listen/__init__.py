"""`pocketpay listen`: events in from the gateway (`hearing`, of `frames`), signed webhooks out (`forwarding`)."""
