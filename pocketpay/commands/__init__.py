"""Commands by group, and what they have in common: `options` and how they answer."""
