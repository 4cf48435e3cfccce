"""The commands of subscriptions, and what they do by themselves."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from actors.invoicing import subscription_changing, subscription_creating
from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key
from actors.invoicing.rules import Rule
from actors.invoicing.subscription_canceling import cancel, uncancel
from actors.invoicing.subscription_pausing import pause, resume
from actors.invoicing.subscription_reading import clock, needs
from actors.invoicing.subscription_renewing import fell_due, in_time
from messages.envelope import Command

Decide = Callable[[Desk, Command, Any], None]


def _in_time(decide: Decide) -> Decide:
    """The rule, asked of a subscription that has done all that was due."""

    def decided(desk: Desk, command: Command, wish: Any) -> None:
        in_time(desk, subscription_key(desk.tenant, command.subject))
        decide(desk, command, wish)

    return decided


RULES: Final[Mapping[str, Rule]] = {
    "subscription.create": Rule(subscription_creating.needs, subscription_creating.create, subscription_creating.clock),
    "subscription.change": Rule(subscription_changing.needs, _in_time(subscription_changing.change), clock),
    "subscription.pause": Rule(needs, _in_time(pause), clock),
    "subscription.resume": Rule(needs, _in_time(resume), clock),
    "subscription.cancel": Rule(needs, _in_time(cancel), clock),
    "subscription.uncancel": Rule(needs, _in_time(uncancel), clock),
}

DUE: Final = {"subscription": fell_due}
