"""Rules of the books that the monitor found broken, or whole again: said, and the accounts concerned frozen."""

from datetime import datetime

from actors.ledger.freezing import frozen, gate_needs
from actors.ledger.keys import invariant_key
from actors.ledger.states import InvariantState
from actors.runtime.decision import Asked, Decision, Done, Key, Said, View
from messages.ledger import Invariant
from messages.ledger_commands import ReportInvariant


def report_needs(asked: Asked, view: View) -> set[Key]:
    """The invariant, and the accounts that may have to be frozen."""
    wish: ReportInvariant = asked.data
    keys = {invariant_key(asked.tenant, asked.command.subject)}
    return keys.union(*(gate_needs(asked.tenant, path, view) for path in wish.accounts))


def report(asked: Asked, view: View, now: datetime) -> Decision:
    """`invariant.report`: 200 with the invariant. What is mended is not unfrozen: that is for a person to do."""
    wish: ReportInvariant = asked.data
    id_ = asked.command.subject
    known: InvariantState | None = view[invariant_key(asked.tenant, id_)]
    before = known.invariant if known else None
    status = "breached" if wish.figure else "restored"
    after = Invariant(
        id=id_,
        status=status,
        title=wish.title,
        figure=wish.figure,
        detail=wish.detail,
        accounts=wish.accounts,
        version=(before.version if before else 0) + 1,
        updated_at=now,
    )
    reason = f"{id_} is broken: {wish.detail}"[:500]
    turned = frozen(asked.tenant, wish.accounts if wish.figure else (), reason, view, now)
    return Decision(
        states=(InvariantState(asked.tenant, after), *(state for each in turned for state in each.states)),
        events=(Said(f"ledger.invariant.{status}", after, before), *(each.said for each in turned)),
        outcome=Done(200, after),
    )
