"""What others say has happened, posted. A fact is never refused: it happened. One that cannot be posted raises."""

from collections.abc import Iterable
from datetime import datetime

from actors.ledger import dispute_postings, invoice_postings, payment_postings, payout_postings
from actors.ledger.closing import closed_by_fact
from actors.ledger.fact_sources import kind_of, source_of, sources_before
from actors.ledger.keys import account_key, hold_key, posted_key
from actors.ledger.postings import Draft, Posting, netted
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.states import AccountState, PostedState
from actors.runtime.decision import Decision, Heard, Key, View
from messages.disputes import Dispute
from messages.invoicing import CreditNote, Invoice
from messages.ledger import POSTED_EVENTS
from messages.payments import Payment, Refund, ToWallet
from messages.payouts import Payout


def fact_needs(heard: Heard, view: View) -> set[Key]:
    """From the event alone: what an earlier message of the same batch posts is not in the tables yet."""
    tenant, resource = heard.tenant, heard.data
    keys = record_keys(tenant, _touched(heard), heard.event.time, view)
    keys.add(posted_key(tenant, source_of(heard)))
    keys |= {posted_key(tenant, source) for source in sources_before(heard)}
    hold = getattr(resource, "hold", None)
    return keys | {hold_key(tenant, hold)} if hold else keys


def decide_fact(heard: Heard, view: View, now: datetime) -> Decision:
    """Exactly one transaction for the event, or none if it moves no money."""
    event, resource, source = heard.event, heard.data, source_of(heard)
    if _is_posted_for(view[posted_key(heard.tenant, source)], event.id):
        return Decision()
    postings = tuple(_postings(heard, view))
    if not postings and _may_move_nothing(heard):
        return Decision()
    reference = getattr(resource, "provider_reference", None)
    draft = Draft(source, event.time, postings, event.id, provider_reference=reference)
    origin = origin_of(heard, now, event.about)
    recorded = record(draft, view, origin)
    if _takes_its_hold(heard):
        return closed_by_fact(resource, recorded, view, origin)
    return Decision(states=recorded.states, events=recorded.events, due=recorded.due)


def _is_posted_for(posted: PostedState | None, event_id: str) -> bool:
    """Said once more, the same event changes nothing; another one for the same cause is not let through."""
    return posted is not None and posted.transaction.event == event_id


def _may_move_nothing(heard: Heard) -> bool:
    """Of some events each must be posted, but for what a wallet paid: that was posted by request."""
    return heard.event.type not in POSTED_EVENTS or heard.data.provider == "wallet"


def _takes_its_hold(heard: Heard) -> bool:
    match heard.data:
        case Refund(destination=ToWallet()):
            return heard.event.type == "refund.created"
        case Payout(purpose="withdrawal"):
            return heard.event.type == "payout.sent"
        case _:
            return False


def _postings(heard: Heard, view: View) -> list[Posting]:
    match heard.data:
        case Payment() as payment:
            return _of_payment(heard, payment)
        case Refund() as refund:
            return _of_refund(heard, refund, view)
        case Dispute() as dispute:
            return _of_dispute(heard, dispute, view)
        case Payout() as payout:
            return _of_payout(heard, payout)
        case Invoice() | CreditNote():
            return _of_invoice(heard, view)
        case other:
            raise ValueError(f"no posting is known for a {type(other).__name__}")


def _of_payment(heard: Heard, payment: Payment) -> list[Posting]:
    """What a wallet paid was posted by request, before the payment succeeded."""
    if heard.event.type == "payment.succeeded":
        return [] if payment.provider == "wallet" else payment_postings.captured(payment)
    changes = heard.event.changes
    lines: list[Posting] = []
    if "fee" in changes:
        lines += payment_postings.fee_known(payment, changes["fee"] or 0)
    if "amount_available" in changes:
        lines += payment_postings.made_available(payment, changes["amount_available"] or 0)
    return netted(lines)


