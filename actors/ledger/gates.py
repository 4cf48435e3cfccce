"""Frozen accounts: requests stop before them, facts do not."""

from collections.abc import Iterable

from actors.ledger import chart
from actors.ledger.balances import CannotPost
from actors.ledger.keys import gate_key
from actors.ledger.postings import Posting
from actors.ledger.states import GateState
from actors.runtime.decision import Key, View


def gate_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """Of the accounts that can be frozen."""
    return {gate_key(tenant, path) for posting in postings for path in _gates_of(posting.account)}


def frozen_path(tenant: str, postings: Iterable[Posting], view: View) -> str | None:
    """The first account that is frozen, of those that are posted to or stand for them."""
    paths = (path for posting in postings for path in _gates_of(posting.account))
    return next((path for path in paths if _is_frozen(tenant, path, view)), None)


def must_pass(tenant: str, postings: Iterable[Posting], view: View) -> None:
    """For requests. Raises CannotPost."""
    frozen = frozen_path(tenant, postings, view)
    if frozen is not None:
        raise CannotPost("account_frozen", f"{frozen} is frozen until somebody unfreezes it.")


def _gates_of(path: str) -> tuple[str, ...]:
    """A wallet and what is held of it are frozen together: else a frozen one could be spent by its holds."""
    owner = chart.wallet_owner(path)
    if owner is not None:
        return chart.wallet(owner), chart.wallet_holds(owner)
    row = chart.class_of(path)
    return (path,) if row is not None and row.freezable else ()


def _is_frozen(tenant: str, path: str, view: View) -> bool:
    gate: GateState | None = view[gate_key(tenant, path)]
    return gate is not None and gate.status == "frozen"
