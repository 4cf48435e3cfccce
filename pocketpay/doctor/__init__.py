"""`pocketpay doctor`: asks everything how it is (`asking`), says what is wrong (`judging`), packs it (`bundle`)."""
