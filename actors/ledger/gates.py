"""Frozen accounts: requests stop before them, facts do not."""

from collections.abc import Iterable

from actors.ledger import chart
from actors.ledger.balances import CannotPost
from actors.ledger.keys import gate_key
from actors.ledger.postings import Posting
from actors.ledger.states import GateState
from actors.runtime.decision import Key, View


def gate_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """Of the accounts that can be frozen; of a wallet also what is held, and the reverse."""
    keys: set[Key] = set()
    for posting in postings:
        owner = chart.wallet_owner(posting.account)
        if owner is not None:
            keys |= {gate_key(tenant, chart.wallet(owner)), gate_key(tenant, chart.wallet_holds(owner))}
        elif _may_freeze(posting.account):
            keys.add(gate_key(tenant, posting.account))
    return keys


def frozen_path(tenant: str, postings: Iterable[Posting], view: View) -> str | None:
    """The first of the accounts that is frozen."""
    return next((posting.account for posting in postings if is_frozen(tenant, posting.account, view)), None)


def must_pass(tenant: str, postings: Iterable[Posting], view: View) -> None:
    """For requests. Raises CannotPost."""
    frozen = frozen_path(tenant, postings, view)
    if frozen is not None:
        raise CannotPost("account_frozen", f"{frozen} is frozen until somebody unfreezes it.")


def is_frozen(tenant: str, path: str, view: View) -> bool:
    """Whether requests must not use the path."""
    if not _may_freeze(path):
        return False
    gate: GateState | None = view[gate_key(tenant, path)]
    return gate is not None and gate.status == "frozen"


def _may_freeze(path: str) -> bool:
    row = chart.class_of(path)
    return row is not None and row.freezable
