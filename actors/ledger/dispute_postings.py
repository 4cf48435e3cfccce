"""Disputes as debits and credits."""

from collections.abc import Iterable

from actors.ledger import chart
from actors.ledger.postings import Posting, credit, debit, lines_of, netted, opposite, some
from messages.destinations import ToWallet
from messages.disputes import Dispute
from messages.ledger import Transaction


def withdrawn(dispute: Dispute) -> list[Posting]:
    """The provider took the amount and its fee from what it keeps for us, until it is decided who is right."""
    amount, fee, currency = dispute.amount_withdrawn, dispute.fee, dispute.currency
    return some(
        [
            debit(chart.DISPUTES_RECEIVABLE, amount, currency),
            debit(chart.DISPUTE_FEES, fee, currency),
            credit(chart.psp_available(dispute.provider), amount + fee, currency),
        ]
    )


def reinstated(dispute: Dispute, lost: Iterable[Transaction] = ()) -> list[Posting]:
    """Won: the amount is back, the fee only if the provider returns it. What was `lost` before is not lost any more."""
    undone = (opposite(line) for transaction in lost for line in lines_of(transaction))
    return netted([*_reinstated(dispute), *undone])


def _reinstated(dispute: Dispute) -> list[Posting]:
    amount, fee, currency = dispute.amount_withdrawn, dispute.fee_returned, dispute.currency
    return some(
        [
            debit(chart.psp_available(dispute.provider), amount + fee, currency),
            credit(chart.DISPUTES_RECEIVABLE, amount, currency),
            credit(chart.DISPUTE_FEES, fee, currency),
        ]
    )


def lost(dispute: Dispute, covered: int) -> list[Posting]:
    """A loss of ours; of a top-up the wallet pays as far as it is `covered`."""
    amount, currency = dispute.amount_withdrawn, dispute.currency
    owner = dispute.destination.customer_id if isinstance(dispute.destination, ToWallet) else None
    from_wallet = min(covered, amount) if owner else 0
    return some(
        [
            debit(chart.wallet(owner or dispute.customer_id), from_wallet, currency),
            debit(chart.CHARGEBACK_LOSSES, amount - from_wallet, currency),
            credit(chart.DISPUTES_RECEIVABLE, amount, currency),
        ]
    )


def touched(dispute: Dispute) -> list[Posting]:
    """Every account that a dispute may move, amounts aside."""
    one = dispute.model_copy(update={"amount_withdrawn": 2, "fee": 1, "fee_returned": 1})
    return [*withdrawn(one), *lost(one, covered=1)]
