"""Real Postgres and NATS servers from wheels, started as children of the launcher."""
