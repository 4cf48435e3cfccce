"""The door: HTTP in, messages out, and what happens as server-sent events. It owns no table."""
