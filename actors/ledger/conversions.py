"""An account's money in another currency: balanced in each of the two, with the rate kept."""

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
    must_be_allowed([line for line in lines if chart.spender(line.account) is None], wish.reason)
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
