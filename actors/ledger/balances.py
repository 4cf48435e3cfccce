"""From a draft to a posted transaction: running balances, floors and bounds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from actors.ledger.chart import class_of
from actors.ledger.postings import Draft, Posting
from actors.ledger.states import AccountState, account_key
from actors.runtime.decision import Key, View
from messages.ids import derived_id
from messages.ledger import EntryLine, Transaction
from messages.money import AMOUNT_MAX


class CannotPost(ValueError):
    """The books would be wrong after this. A request is refused with `code`, a fact is put aside."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def account_keys(tenant: str, postings: Iterable[Posting]) -> set[Key]:
    """The accounts that must be known before these can be posted."""
    return {account_key(tenant, posting.account, posting.currency) for posting in postings}


def post(
    draft: Draft, tenant: str, view: View, now: datetime, cause: str, livemode: bool
) -> tuple[Transaction, dict[Key, AccountState]]:
    """The transaction and its accounts afterwards; all ids follow from the cause. Raises CannotPost."""
    _check_shape(draft.postings)
    accounts: dict[Key, AccountState] = {}
    lines: list[EntryLine] = []
    seed = (cause, draft.source.type, draft.source.id, draft.source.kind)
    for number, posting in enumerate(draft.postings):
        key = account_key(tenant, posting.account, posting.currency)
        before = accounts.get(key) or view[key] or AccountState(tenant, posting.account, posting.currency)
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
    transaction = Transaction(
        id=derived_id("txn", now, *seed),
        source=draft.source,
        event=draft.event,
        effective_at=draft.effective_at,
        entries=lines,
        created_at=now,
        recorded_at=now,
        updated_at=now,
        livemode=livemode,
    )
    return transaction, accounts


def moved(account: AccountState, posting: Posting) -> AccountState:
    """The account after one posting."""
    row = class_of(posting.account)
    if row is None:
        raise CannotPost("account_not_allowed", f"The chart has no account {posting.account}.")
    balance = account.balance + (posting.amount if posting.side == row.normal_side else -posting.amount)
    if abs(balance) > AMOUNT_MAX:
        raise CannotPost("balance_overflow", f"{posting.account} would hold {balance} {posting.currency}.")
    if row.floor is not None and balance < row.floor:
        raise CannotPost("insufficient_funds", f"{posting.account} would hold {balance} {posting.currency}.")
    return replace(account, balance=balance, version=account.version + 1)


def _check_shape(postings: tuple[Posting, ...]) -> None:
    if len(postings) < 2:
        raise CannotPost("too_few_postings", "A transaction has at least two postings.")
    sums: defaultdict[str, int] = defaultdict(int)
    for posting in postings:
        if posting.amount < 1:
            raise CannotPost("amount_too_small", f"{posting.amount} on {posting.account} is no amount to post.")
        sums[posting.currency] += posting.amount if posting.side == "debit" else -posting.amount
    if any(sums.values()):
        raise CannotPost("unbalanced", f"Debits less credits are {dict(sums)}.")
