"""Every route of billing; each resource has a file of its own."""

from gateway.previews import PREVIEWS
from gateway.test_clocks import TEST_CLOCKS

BILLING = [*PREVIEWS, *TEST_CLOCKS]
