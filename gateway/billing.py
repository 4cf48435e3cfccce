"""Every route of billing; each resource has a file of its own."""

from gateway.test_clocks import TEST_CLOCKS
from gateway.usage import USAGE

BILLING = [*TEST_CLOCKS, *USAGE]
