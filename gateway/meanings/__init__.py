"""What each error code means, why it comes and what to do about it: the pages behind a problem's `type`."""
