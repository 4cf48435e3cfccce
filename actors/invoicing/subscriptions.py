"""The commands of subscriptions, and what they do by themselves."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from actors.invoicing import subscription_changing, subscription_creating
from actors.invoicing.desk import Desk
from actors.invoicing.keys import customer_key, subscription_key
from actors.invoicing.rules import Rule, under_clock_of
from actors.invoicing.subscription_canceling import cancel, uncancel
from actors.invoicing.subscription_pausing import pause, resume
from actors.invoicing.subscription_reading import needs
from actors.invoicing.subscription_renewing import fell_due, in_time
from messages.envelope import Command

Decide = Callable[[Desk, Command, Any], None]


def _in_time(decide: Decide) -> Decide:
    """The rule, asked of a subscription that has done all that was due."""

    def decided(desk: Desk, command: Command, wish: Any) -> None:
        in_time(desk, subscription_key(desk.tenant, command.subject))
        decide(desk, command, wish)

    return decided


_CLOCK: Final = under_clock_of(subscription_key)

RULES: Final[Mapping[str, Rule]] = {
    "subscription.create": Rule(
        subscription_creating.needs, subscription_creating.create, under_clock_of(customer_key, "customer_id")
    ),
    "subscription.change": Rule(subscription_changing.needs, _in_time(subscription_changing.change), _CLOCK),
    "subscription.pause": Rule(needs, _in_time(pause), _CLOCK),
    "subscription.resume": Rule(needs, _in_time(resume), _CLOCK),
    "subscription.cancel": Rule(needs, _in_time(cancel), _CLOCK),
    "subscription.uncancel": Rule(needs, _in_time(uncancel), _CLOCK),
}

DUE: Final = {"subscription": fell_due}
