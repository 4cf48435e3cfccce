"""One unit, three sides: where they differ, and of which class the difference is.

The provider's books are what happened to the money; ours should say the same, and the ledger what ours say. What is
late on one side alone is `timing` until it is later than anybody should be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.ids import named_id
from messages.reconciliation import Booked, DifferenceClass, Ours, PostedLine, Sides, Unit

PSP = "assets:psp:"
_FEES = ("expenses:processing_fees", "expenses:dispute_fees")
_OUT = frozenset({"refund", "dispute", "payout"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference as it stands; `amount` is by how much, in minor units of `currency`."""

    class_: DifferenceClass
    amount: int
    currency: str
    sides: Sides


def findings(unit: Unit, now: datetime, late_after: timedelta) -> list[Finding]:
    """All differences of a unit, none if the sides agree. The money comes first; fees are compared if it agrees."""
    ours = unit.ours
    if ours is None:
        return [_unknown_here(booked) for booked in unit.booked]
    if other := [booked for booked in unit.booked if booked.currency != ours.currency]:
        return [_currency(unit, ours, other)]
    sides = Sides(provider=moved(ours, unit.booked), payments=ours.moved, ledger=posted(ours, unit.posted))
    young = now - ours.since < late_after
    if class_ := _class_of(unit, ours, sides, young=young):
        return [Finding(class_, _apart(sides), ours.currency, sides)]
    if extra := _charged_again(ours, unit.booked):
        return [Finding("duplicate", extra, ours.currency, sides)]
    if ours.adds_up is False:
        return [Finding("timing" if young else "amount", ours.whole, ours.currency, sides)]
    return _fees(unit, ours, young=young)


def difference_id(tenant: str, unit: Unit, finding: Finding) -> str:
    """The same as long as the same sides differ in the same way: what was dismissed stays so."""
    sides = finding.sides
    numbers = (str(sides.provider), str(sides.payments), str(sides.ledger))
    return named_id("diff", tenant, unit.id, finding.class_, finding.currency, *numbers)


def moved(ours: Ours, booked: Iterable[Booked]) -> int:
    """What the provider moved, in the direction that is usual for such a unit."""
    sign = -1 if ours.object in _OUT else 1
    return sign * sum(line.amount for line in booked)


def posted(ours: Ours, lines: Iterable[PostedLine]) -> int:
    """What the ledger moved on the accounts at the provider, fees apart, in the usual direction.

    What is on its way of a settlement is still ours; of a withdrawal it has left the customer's wallet.
    """
    lines = [line for line in lines if line.currency == ours.currency]
    if ours.object == "payment":
        return sum(line.amount for line in lines if line.kind == "captured" and line.account.startswith(PSP))
    accounts = [line for line in lines if line.account.startswith(PSP)]
    if ours.settlement:
        accounts = [line for line in accounts if line.account.endswith(":available")]
    fees = sum(line.amount for line in lines if line.account in _FEES)
    return -sum(line.amount for line in accounts) - fees


def posted_fee(ours: Ours, lines: Iterable[PostedLine]) -> int:
    """What the ledger has as the provider's fee for it."""
    return sum(line.amount for line in lines if line.account in _FEES and line.currency == ours.currency)


def _class_of(unit: Unit, ours: Ours, sides: Sides, *, young: bool) -> DifferenceClass | None:
    if sides.provider != sides.payments and not _charged_again(ours, unit.booked):
        return _at_provider(unit, ours, young=young)
    if sides.ledger == sides.payments:
        return None
    return "missing_posting" if sides.ledger == 0 else "amount"


def _at_provider(unit: Unit, ours: Ours, *, young: bool) -> DifferenceClass:
    if not unit.booked:
        return "timing" if young else "unknown_there"
    if ours.moved == 0 and not ours.closed:
        return "timing" if ours.pending and young else "lost_webhook"
    return "amount"


def _charged_again(ours: Ours, booked: Iterable[Booked]) -> int:
    """What further charges of the same payment took."""
    charges = [line.amount for line in booked if line.category == "charge"] if ours.object == "payment" else []
    return sum(charges[1:]) if charges[:1] == [ours.moved] else 0


def _fees(unit: Unit, ours: Ours, *, young: bool) -> list[Finding]:
    if not unit.booked or ours.object not in ("payment", "dispute"):
        return []
    provider = sum(line.fee for line in unit.booked)
    sides = Sides(provider=provider, payments=ours.fee or 0, ledger=posted_fee(ours, unit.posted))
    if sides.provider == sides.payments == sides.ledger:
        return []
    untold = ours.fee is None and ours.object == "payment" and young
    return [Finding("timing" if untold else "fee", _apart(sides), ours.currency, sides)]


def _unknown_here(booked: Booked) -> Finding:
    return Finding("unknown_here", abs(booked.amount - booked.fee), booked.currency, Sides(provider=booked.amount))


def _currency(unit: Unit, ours: Ours, other: list[Booked]) -> Finding:
    sign = -1 if ours.object in _OUT else 1
    told = sign * sum(line.amount for line in other)
    sides = Sides(provider=told, payments=ours.moved, ledger=posted(ours, unit.posted))
    return Finding("currency", abs(told), other[0].currency, sides)


def _apart(sides: Sides) -> int:
    known = [each for each in (sides.provider, sides.payments, sides.ledger) if each is not None]
    return max(known) - min(known)
