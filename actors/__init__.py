"""Who acts: one folder per actor, and the runtime they all live in."""
