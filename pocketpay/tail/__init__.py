"""`pocketpay tail`: what to hear (`wanted`), hearing it (`hearing`), and how a message reads (`lines`, `look`)."""
