"""What the dashboard needs until something is seen."""
