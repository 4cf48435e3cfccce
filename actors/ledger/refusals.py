"""Why the books say no, in the words that a client gets."""

from actors.ledger import chart
from actors.ledger.balances import CannotPost
from actors.ledger.states import AccountState
from actors.ledger.wallets import balance_of
from actors.runtime.decision import Refused, View
from messages.wire import json_of


def refusal_of(no: CannotPost, tenant: str, view: View) -> Refused:
    """Of a wallet that holds too little its balance is told as well."""
    short: AccountState | None = no.short_of
    owner = chart.spender(short.path) if short else None
    if short is None or owner is None:
        return Refused(no.code, no.detail, no.extra)
    balance = balance_of(tenant, owner, short.currency, {}, view)
    spendable = balance.available + balance.overdraft_limit
    detail = f"The wallet of {owner} has {spendable} {short.currency} to spend, which is not enough."
    return Refused(no.code, detail, {**no.extra, "balance": json_of(balance)})


def not_found(what: str, id_: str) -> Refused:
    """There is none, or it is another tenant's."""
    return Refused("not_found", f"There is no {what} {id_}.")


def wrong_state(what: str, id_: str, status: str, allowed: str) -> Refused:
    """It is there, and not in the one state that allows this."""
    where = {"resource": {"object": what, "id": id_}, "status_now": status, "allowed_from": [allowed]}
    return Refused("wrong_state", f"The {what.replace('_', ' ')} is {status}, not {allowed}.", where)
