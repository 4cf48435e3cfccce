"""The commands of subscriptions, and what they do by themselves."""

from collections.abc import Mapping
from typing import Final

from actors.invoicing import subscription_changing, subscription_creating
from actors.invoicing.rules import Rule
from actors.invoicing.subscription_canceling import cancel, uncancel
from actors.invoicing.subscription_pausing import pause, resume
from actors.invoicing.subscription_reading import clock, needs
from actors.invoicing.subscription_renewing import fell_due

RULES: Final[Mapping[str, Rule]] = {
    "subscription.create": Rule(subscription_creating.needs, subscription_creating.create, subscription_creating.clock),
    "subscription.change": Rule(subscription_changing.needs, subscription_changing.change, clock),
    "subscription.pause": Rule(needs, pause, clock),
    "subscription.resume": Rule(needs, resume, clock),
    "subscription.cancel": Rule(needs, cancel, clock),
    "subscription.uncancel": Rule(needs, uncancel, clock),
}

DUE: Final = {"subscription": fell_due}
