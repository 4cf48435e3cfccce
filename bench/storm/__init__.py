"""A storm of webhooks: all are taken, and those who pay do not notice."""
