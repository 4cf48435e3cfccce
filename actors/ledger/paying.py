"""What is paid from a wallet at once, and revenue that a day has earned: requests of other actors."""

from datetime import UTC, datetime, timedelta

from actors.ledger import invoice_postings, payment_postings
from actors.ledger.dating import period_keys
from actors.ledger.keys import posted_key
from actors.ledger.postings import Draft, Posting
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.states import PostedState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, View
from messages.envelope import About
from messages.ledger import Source
from messages.ledger_commands import PayFromWallet, RecognizeRevenue


def pay_needs(asked: Asked, view: View) -> set[Key]:
    """The wallet, and where its money goes."""
    return _needs(asked, _paid_for(asked), _pay_lines(asked.data), view)


def pay(asked: Asked, view: View, now: datetime) -> Decision:
    """`wallet.pay`: 201 with the transaction. Raises CannotPost."""
    wish: PayFromWallet = asked.data
    about = About(customer_id=wish.customer_id, payment=asked.command.subject)
    return _post(asked, Draft(_paid_for(asked), now, tuple(_pay_lines(wish))), about, view, now)


def recognize_needs(asked: Asked, view: View) -> set[Key]:
    """The two accounts of revenue."""
    wish: RecognizeRevenue = asked.data
    lines = invoice_postings.recognized(wish.amount, wish.currency)
    return _needs(asked, _rendered(wish), lines, view) | period_keys(asked.tenant, _end_of(wish.day), view)


def recognize(asked: Asked, view: View, now: datetime) -> Decision:
    """`revenue.recognize`: 201 with the transaction, dated to the day's end, or after the months that are closed.

    What is earned is earned: only amounts that cannot be posted raise CannotPost.
    """
    wish: RecognizeRevenue = asked.data
    lines = invoice_postings.recognized(wish.amount, wish.currency)
    draft = Draft(_rendered(wish), min(now, _end_of(wish.day)), tuple(lines), unstoppable=True)
    return _post(asked, draft, About(), view, now)


def _paid_for(asked: Asked) -> Source:
    return Source(type="payment", id=asked.command.subject, kind="captured")


def _rendered(wish: RecognizeRevenue) -> Source:
    of_clock = f":{wish.clock}" if wish.clock else ""
    return Source(type="revenue", id=wish.currency, kind=f"recognition:{wish.day}{of_clock}")


def _pay_lines(wish: PayFromWallet) -> list[Posting]:
    return payment_postings.paid_from_wallet(wish.customer_id, wish.destination, wish.amount, wish.currency)


def _needs(asked: Asked, source: Source, lines: list[Posting], view: View) -> set[Key]:
    return {posted_key(asked.tenant, source)} | record_keys(asked.tenant, lines, None, view)


def _end_of(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1, milliseconds=-1)


def _post(asked: Asked, draft: Draft, about: About, view: View, now: datetime) -> Decision:
    source = draft.source
    posted: PostedState | None = view[posted_key(asked.tenant, source)]
    if posted is not None:
        detail = f"{source.type} {source.id} was posted as {source.kind} already."
        return Decision(outcome=Refused("already_exists", detail, {"transaction": posted.transaction.id}))
    recorded = record(draft, view, origin_of(asked, now, about))
    outcome = Done(201, recorded.transaction)
    return Decision(states=recorded.states, events=recorded.events, outcome=outcome, due=recorded.due)
