"""The commands of usage."""

from collections.abc import Mapping
from typing import Final

from actors.invoicing import usage, usage_limits, usage_voiding
from actors.invoicing.keys import subscription_key
from actors.invoicing.rules import Rule, under_clock_of

RULES: Final[Mapping[str, Rule]] = {
    # Events of several clocks may come together: each is placed by its own, and is recorded in real time.
    "usage.record": Rule(usage.needs, usage.record),
    "usage.void": Rule(usage_voiding.needs, usage_voiding.void, usage_voiding.clock_of),
    "usage.limit": Rule(usage_limits.needs, usage_limits.set_limit, under_clock_of(subscription_key)),
}
