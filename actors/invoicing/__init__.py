"""Invoicing: customers, the catalogue, subscriptions, usage, invoices and what is earned with them."""
