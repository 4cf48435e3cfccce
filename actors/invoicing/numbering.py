"""Numbers without gaps, taken in the decision that needs them: one that comes to nothing has taken none."""

from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import series_key
from actors.invoicing.states import Series, SeriesState
from actors.runtime.decision import Key

INVOICES: Final = "invoices"
CREDIT_NOTES: Final = "credit_notes"
"""What is numbered apart: the id of a `Series`."""


def series_of(tenant: str, what: str = INVOICES) -> Key:
    """Whoever may take a number needs this."""
    return series_key(tenant, what)


def next_number(desk: Desk, what: str, prefix: str) -> tuple[str, str]:
    """The series of the year in UTC, `INV-2026`, and the next number in it, `INV-2026-000001`."""
    series = f"{prefix}-{desk.now.year}"
    before: SeriesState | None = desk.get(series_of(desk.tenant, what))
    kept = before.invoice_series if before else Series(id=what, version=0, created_at=desk.now)
    number = kept.last.get(series, 0) + 1
    after = kept.model_copy(update={"last": {**kept.last, series: number}, "version": kept.version + 1})
    desk.put(SeriesState(tenant=desk.tenant, invoice_series=after))
    return series, f"{series}-{number:06}"
