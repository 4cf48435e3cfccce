"""Wallets as customers see them: per currency what is free, what is held, their sum, and how far they may overdraw."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from actors.ledger import chart
from actors.ledger.balances import CannotPost
from actors.ledger.keys import account_key, wallet_key
from actors.ledger.postings import Posting
from actors.ledger.states import AccountState, WalletState
from actors.runtime.decision import Key, View
from messages.money import AMOUNT_MAX
from messages.wallets import Wallet, WalletBalance


def wallet_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """The wallets that these postings move, with both accounts that make up each balance."""
    keys: set[Key] = set()
    for posting in postings:
        owner = chart.wallet_owner(posting.account)
        if owner is not None:
            keys |= keys_of_wallet(tenant, owner, posting.currency)
    return keys


def keys_of_wallet(tenant: str, owner: str, currency: str) -> set[Key]:
    """Of one wallet in one currency."""
    return {
        wallet_key(tenant, owner),
        account_key(tenant, chart.wallet(owner), currency),
        account_key(tenant, chart.wallet_holds(owner), currency),
    }


def moved_wallets(
    accounts: Mapping[Key, AccountState], view: View, now: datetime, livemode: bool
) -> list[tuple[Wallet | None, WalletState]]:
    """Each wallet before and after a transaction that left these accounts behind; one new version each."""
    moved: dict[Key, tuple[Wallet | None, WalletState]] = {}
    for account in accounts.values():
        owner = chart.wallet_owner(account.path)
        if owner is None:
            continue
        key = wallet_key(account.tenant, owner)
        known: WalletState | None = view[key]
        last = moved[key][1] if key in moved else known or new_wallet(account.tenant, owner, now, livemode)
        balance = balance_of(account.tenant, owner, account.currency, accounts, view)
        before = known.wallet if known else None
        moved[key] = before, with_balances(last, [balance], before, now)
    return list(moved.values())


def new_wallet(tenant: str, owner: str, now: datetime, livemode: bool) -> WalletState:
    """Of a customer without one."""
    return WalletState(tenant, Wallet(id=owner, customer_id=owner, created_at=now, livemode=livemode))


def with_balances(
    state: WalletState, balances: list[WalletBalance], before: Wallet | None, now: datetime
) -> WalletState:
    """The wallet with these balances in place of those of their currencies, one version after `before`."""
    newer = {balance.currency for balance in balances}
    others = [other for other in state.wallet.balances if other.currency not in newer]
    merged = sorted([*others, *balances], key=_currency) if others else balances
    version = (before.version if before else 0) + 1
    wallet = state.wallet.model_copy(update={"balances": merged, "version": version, "updated_at": now})
    return WalletState(state.tenant, wallet, state.limits)


def _currency(balance: WalletBalance) -> str:
    return balance.currency


def balance_of(
    tenant: str, owner: str, currency: str, accounts: Mapping[Key, AccountState], view: View
) -> WalletBalance:
    """Of one currency, from the accounts just moved, else as they are known. Raises CannotPost."""

    def of(path: str) -> int:
        key = account_key(tenant, path, currency)
        account: AccountState | None = accounts.get(key) or view[key]
        return account.balance if account else 0

    wallet: WalletState | None = view[wallet_key(tenant, owner)]
    limit = wallet.limits.get(currency, 0) if wallet else 0
    available, held = of(chart.wallet(owner)), of(chart.wallet_holds(owner))
    posted = available + held
    if posted > AMOUNT_MAX:
        raise CannotPost("balance_overflow", f"The wallet of {owner} would hold {posted} {currency}, held money too.")
    return WalletBalance(currency=currency, posted=posted, held=held, available=available, overdraft_limit=limit)
