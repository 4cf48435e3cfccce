"""Accounts that requests must not use: by hand, or because an invariant of theirs is broken."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from actors.ledger import chart
from actors.ledger.keys import account_key, gate_key, path_key, wallet_key
from actors.ledger.refusals import not_found, wrong_state
from actors.ledger.states import AccountState, GateState, PathState, WalletState
from actors.ledger.wallets import new_wallet
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, State, View
from messages.envelope import About
from messages.ids import account_id
from messages.ledger import Account, AccountBalance

Status = Literal["open", "frozen"]


class Turned(NamedTuple):
    """A path whose gate has opened or closed."""

    states: tuple[State, ...]
    said: Said
    account: Account


def freeze_needs(asked: Asked, view: View) -> set[Key]:
    """Of the one path."""
    return gate_needs(asked.tenant, asked.data.path, view)


def gate_needs(tenant: str, path: str, view: View) -> set[Key]:
    """The gate, the accounts behind it, and the wallet if it is one's."""
    keys = {gate_key(tenant, path), path_key(tenant, path)}
    owner = chart.spender(path)
    if owner is not None:
        keys.add(wallet_key(tenant, owner))
    known: PathState | None = view.get(path_key(tenant, path))
    currencies = [balance.currency for balance in known.account.balances] if known else []
    return keys | {account_key(tenant, path, currency) for currency in currencies}


def freeze(asked: Asked, view: View, now: datetime) -> Decision:
    """`account.freeze`: 200 with the account."""
    return _turn(asked, view, now, "frozen")


def unfreeze(asked: Asked, view: View, now: datetime) -> Decision:
    """`account.unfreeze`: 200 with the account."""
    return _turn(asked, view, now, "open")


def frozen(tenant: str, paths: Iterable[str], reason: str, view: View, now: datetime) -> list[Turned]:
    """Those of the paths that may be frozen and are not."""
    turned: list[Turned] = []
    for path in dict.fromkeys(paths):
        row, gate = chart.class_of(path), view[gate_key(tenant, path)]
        if row is not None and row.freezable and (gate is None or gate.status == "open"):
            turned.append(_turned(tenant, path, "frozen", reason, view, now, livemode=False))
    return turned


def _turn(asked: Asked, view: View, now: datetime, status: Status) -> Decision:
    tenant, path = asked.tenant, asked.data.path
    row = chart.class_of(path)
    if row is None:
        return Decision(outcome=not_found("account", path))
    if not row.freezable:
        detail = f"{path} is used by everybody: only wallets, holds and user: accounts can be frozen."
        return Decision(outcome=Refused("account_not_allowed", detail))
    gate: GateState | None = view[gate_key(tenant, path)]
    if (gate.status if gate else "open") == status:
        other = "open" if status == "frozen" else "frozen"
        return Decision(outcome=wrong_state("ledger_account", path, status, other))
    turned = _turned(tenant, path, status, asked.data.reason, view, now, livemode=asked.command.livemode)
    return Decision(states=turned.states, events=(turned.said,), outcome=Done(200, turned.account))


def _turned(
    tenant: str, path: str, status: Status, reason: str | None, view: View, now: datetime, *, livemode: bool
) -> Turned:
    before: GateState | None = view[gate_key(tenant, path)]
    gate = GateState(tenant, path, status, reason, (before.version if before else 0) + 1, now)
    account = _account(gate, view)
    owner = chart.spender(path)
    fact = "frozen" if status == "frozen" else "unfrozen"
    if owner is None:
        return Turned((gate,), Said(f"ledger.account.{fact}", account), account)
    known: WalletState | None = view[wallet_key(tenant, owner)]
    state = known or new_wallet(tenant, owner, now, livemode)
    changes = {"status": "frozen" if status == "frozen" else "active", "updated_at": now}
    wallet = state.wallet.model_copy(update={**changes, "version": state.wallet.version + 1})
    said = Said(f"wallet.{fact}", wallet, known.wallet if known else None, About(customer_id=owner))
    return Turned((gate, replace(state, wallet=wallet)), said, account)


def _account(gate: GateState, view: View) -> Account:
    row = chart.class_of(gate.path)
    assert row is not None, f"{gate.path} is in no chart"
    known: PathState | None = view[path_key(gate.tenant, gate.path)]
    return Account(
        id=account_id(gate.path),
        path=gate.path,
        status=gate.status,
        normal_side=row.normal_side,
        floor=row.floor,
        balances=[_balance(gate, each, view) for each in (known.account.balances if known else [])],
        version=gate.version,
    )


def _balance(gate: GateState, read: AccountBalance, view: View) -> AccountBalance:
    account: AccountState | None = view[account_key(gate.tenant, gate.path, read.currency)]
    if account is None:
        return read
    return AccountBalance(currency=read.currency, posted=account.balance, version=account.version)
