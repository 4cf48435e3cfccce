"""Who may ask: tenants, API keys, users and their sessions."""
