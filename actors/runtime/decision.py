"""The words between the runtime and an actor's pure half: what comes in, what is known, what is decided.

Nothing here has IO, a clock or randomness. An actor is `needs`, `decide` and perhaps `seal`:

    def needs(message: Message, view: View) -> set[Key]            asked until it wants nothing new
    def decide(message: Message, view: View, now: datetime) -> Decision
    def seal(view: View, decisions: Sequence[Decision]) -> Sequence[State]    once per batch
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from messages.envelope import About, Command, Event
from messages.resource import Versioned
from messages.wire import Json, Wire

# What is known


class Key(NamedTuple):
    """Names one state of one tenant, such as ("payment", "demo", "pay_…")."""

    kind: str
    tenant: str
    id: str


class State(Protocol):
    """A frozen value that an actor keeps; its key says where."""

    @property
    def key(self) -> Key:
        """The state's own name."""
        ...


class Stored(Wire, ABC):
    """A state as a table keeps it: JSON with its tenant, its resource under the kind's name, and what is beside it."""

    tenant: str

    @property
    @abstractmethod
    def key(self) -> Key:
        """The state's own name."""


View = Mapping[Key, Any]
"""`view[key]` is the state, or None if there is none. Only keys that were needed may be looked at.

A decision that raises KeyError of another key is made once more, after `needs` was asked anew: messages before it in
the same batch may have changed what it leads to.
"""

# What comes in. Each has `tenant`, and `cause`: the command or event that all effects follow from.


@dataclass(frozen=True, slots=True)
class Asked:
    """A command for the first time; `data` is read and checked.

    With `again` an earlier try left its key free: the subject is that of the earlier try, which may have left a trace.
    """

    command: Command
    data: Any
    again: bool = False

    @property
    def tenant(self) -> str:
        return self.command.tenant


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of another actor, for the first time; `data` is its resource."""

    event: Event
    data: Any

    @property
    def tenant(self) -> str:
        return self.event.tenant


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome of a command that this actor sent to another; `entity` is what asked for it."""

    tenant: str
    entity: str
    command_id: str
    type: str
    status: int
    body: Json


@dataclass(frozen=True, slots=True)
class Returned:
    """A call came back. `result` is definite, or None the first time that the other side went silent on us.

    After silence the same call goes on with the same key until it is definite.
    """

    tenant: str
    call_id: str
    operation: str
    lane: str
    command_id: str | None
    result: Json | None


@dataclass(frozen=True, slots=True)
class FellDue:
    """The time that a decision set for this entity has come."""

    tenant: str
    entity: str
    at: datetime


Message = Asked | Heard | Answered | Returned | FellDue

# What is decided


@dataclass(frozen=True, slots=True)
class Said:
    """An event to be: the resource after the change and, if it existed, before it. `clock`: whose time it has."""

    type: str
    resource: Versioned
    before: Versioned | None = None
    about: About = About()
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A command to another actor. `entity` is ours: the outcome comes back as `Answered` to it.

    `livemode`: real money is asked for, also when an alarm brought it about, which knows of no mode.
    """

    actor: str
    type: str
    subject: str
    data: BaseModel
    entity: str
    about: About = About()
    livemode: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Work outside, begun after the commit. Within a lane one at a time, repeated with this id until definite."""

    id: str
    operation: str
    lane: str
    request: Json


Foresight = Callable[[str, Json], Json]
"""With which result a call, given its id and request, is most likely to come back."""


@dataclass(frozen=True, slots=True)
class Done:
    """The final answer of a command: an HTTP status and the whole resource."""

    status: int
    body: BaseModel


@dataclass(frozen=True, slots=True)
class Refused:
    """The final answer is no. `code` is one of `messages.problems`; what it leaves behind is in `detail` and `extra`.

    A code whose status is 429 or 503 leaves the idempotency key free: nothing was accepted. So does one that the
    contract calls no outcome (`validation_failed`, 403, …), unless the decision changes something besides.
    """

    code: str
    detail: str
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """The command's outcome comes later; until then a waiting client may be shown this resource."""

    body: BaseModel | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """All effects of one message. They are committed together, or not at all.

    `outcome` is for the command at hand, or for the earlier one that `answers` names. A message that is no
    command and answers none has none. `due` sets (or, with None, clears) the one alarm of an entity. `retries` are
    rows of what was put aside that are to be tried again; only the runtime's own decisions have them.
    """

    states: Sequence[State] = ()
    events: Sequence[Said] = ()
    commands: Sequence[Wish] = ()
    calls: Sequence[Call] = ()
    outcome: Done | Refused | Pending | None = None
    answers: str | None = None
    due: Mapping[str, datetime | None] = field(default_factory=dict)
    retries: Sequence[int] = ()

    def also(self, state: State) -> "Decision":
        """With one more state. `replace` says the same, in four times the time."""
        return Decision(
            *((*self.states, state), self.events, self.commands, self.calls),
            *(self.outcome, self.answers, self.due, self.retries),
        )
