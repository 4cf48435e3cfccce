"""What would bring the ledger to what the provider says. What nobody can explain yet goes to `suspense`."""

from collections.abc import Iterable, Mapping
from typing import Final

from actors.payments.comparing import Finding
from messages.destinations import Sale, ToWallet, tax_inside
from messages.ledger import Side
from messages.money import AMOUNT_MAX
from messages.reconciliation import Ours, Proposed, ProposedPosting, Unit

SUSPENSE: Final = "suspense"
MOVED: Final[Mapping[str, str]] = {
    "payment": "payment.succeeded",
    "refund": "refund.succeeded",
    "dispute": "dispute.funds_withdrawn",
    "payout": "payout.sent",
}
CAME_BACK: Final[Mapping[str, str]] = {
    "refund": "refund.failed",
    "dispute": "dispute.funds_reinstated",
    "payout": "payout.failed",
}
FEES: Final = "expenses:processing_fees"
DISPUTE_FEES: Final = "expenses:dispute_fees"


def proposed(provider: str, unit: Unit, finding: Finding) -> Proposed:
    """The correction of a difference; of what is only late there is none."""
    match finding.class_:
        case "timing":
            return Proposed()
        case "lost_webhook":
            return Proposed(action="look_up")
        case "missing_posting":
            assert unit.ours is not None, "what is nobody's has no posting to miss"
            lines = _main_lines(provider, unit.ours, finding)
            return Proposed(action="post_fact", postings=lines, missed=_missed(unit.ours, finding))
        case _:
            postings = _to_the_provider(provider, unit, finding)
            return Proposed(action="post" if postings else "none", postings=postings)


def _to_the_provider(provider: str, unit: Unit, finding: Finding) -> list[ProposedPosting]:
    sides, ours, currency = finding.sides, unit.ours, finding.currency
    if (booked := finding.booked) is not None:
        net = booked.amount - booked.fee
        other = FEES if booked.category == "fee" else SUSPENSE
        return _move(_at(provider, "available"), other, net, currency)
    assert ours is not None, "what is nobody's is about a booking"
    account = _at(provider, "pending" if ours.object == "payment" else "available")
    came = 1 if ours.object == "payment" else -1
    if finding.class_ == "fee":
        fees = DISPUTE_FEES if ours.object == "dispute" else FEES
        return _move(account, fees, (sides.ledger or 0) - (sides.provider or 0), currency)
    if finding.class_ == "currency":
        told, fee = came * (sides.provider or 0), sum(line.fee for line in unit.booked if line.currency == currency)
        return [
            *_move(account, SUSPENSE, -came * (sides.ledger or 0), ours.currency),
            *_move(_at(provider, "available"), SUSPENSE, told - fee, currency),
            *_move(FEES, SUSPENSE, fee, currency),
        ]
    if finding.class_ == "duplicate":
        account = _at(provider, "available")  # of a second charge no event makes anything free
    if finding.class_ == "amount" and ours.adds_up is False and sides.provider == sides.ledger:
        return []  # which of its contents is missing, a person must find out
    return _move(account, SUSPENSE, came * ((sides.provider or 0) - (sides.ledger or 0)), currency)


def _missed(ours: Ours, finding: Finding) -> list[str]:
    """Which event the ledger did not hear of: of a settlement that arrived, of what moved, or of what came back."""
    if ours.settlement and finding.sides.ledger == finding.sides.payments:
        return ["payout.paid"]
    if finding.sides.ledger == 0:
        return ["payout.created"] if ours.settlement else [MOVED[ours.object]]
    return [CAME_BACK[ours.object]]


def _main_lines(provider: str, ours: Ours, finding: Finding) -> list[ProposedPosting]:
    """As the ledger's own rules will have it, but for how a tax is shared among jurisdictions."""
    amount, currency = ours.moved - (finding.sides.ledger or 0), ours.currency
    match ours.object:
        case "payout" if ours.settlement and amount == 0:
            return _move("assets:bank:main", f"assets:psp:{provider}:payouts_in_transit", ours.moved, currency)
        case "payment":
            return [
                _line(_at(provider, "pending"), "debit", amount, currency),
                *(_line(account, "credit", part, currency) for account, part in _credits(ours) if part),
            ]
        case "refund":
            return _move("liabilities:refunds_in_flight", _at(provider, "available"), amount, currency)
        case "dispute":
            return _move("assets:disputes_receivable", _at(provider, "available"), amount, currency)
        case "payout" if ours.settlement:
            in_transit = f"assets:psp:{provider}:payouts_in_transit"
            return _move(in_transit, _at(provider, "available"), amount, currency)
        case "payout":
            in_transit = f"assets:psp:{provider}:payouts_in_transit"
            return _move(f"liabilities:wallet_holds:{ours.customer_id}", in_transit, amount, currency)


def _credits(ours: Ours) -> Iterable[tuple[str, int]]:
    match ours.destination:
        case ToWallet(customer_id=owner):
            return [(f"liabilities:wallets:{owner}", ours.moved)]
        case Sale() as sale if ours.moved == ours.whole:
            tax = tax_inside(sale)
            lines = [(f"liabilities:tax_payable:{line.jurisdiction}", line.amount) for line in sale.tax]
            return [("income:sales", ours.moved - tax), *lines]
        case Sale():
            return [("income:sales", ours.moved)]
        case _:
            return [(f"assets:receivable:{ours.customer_id}", ours.moved)]


def _move(to: str, origin: str, amount: int, currency: str) -> list[ProposedPosting]:
    """Debits the one and credits the other, or the other way round below nothing."""
    if not 0 < abs(amount) <= AMOUNT_MAX:
        return []  # the largest are for a person
    one, other = (to, origin) if amount > 0 else (origin, to)
    return [_line(one, "debit", abs(amount), currency), _line(other, "credit", abs(amount), currency)]


def _at(provider: str, part: str) -> str:
    return f"assets:psp:{provider}:{part}"


def _line(account: str, side: Side, amount: int, currency: str) -> ProposedPosting:
    return ProposedPosting(account=account, side=side, amount=amount, currency=currency)
