"""Notifications: events to webhook endpoints, and mails to people."""
