"""The same figures beside books that are already large."""
