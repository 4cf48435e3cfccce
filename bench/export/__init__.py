"""How fast the journal leaves the database."""