def _of_refund(heard: Heard, refund: Refund, view: View) -> list[Posting]:
    match kind_of(heard):
        case "accepted":
            return payment_postings.accepted(refund)
        case "booked":
            return payment_postings.booked(refund)
        case _:
            return payment_postings.undone(posted.transaction for posted in _posted_before(heard, view))


def _of_dispute(heard: Heard, dispute: Dispute, view: View) -> list[Posting]:
    match kind_of(heard):
        case "withdrawn":
            return dispute_postings.withdrawn(dispute)
        case "reinstated":
            lost = (posted.transaction for posted in _posted_before(heard, view))
            return dispute_postings.reinstated(dispute, lost)
        case _ if _posted_before(heard, view):
            return []  # the money is back already: there is nothing to lose
        case _:
            return dispute_postings.lost(dispute, _covered(heard, dispute, view))


def _covered(heard: Heard, dispute: Dispute, view: View) -> int:
    """What is in the wallet of a top-up; an overdraft is not for losses."""
    if not isinstance(dispute.destination, ToWallet):
        return 0
    path = payment_postings.wallet_of(dispute.destination)
    account: AccountState | None = view[account_key(heard.tenant, path, dispute.currency)]
    return max(0, account.balance) if account else 0


def _of_payout(heard: Heard, payout: Payout) -> list[Posting]:
    """What failed before it was sent has not moved: its hold is void."""
    before = heard.event.changes.get("status")
    match kind_of(heard), payout.purpose:
        case "created", "settlement":
            return payout_postings.settlement_created(payout)
        case "paid", "settlement":
            return payout_postings.settlement_paid(payout)
        case "failed", "settlement":
            return payout_postings.settlement_failed(payout, was_paid=before == "paid")
        case "sent", "withdrawal":
            return payout_postings.withdrawal_sent(payout)
        case "paid", "withdrawal":
            return payout_postings.withdrawal_paid(payout)
        case "failed", "withdrawal" if before != "pending":
            return payout_postings.withdrawal_failed(payout, was_paid=before == "paid")
        case _:
            return []


def _of_invoice(heard: Heard, view: View) -> list[Posting]:
    match heard.data, kind_of(heard):
        case CreditNote() as note, "issued":
            return invoice_postings.credited(note)
        case CreditNote() as note, "voided":
            return invoice_postings.uncredited(note)
        case CreditNote() as note, _:
            return invoice_postings.settled(note, heard.event.changes.get("wallet_amount", note.wallet_amount))
        case invoice, "finalized":
            return invoice_postings.finalized(invoice)
        case invoice, "uncollectible":
            return invoice_postings.uncollectible(invoice)
        case invoice, "recovered":
            return payment_postings.undone(posted.transaction for posted in _posted_before(heard, view))
        case invoice, kind if kind.startswith("outside:"):
            return invoice_postings.paid_outside(invoice, heard.event.changes["amount_paid_outside"])
        case invoice, _:
            given_up = payment_postings.undone(posted.transaction for posted in _posted_before(heard, view))
            return netted([*invoice_postings.voided(invoice), *given_up])


def _posted_before(heard: Heard, view: View) -> list[PostedState]:
    found = [view[posted_key(heard.tenant, source)] for source in sources_before(heard)]
    return [posted for posted in found if posted is not None]


def _touched(heard: Heard) -> Iterable[Posting]:
    """Every account that the event may move, amounts aside."""
    match heard.data:
        case Payment() as payment if heard.event.type == "payment.succeeded":
            return payment_postings.captured(payment)
        case Payment() as payment:
            return [*payment_postings.fee_known(payment, -1), *payment_postings.made_available(payment, -1)]
        case Refund() as refund:
            return [*payment_postings.accepted(refund), *payment_postings.booked(refund)]
        case Dispute() as dispute:
            return dispute_postings.touched(dispute)
        case Payout() as payout:
            return payout_postings.touched(payout)
        case Invoice() as invoice:
            return invoice_postings.touched(invoice)
        case CreditNote() as note:
            return invoice_postings.touched_by_note(note)
        case _:
            return []
