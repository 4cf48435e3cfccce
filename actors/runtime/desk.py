"""Where one decision is written: what is known, with the changes made so far on top, and all effects collected."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from actors.runtime.decision import Call, Decision, Done, Key, Pending, Refused, Said, State, View, Wish
from messages.envelope import About
from messages.resource import Versioned

Terms = TypeVar("Terms")


@dataclass(slots=True)
class Desk(Generic[Terms]):
    """`terms` are what the actor's rules know from its settings, `now` is the time at which is decided."""

    tenant: str
    terms: Terms
    view: View
    now: datetime
    clock: str | None = None
    cause: str = ""
    states: dict[Key, State] = field(default_factory=dict)
    events: list[Said] = field(default_factory=list)
    commands: list[Wish] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    due: dict[str, datetime | None] = field(default_factory=dict)
    outcome: Done | Refused | Pending | None = None
    answers: str | None = None

    def get(self, key: Key) -> Any:
        """The state as it stands by now, or None where there is none: what nobody looked up is not taken for absent.

        Raises KeyError for what was not needed; the runtime then asks anew what is.
        """
        return self.states.get(key) or self.view[key]

    def put(self, state: State) -> None:
        """Keeps the state."""
        self.states[state.key] = state

    def say(self, event: str, resource: Versioned, before: Versioned | None = None, about: About | None = None) -> None:
        """Tells of the change."""
        self.events.append(Said(event, resource, before, about or About(), self.clock))

    def wish(self, wish: Wish) -> None:
        """Asks another actor."""
        self.commands.append(wish)

    def call(self, call: Call) -> None:
        """Work outside, begun after the commit."""
        self.calls.append(call)

    def ring(self, entity: str, at: datetime | None) -> None:
        """Sets the entity's one alarm, or clears it."""
        self.due[entity] = at

    def answer(self, outcome: Done | Refused | Pending, command_id: str | None = None) -> None:
        """The outcome of the command at hand, or of the earlier one named."""
        self.outcome, self.answers = outcome, command_id

    def decision(self) -> Decision:
        """All of it."""
        return Decision(
            states=list(self.states.values()),
            events=self.events,
            commands=self.commands,
            calls=self.calls,
            outcome=self.outcome,
            answers=self.answers,
            due=self.due,
        )
