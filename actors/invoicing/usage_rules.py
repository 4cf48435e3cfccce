"""The commands of usage."""

from collections.abc import Mapping
from typing import Final

from actors.invoicing import usage, usage_limits, usage_voiding
from actors.invoicing.keys import subscription_key
from actors.invoicing.rules import Rule
from actors.invoicing.states import SubscriptionState
from actors.runtime.decision import Asked, View


def _clock_of_subscription(asked: Asked, view: View) -> str | None:
    state: SubscriptionState | None = view.get(subscription_key(asked.tenant, asked.command.subject))
    return state.clock if state else None


RULES: Final[Mapping[str, Rule]] = {
    # Events of several clocks may come together: each is placed by its own, and is recorded in real time.
    "usage.record": Rule(usage.needs, usage.record),
    "usage.void": Rule(usage_voiding.needs, usage_voiding.void, usage_voiding.clock_of),
    "usage.limit": Rule(usage_limits.needs, usage_limits.set_limit, _clock_of_subscription),
}
