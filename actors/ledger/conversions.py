"""An account's money in another currency: balanced in each of the two, with the rate kept."""

from collections.abc import Sequence
from datetime import datetime

from actors.ledger import chart
from actors.ledger.balances import CannotPost
from actors.ledger.keys import posted_key
from actors.ledger.manual import must_be_allowed
from actors.ledger.postings import Draft, Posting, increase, opposite
from actors.ledger.record import origin_of, record, record_keys
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, View
from messages.envelope import About
from messages.ledger import Conversion, Source
from messages.ledger_commands import CreateConversion
from messages.money import AMOUNT_MAX, converted


def convert_needs(asked: Asked, view: View) -> set[Key]:
    """The account or accounts, and that of gains and losses."""
    wish: CreateConversion = asked.data
    keys = {posted_key(asked.tenant, _source(asked))}
    return keys | record_keys(asked.tenant, converted_lines(wish, max(1, _bought(wish))), wish.effective_at, view)


def convert(asked: Asked, view: View, now: datetime) -> Decision:
    """`conversion.create`: 201 with the transaction. Raises CannotPost."""
    wish: CreateConversion = asked.data
    if view[posted_key(asked.tenant, _source(asked))] is not None:
        return Decision(outcome=Refused("already_exists", f"There is a conversion {asked.command.subject} already."))
    to_amount = _checked(wish)
    lines = converted_lines(wish, to_amount)
    _must_be_allowed(wish, lines)
    draft = Draft(
        _source(asked),
        wish.effective_at or now,
        tuple(lines),
        conversion=Conversion(
            from_amount=wish.from_amount,
            from_currency=wish.from_currency,
            to_amount=to_amount,
            to_currency=wish.to_currency,
            rate=wish.rate,
        ),
        description=wish.description,
        metadata=wish.metadata,
    )
    about = About(customer_id=chart.wallet_owner(wish.from_account))
    recorded = record(draft, view, origin_of(asked, now, about))
    outcome = Done(201, recorded.transaction)
    return Decision(states=recorded.states, events=recorded.events, outcome=outcome, due=recorded.due)


def _must_be_allowed(wish: CreateConversion, lines: Sequence[Posting]) -> None:
    """A customer's money becomes theirs in another currency; anything else is a posting by hand. Raises CannotPost."""
    to_account = wish.to_account or wish.from_account
    rows = [chart.class_of(path) for path in (wish.from_account, to_account)]
    if rows[0] and rows[1] and rows[0].normal_side != rows[1].normal_side:
        detail = f"{wish.from_account} and {to_account} have different sides: post a transaction instead."
        raise CannotPost("account_not_allowed", detail)
    owned = to_account == wish.from_account
    must_be_allowed([line for line in lines if not owned or chart.spender(line.account) is None], wish.reason)


def _checked(wish: CreateConversion) -> int:
    if wish.from_currency == wish.to_currency:
        raise CannotPost("currency_mismatch", f"Both currencies are {wish.to_currency}.")
    amount = _bought(wish)
    if amount < 1:
        raise CannotPost("amount_too_small", f"At {wish.rate} nothing is left of {wish.from_amount}.")
    if amount > AMOUNT_MAX:
        raise CannotPost("amount_too_large", f"At {wish.rate} it would be {amount} {wish.to_currency}.")
    if wish.to_amount not in (None, amount):
        detail = f"At {wish.rate}, {wish.from_amount} {wish.from_currency} are {amount} {wish.to_currency}."
        raise CannotPost("unbalanced", detail)
    return amount


def _bought(wish: CreateConversion) -> int:
    return converted(wish.from_amount, wish.from_currency, wish.to_currency, wish.rate)


def _source(asked: Asked) -> Source:
    return Source(type="conversion", id=asked.command.subject, kind="converted")


def converted_lines(wish: CreateConversion, to_amount: int) -> list[Posting]:
    """What leaves in one currency arrives in the other; the account of gains and losses stands between."""
    leaves = opposite(increase(wish.from_account, wish.from_amount, wish.from_currency))
    arrives = increase(wish.to_account or wish.from_account, to_amount, wish.to_currency)
    between = [opposite(Posting(chart.FX, line.side, line.amount, line.currency)) for line in (leaves, arrives)]
    return [leaves, between[0], between[1], arrives]
