"""Invoices and credit notes on paper and on their own page."""
