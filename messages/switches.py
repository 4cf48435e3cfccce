"""Switches for one thing at a time, that an operator turns off when it does harm, and on again."""

from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from messages import invoicing, notifications, payments
from messages.ids import is_token
from messages.resource import Text
from messages.wire import Instant, Wire

PAYMENTS: Final = "payments"
PROVIDER: Final = "provider:"
PAYOUTS: Final = "payouts"
DUNNING: Final = "dunning"
WEBHOOKS: Final = "webhooks"
MAILS: Final = "mails"

SwitchName = Annotated[str, StringConstraints(max_length=64)]


class Switch(Wire):
    """`on` is how all are until somebody turns them off; then it says who did, when and why."""

    object: Literal["switch"] = "switch"
    name: SwitchName
    on: bool = True
    reason: Text | None = None
    changed_by: str | None = None
    changed_at: Instant | None = None


class SwitchWish(Wire):
    """What a request says: off, with the reason that others are told, or on."""

    on: bool
    reason: Text | None = None


class SetSwitch(SwitchWish):
    """`switch.set`."""

    name: SwitchName


class Switches(Wire):
    """`switches`: all of the actor's, also those that nobody has touched."""

    data: list[Switch]


SET: Final = "switch.set"

COMMANDS: dict[str, type[Wire]] = {SET: SetSwitch}
"""Taken by the actors that own one."""

_OWNERS: Final = {
    PAYMENTS: payments.ACTOR,
    PAYOUTS: payments.ACTOR,
    DUNNING: invoicing.ACTOR,
    WEBHOOKS: notifications.ACTOR,
    MAILS: notifications.ACTOR,
}

OWNERS: Final = (payments.ACTOR, invoicing.ACTOR, notifications.ACTOR)
"""Who has any, in the order in which they are listed."""


def owner_of(name: str) -> str | None:
    """The actor whose switch it is; whether a provider has this name only payments knows."""
    if name.startswith(PROVIDER) and is_token(name.removeprefix(PROVIDER)):
        return payments.ACTOR
    return _OWNERS.get(name)


def switch_entity(name: str) -> str:
    """As one token: colons cannot stand in a subject."""
    return f"switch_{name.replace(':', '-')}"
