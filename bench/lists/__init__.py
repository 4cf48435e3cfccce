"""Every list of the API beside a million rows in its table, with each of its filters."""
