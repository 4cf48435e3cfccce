"""What every actor needs and none should write again: mailboxes, the one transaction, the voice, calls."""
