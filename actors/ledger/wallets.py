"""Wallets as customers see them: per currency what is free, what is held, and their sum."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from actors.ledger import chart
from actors.ledger.postings import Posting
from actors.ledger.states import AccountState, WalletState, account_key, wallet_key
from actors.runtime.decision import Key, View
from messages.ledger import Wallet, WalletBalance


def wallet_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """The wallets that these postings move, with both accounts that make up each balance."""
    keys: set[Key] = set()
    for posting in postings:
        owner = chart.wallet_owner(posting.account)
        if owner is not None:
            keys |= {
                wallet_key(tenant, owner),
                account_key(tenant, chart.wallet(owner), posting.currency),
                account_key(tenant, chart.wallet_holds(owner), posting.currency),
            }
    return keys


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
        before = known.wallet if known else None
        last = moved[key][1].wallet if key in moved else before or _new(owner, now, livemode)
        balance = balance_of(account.tenant, owner, account.currency, accounts, view)
        moved[key] = before, WalletState(account.tenant, _with(last, balance, before, now))
    return list(moved.values())


def _new(owner: str, now: datetime, livemode: bool) -> Wallet:
    return Wallet(id=owner, customer_id=owner, created_at=now, livemode=livemode)


def _with(wallet: Wallet, balance: WalletBalance, before: Wallet | None, now: datetime) -> Wallet:
    others = [other for other in wallet.balances if other.currency != balance.currency]
    balances = sorted([*others, balance], key=lambda one: one.currency)
    version = (before.version if before else 0) + 1
    return wallet.model_copy(update={"balances": balances, "version": version, "updated_at": now})


def balance_of(
    tenant: str, owner: str, currency: str, accounts: Mapping[Key, AccountState], view: View
) -> WalletBalance:
    """Of one currency, from the accounts just moved, else as they are known."""

    def of(path: str) -> int:
        key = account_key(tenant, path, currency)
        account: AccountState | None = accounts.get(key) or view[key]
        return account.balance if account else 0

    available, held = of(chart.wallet(owner)), of(chart.wallet_holds(owner))
    return WalletBalance(currency=currency, posted=available + held, held=held, available=available)
