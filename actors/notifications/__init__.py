"""Notifications: what happened is told to others, by webhook to machines and by mail to people."""
