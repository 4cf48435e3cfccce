"""From a draft to a posted transaction: running balances, floors and bounds."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from actors.ledger import chart
from actors.ledger.keys import account_key, wallet_key
from actors.ledger.postings import Draft, Posting
from actors.ledger.states import AccountState, WalletState
from actors.runtime.decision import Key, View
from messages.ids import derived_id
from messages.ledger import EntryLine
from messages.ledger_commands import POSTINGS_MAX
from messages.money import AMOUNT_MAX
from messages.wire import Json


class CannotPost(ValueError):
    """The books would be wrong after this. A request is refused with `code` and `extra`, a fact is put aside."""

    def __init__(self, code: str, detail: str, short_of: AccountState | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.short_of = short_of
        self.extra: Json = dict(extra)


class Moved(NamedTuple):
    """Entries in the order of their postings, and the accounts after them."""

    lines: list[EntryLine]
    accounts: dict[Key, AccountState]


def account_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """The accounts that must be known before these can be posted."""
    return {account_key(tenant, posting.account, posting.currency) for posting in postings}


def move(draft: Draft, tenant: str, view: View, now: datetime, cause: str) -> Moved:
    """What the postings make of the accounts; all ids follow from the cause. Raises CannotPost."""
    check_shape(draft.postings)
    accounts: dict[Key, AccountState] = {}
    lines: list[EntryLine] = []
    seed = (cause, draft.source.type, draft.source.id, draft.source.kind)
    for number, posting in enumerate(draft.postings):
        key = account_key(tenant, posting.account, posting.currency)
        before = accounts.get(key) or view[key] or _new(tenant, posting, view)
        after = accounts[key] = moved(before, posting)
        lines.append(
            EntryLine(
                id=derived_id("ent", now, *seed, str(number)),
                account=posting.account,
                side=posting.side,
                amount=posting.amount,
                currency=posting.currency,
                balance_after=after.balance,
                account_version=after.version,
            )
        )
    return Moved(lines, accounts)


def moved(account: AccountState, posting: Posting) -> AccountState:
    """The account after one posting."""
    row = chart.class_of(posting.account)
    if row is None:
        raise CannotPost("account_not_allowed", f"The chart has no account {posting.account}.")
    balance = account.balance + (posting.amount if posting.side == row.normal_side else -posting.amount)
    if abs(balance) > AMOUNT_MAX:
        raise CannotPost("balance_overflow", f"{posting.account} would hold {balance} {posting.currency}.")
    if account.floor is not None and balance < account.floor:
        raise _short(account, balance)
    # Spelled out, because `replace` takes as long as all the rest of this, and everything passes through here.
    return AccountState(account.tenant, account.path, account.currency, balance, account.version + 1, account.floor)


def _new(tenant: str, posting: Posting, view: View) -> AccountState:
    floor = floor_of(tenant, posting.account, posting.currency, view)
    return AccountState(tenant, posting.account, posting.currency, floor=floor)


def floor_of(tenant: str, path: str, currency: str, view: View) -> int | None:
    """How low an account may go that has no entries yet: a wallet as far as its overdraft limit."""
    owner = chart.spender(path)
    if owner is not None:
        wallet: WalletState | None = view[wallet_key(tenant, owner)]
        return -(wallet.limits.get(currency, 0) if wallet else 0)
    row = chart.class_of(path)
    return row.floor if row else None


def _short(account: AccountState, balance: int) -> CannotPost:
    detail = f"{account.path} would hold {balance} {account.currency}; at least {account.floor} must stay."
    return CannotPost("insufficient_funds", detail, short_of=account)


def check_shape(postings: tuple[Posting, ...]) -> None:
    """What every transaction is, whatever the balances. Raises CannotPost."""
    if len(postings) < 2:
        raise CannotPost("too_few_postings", "A transaction has at least two postings.")
    if len(postings) > POSTINGS_MAX:
        raise CannotPost("too_many_postings", f"A transaction has at most {POSTINGS_MAX:,} postings.")
    sums: defaultdict[str, int] = defaultdict(int)
    sides: dict[tuple[str, str], str] = {}
    for posting in postings:
        if posting.amount < 1:
            raise CannotPost("amount_too_small", f"{posting.amount} on {posting.account} is no amount to post.")
        if posting.amount > AMOUNT_MAX:
            raise CannotPost("amount_too_large", f"{posting.amount} on {posting.account} is more than can be kept.")
        if sides.setdefault((posting.account, posting.currency), posting.side) != posting.side:
            raise CannotPost("same_account", f"{posting.account} is on both sides.")
        sums[posting.currency] += posting.amount if posting.side == "debit" else -posting.amount
    if any(sums.values()):
        off = ", ".join(f"{amount} {currency}" for currency, amount in sums.items() if amount)
        raise CannotPost("unbalanced", f"Debits less credits are {off}; they must be 0 in each currency.")
