"""How fast a million usage events become a line of an invoice."""
