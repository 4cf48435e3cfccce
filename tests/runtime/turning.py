"""Switches for stories in memory: turned as an operator would, by the rules of the runtime."""

from datetime import datetime
from typing import Any

from actors.runtime.decision import Decision, Done, Key
from actors.runtime.switches import turned
from messages.envelope import Command
from messages.switches import OWNERS, PROVIDER, SetSwitch, owner_of, switch_entity
from messages.wire import json_of

KNOWN = ("payments", "provider:us", "provider:eu", "provider:simulated", "payouts", "dunning", "webhooks", "mails")
REASON = "We look into it."


def asked(name: str, now: datetime, *, on: bool) -> tuple[Command, SetSwitch]:
    """`switch.set`, as the gateway sends it."""
    wish = SetSwitch(name=name, on=on, reason=None if on else REASON)
    command = Command(
        id="cmd_switch",
        type="switch.set",
        actor=owner_of(name) or OWNERS[0],
        tenant="demo",
        subject=switch_entity(name),
        principal="user:usr_1",
        source="gateway",
        correlation_id="req_1",
        time=now,
        data=json_of(wish),
    )
    return command, wish


def turn(view: dict[Key, Any], name: str, now: datetime, *, on: bool) -> Decision:
    """The view with the switch turned."""
    assert name in KNOWN or name.startswith(PROVIDER)
    command, wish = asked(name, now, on=on)
    key = Key("switches", "demo", "all")
    decision = turned(KNOWN, command, wish, {key: view.get(key)}, now)
    assert isinstance(decision.outcome, Done)
    view.update({state.key: state for state in decision.states})
    return decision
