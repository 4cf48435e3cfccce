"""What an operator has turned off, as the rules see it. Every message of an actor with switches needs them.

Off holds back what would begin anew. What has happened outside, and money on its way, always goes on.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from typing_extensions import override

from actors.runtime.decision import Decision, Done, Key, Refused, Stored, View
from messages.envelope import Command
from messages.switches import SetSwitch, Switch

KIND: Final = "switches"


class SwitchesState(Stored):
    """All switches of a tenant that were ever touched, by name."""

    switches: dict[str, Switch] = {}

    @property
    @override
    def key(self) -> Key:
        return switches_key(self.tenant)


def switches_key(tenant: str) -> Key:
    """One state per tenant and actor."""
    return Key(KIND, tenant, "all")


def off(view: View, tenant: str, name: str) -> Switch | None:
    """The switch, if it is off."""
    known: SwitchesState | None = view.get(switches_key(tenant))
    switch = known.switches.get(name) if known else None
    return switch if switch is not None and not switch.on else None


def refusal_of(switch: Switch) -> Refused:
    """503, which leaves the idempotency key free: nothing was accepted."""
    because = f": {switch.reason}" if switch.reason else "."
    detail = f"An operator has switched off {switch.name}{because}"
    return Refused("switched_off", detail, {"switch": switch.name, "reason": switch.reason})


def turned(names: Collection[str], command: Command, wish: SetSwitch, view: View, now: datetime) -> Decision:
    """200 with the switch as it is now, also when it was so before."""
    if wish.name not in names:
        return Decision(outcome=Refused("not_found", f"There is no switch {wish.name}."))
    known: SwitchesState = view[switches_key(command.tenant)] or SwitchesState(tenant=command.tenant)
    switch = Switch(name=wish.name, on=wish.on, reason=wish.reason, changed_by=command.principal, changed_at=now)
    after = known.model_copy(update={"switches": {**known.switches, wish.name: switch}})
    return Decision(states=[after], outcome=Done(200, switch))
