"""The rules at work without effect: what they would decide, on a copy of what is known."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actors.invoicing.decide import decide, needs
from actors.invoicing.keys import clock_key, subscription_key
from actors.invoicing.states import SubscriptionState, TestClockState
from actors.invoicing.terms import Terms
from actors.runtime.decision import Decision, Key, Message, State

Load = Callable[[Collection[Key]], Awaitable[Mapping[Key, State]]]


@dataclass
class Rehearsal:
    """`changed` is what would be kept. Nobody outside is asked anything: no payment ever succeeds here."""

    terms: Terms
    load: Load
    changed: dict[Key, Any] = field(default_factory=dict)

    async def take(self, message: Message, now: datetime) -> Decision:
        """What would be decided at this time."""
        view: dict[Key, State | None] = {}
        while wanted := needs(message, view) - view.keys():
            found = await self.load(wanted - self.changed.keys())
            view |= {key: self.changed.get(key) or found.get(key) for key in wanted}
        decision = decide(self.terms, message, view, now)
        self.changed |= {state.key: state for state in decision.states}
        return decision

    async def subscription(self, tenant: str, subscription: str) -> SubscriptionState | None:
        """As it would stand."""
        key = subscription_key(tenant, subscription)
        state = self.changed.get(key) or (await self.load({key})).get(key)
        return state if isinstance(state, SubscriptionState) else None

    async def stand_at(self, tenant: str, clock: str | None, moment: datetime) -> None:
        """Lets a test clock show the moment, if there is one."""
        if clock is None:
            return
        key = clock_key(tenant, clock)
        state: TestClockState | None = self.changed.get(key) or (await self.load({key})).get(key)  # pyright: ignore[reportAssignmentType] - by its key
        if state is not None:
            shown = state.test_clock.model_copy(update={"now": max(moment, state.test_clock.now), "status": "ready"})
            self.changed[key] = state.model_copy(update={"test_clock": shown, "waiting": (), "agenda": {}})

    def alarms(self, tenant: str, clock: str | None, decision: Decision) -> Mapping[str, datetime | None]:
        """What was set by it; under a clock, on the agenda, which was empty as it began to `stand_at` this moment."""
        state: TestClockState | None = self.changed.get(clock_key(tenant, clock)) if clock else None
        return {**decision.due, **(state.agenda if state else {})}
