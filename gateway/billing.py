"""Every route of billing; each resource has a file of its own."""

from gateway.catalogue import CATALOGUE
from gateway.credit_notes import CREDIT_NOTES
from gateway.customers import CUSTOMERS
from gateway.invoices import INVOICES
from gateway.previews import PREVIEWS
from gateway.revenue_reports import REVENUE
from gateway.subscriptions import SUBSCRIPTIONS
from gateway.test_clocks import TEST_CLOCKS
from gateway.usage import USAGE

BILLING = [
    *CUSTOMERS,
    *CATALOGUE,
    *SUBSCRIPTIONS,
    *USAGE,
    *PREVIEWS,
    *INVOICES,
    *CREDIT_NOTES,
    *REVENUE,
    *TEST_CLOCKS,
]
