"""What is kept: SQL and connections. Nothing here decides anything."""
