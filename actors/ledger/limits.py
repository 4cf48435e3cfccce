"""How far a wallet may go below nothing."""

from dataclasses import replace
from datetime import datetime

from actors.ledger import chart
from actors.ledger.keys import account_key, wallet_key
from actors.ledger.states import AccountState, FloorState, WalletState
from actors.ledger.wallets import balance_of, keys_of_wallet, new_wallet, with_balances
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, State, View
from messages.envelope import About
from messages.ledger_commands import SetOverdraftLimits
from messages.wallets import WalletBalance


def limit_needs(asked: Asked, _: View) -> set[Key]:
    """The wallet in all currencies that are named."""
    wish: SetOverdraftLimits = asked.data
    keys = {wallet_key(asked.tenant, asked.command.subject)}
    named = (keys_of_wallet(asked.tenant, asked.command.subject, currency) for currency in wish.overdraft_limits)
    return keys.union(*named)


def limit(asked: Asked, view: View, now: datetime) -> Decision:
    """`wallet.limit`: 200 with the wallet. What is overdrawn already must come back before the limit can go below."""
    wish: SetOverdraftLimits = asked.data
    tenant, owner = asked.tenant, asked.command.subject
    known: WalletState | None = view[wallet_key(tenant, owner)]
    version = known.wallet.version if known else 0
    if wish.expected_version not in (None, version):
        return Decision(outcome=_changed(owner, version))
    before = known or new_wallet(tenant, owner, now, asked.command.livemode)
    limits = {**before.limits, **wish.overdraft_limits}
    balances = [_limited(tenant, owner, currency, limits, view) for currency in wish.overdraft_limits]
    for balance in balances:
        if balance.available < -balance.overdraft_limit:
            return Decision(outcome=_too_low(owner, balance))
    after = with_balances(before, balances, known.wallet if known else None, now)
    after = replace(after, limits={currency: most for currency, most in limits.items() if most})
    floors = [state for balance in balances for state in _floor(tenant, owner, balance, view)]
    said = Said("wallet.limits_changed", after.wallet, known.wallet if known else None, About(customer_id=owner))
    return Decision(states=(after, *floors), events=(said,), outcome=Done(200, after.wallet))


def _limited(tenant: str, owner: str, currency: str, limits: dict[str, int], view: View) -> WalletBalance:
    balance = balance_of(tenant, owner, currency, {}, view)
    return balance.model_copy(update={"overdraft_limit": limits[currency]})


def _floor(tenant: str, owner: str, balance: WalletBalance, view: View) -> list[State]:
    """An account that is not there yet gets its floor from the wallet with its first entry."""
    account: AccountState | None = view[account_key(tenant, chart.wallet(owner), balance.currency)]
    if account is None or account.floor == -balance.overdraft_limit:
        return []
    lowered = replace(account, floor=-balance.overdraft_limit)
    return [lowered, FloorState(lowered)]


def _changed(owner: str, version: int) -> Refused:
    detail = f"The wallet is in version {version} by now: read it again."
    return Refused("version_conflict", detail, {"resource": {"object": "wallet", "id": owner}})


def _too_low(owner: str, balance: WalletBalance) -> Refused:
    detail = (
        f"The wallet is overdrawn by {-balance.available} {balance.currency}: "
        f"the limit can be {balance.overdraft_limit} once so much has come back."
    )
    wallet = {"object": "wallet", "id": owner}
    where = {"resource": wallet, "status_now": "overdrawn", "allowed_from": ["covered"]}
    return Refused("wrong_state", detail, where)
