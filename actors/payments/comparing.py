"""One unit, three sides: where they differ, and of which class the difference is.

The provider's books are what happened to the money; ours should say the same, and the ledger what ours say. What is
late on one side alone is `timing` until it is later than anybody should be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.ids import named_id
from messages.reconciliation import CORRECTION, Booked, DifferenceClass, Ours, PostedLine, Sides, Unit

PSP = "assets:psp:"
_FEES = ("expenses:processing_fees", "expenses:dispute_fees")
_OUT = frozenset({"refund", "dispute", "payout"})

BACK = frozenset({"refund_failure", "payout_failure", "dispute_reversal"})
"""Categories of money that came back to where it had been."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference as it stands; `amount` is by how much, in minor units of `currency`. Of what is nobody's here, it
    is about `booked`.
    """

    class_: DifferenceClass
    amount: int
    currency: str
    sides: Sides
    booked: Booked | None = None


def findings(unit: Unit, now: datetime, late_after: timedelta) -> list[Finding]:
    """All differences of a unit, none if the sides agree; or if the ledger was corrected to what the provider says."""
    ours = unit.ours
    if ours is None:
        return [_unknown_here(booked) for booked in unit.booked]
    if other := [booked for booked in unit.booked if booked.currency != ours.currency]:
        return _currency(unit, ours, other)
    sides = Sides(provider=moved(ours, unit.booked), payments=ours.moved, ledger=posted(ours, unit.posted))
    young = now - ours.since < late_after
    fees = _fees(unit, ours, young=young)
    if unit.corrections and sides.provider == sides.ledger:
        return fees
    if class_ := _class_of(unit, ours, sides, young=young):
        return [Finding(class_, _apart(sides), ours.currency, sides)]
    if extra := _charged_again(ours, unit.booked):
        return [Finding("duplicate", extra, ours.currency, sides), *fees]
    if ours.adds_up is False:
        return [Finding("timing" if young else "amount", ours.whole, ours.currency, sides)]
    if ours.adds_up is not None and ours.moved and _in_transit(unit.posted) == ours.moved:
        return [Finding("missing_posting", ours.moved, ours.currency, sides)]
    return fees


def difference_id(tenant: str, unit: Unit, finding: Finding) -> str:
    """The same as long as the same sides differ in the same way: what was dismissed stays so."""
    sides = finding.sides
    numbers = (str(sides.provider), str(sides.payments), str(sides.ledger))
    about = finding.booked.id if finding.booked else unit.id
    return named_id("diff", tenant, about, finding.class_, finding.currency, *numbers)


def moved(ours: Ours, booked: Iterable[Booked]) -> int:
    """What the provider moved, in the direction that is usual for such a unit."""
    sign = -1 if ours.object in _OUT else 1
    return sign * sum(line.amount for line in booked)


def posted(ours: Ours, lines: Iterable[PostedLine], currency: str | None = None) -> int:
    """What the ledger moved on the accounts at the provider, fees apart, in the usual direction; with corrections.

    What is on its way of a settlement is still ours; of a withdrawal it has left the customer's wallet.
    """
    lines = [line for line in lines if line.currency == (currency or ours.currency)]
    if ours.object == "payment":
        lines = [line for line in lines if line.kind in ("captured", CORRECTION)]
    elif ours.settlement:
        lines = [line for line in lines if line.account.endswith(":available") or line.account in _FEES]
    moving = sum(line.amount for line in lines if line.account.startswith(PSP) or line.account in _FEES)
    return moving if ours.object == "payment" else -moving


def posted_fee(ours: Ours, lines: Iterable[PostedLine]) -> int:
    """What the ledger has as the provider's fee for it."""
    return sum(line.amount for line in lines if line.account in _FEES and line.currency == ours.currency)


def _class_of(unit: Unit, ours: Ours, sides: Sides, *, young: bool) -> DifferenceClass | None:
    """What the ledger missed comes first: its own rules know more accounts than a correction does."""
    known_there = bool(unit.booked) or not young
    if _was_missed(unit, sides) and known_there:
        return "missing_posting"
    if _charged_again(ours, unit.booked):
        return None
    if sides.provider != sides.payments:
        return _at_provider(unit, ours, young=young)
    return None if sides.ledger == sides.payments else "amount"


def _was_missed(unit: Unit, sides: Sides) -> bool:
    """Nothing is posted of what moved; or what came back is posted as gone."""
    if unit.corrections or sides.ledger == sides.payments:
        return False
    if sides.ledger == 0:
        return sides.payments != 0
    return _came_back(unit) and sides.payments == sides.provider == 0


def _at_provider(unit: Unit, ours: Ours, *, young: bool) -> DifferenceClass:
    if not unit.booked:
        return "timing" if young else "unknown_there"
    if ours.moved == 0 and not ours.closed:
        slow = ours.object == "refund"  # banks take days, and the provider has booked it at once
        return "timing" if ours.pending and (young or slow) else "lost_webhook"
    return "lost_webhook" if _came_back(unit) and not ours.closed else "amount"


def _came_back(unit: Unit) -> bool:
    return any(line.category in BACK for line in unit.booked)


def _in_transit(lines: Iterable[PostedLine]) -> int:
    return sum(line.amount for line in lines if line.account.endswith(":payouts_in_transit"))


def _charged_again(ours: Ours, booked: Iterable[Booked]) -> int:
    """What further charges of the same payment took."""
    charges = [line.amount for line in booked if line.category == "charge"] if ours.object == "payment" else []
    return sum(charges[1:]) if charges[:1] == [ours.moved] else 0


def _fees(unit: Unit, ours: Ours, *, young: bool) -> list[Finding]:
    if not unit.booked or ours.object not in ("payment", "dispute"):
        return []
    provider = sum(line.fee for line in unit.booked)
    sides = Sides(provider=provider, payments=ours.fee or 0, ledger=posted_fee(ours, unit.posted))
    if sides.provider == sides.ledger and (sides.payments == sides.ledger or unit.corrections):
        return []
    untold = ours.fee is None and ours.object == "payment" and young
    return [Finding("timing" if untold else "fee", _apart(sides), ours.currency, sides)]


def _unknown_here(booked: Booked) -> Finding:
    net = abs(booked.amount - booked.fee)
    return Finding("unknown_here", net, booked.currency, Sides(provider=booked.amount), booked)


def _currency(unit: Unit, ours: Ours, other: list[Booked]) -> list[Finding]:
    """None once the ledger was corrected: it has the one currency no more, and the other as booked."""
    told, currency = moved(ours, other), other[0].currency
    sides = Sides(provider=told, payments=ours.moved, ledger=posted(ours, unit.posted))
    if unit.corrections and sides.ledger == 0 and posted(ours, unit.posted, currency) == told:
        return []
    return [Finding("currency", abs(told), currency, sides)]


def _apart(sides: Sides) -> int:
    known = [each for each in (sides.provider, sides.payments, sides.ledger) if each is not None]
    return max(known) - min(known)
