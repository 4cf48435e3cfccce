"""What the invoicing actor keeps: each resource as it is told, and beside it what only the rules need.

A state that may lie under a test clock says under which with `clock`; while it waits for an answer of another actor
its `step` is not None, or it says that it is `canceling` something.
"""

from datetime import datetime

from typing_extensions import override

from actors.invoicing.invoice_work import Billed, InvoiceStep, InvoiceWork
from actors.invoicing.keys import (
    clock_key,
    coupon_key,
    customer_key,
    invoice_key,
    party_key,
    price_key,
    product_key,
    series_key,
    subscription_key,
    tax_rate_key,
)
from actors.runtime.decision import Key, Stored
from messages.customers import Customer, Profile
from messages.documents import TEMPLATE_NOW, ShownTaxRate
from messages.invoices import Invoice, InvoiceLine
from messages.products import Coupon, Price, Product, TaxRate
from messages.resource import Resource, Versioned
from messages.spans import Span
from messages.subscriptions import Subscription
from messages.test_clocks import TestClock
from messages.wire import Instant, Wire


class CustomerState(Stored):
    """`overdue` are the invoices that make the customer delinquent.

    `live` are the subscriptions and invoices that are not over; `billed` says whether there ever was one.
    """

    customer: Customer
    overdue: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    billed: bool = False

    @property
    @override
    def key(self) -> Key:
        return customer_key(self.tenant, self.customer.id)

    @property
    def clock(self) -> str | None:
        return self.customer.test_clock


class ProductState(Stored):
    """A product."""

    product: Product

    @property
    @override
    def key(self) -> Key:
        return product_key(self.tenant, self.product.id)


class PriceState(Stored):
    """A price."""

    price: Price

    @property
    @override
    def key(self) -> Key:
        return price_key(self.tenant, self.price.id)


class CouponState(Stored):
    """A coupon, and whether it was archived: `valid` may be false for other reasons."""

    coupon: Coupon
    archived: bool = False

    @property
    @override
    def key(self) -> Key:
        return coupon_key(self.tenant, self.coupon.id)


class TaxRateState(Stored):
    """A tax rate."""

    tax_rate: TaxRate

    @property
    @override
    def key(self) -> Key:
        return tax_rate_key(self.tenant, self.tax_rate.id)


class LineDraft(Wire):
    """A line before discounts and taxes; `rates` None: those of the subscription or invoice.

    One that is `settled` is so already: its taxes stand, and no coupon counts it. A credit says what it `gives_back`,
    and what asks for it again which line it `takes_back`.
    """

    line: InvoiceLine
    rates: tuple[str, ...] | None = None
    settled: bool = False
    gives_back: Billed | None = None
    takes_back: str | None = None


class Redeemed(Wire):
    """A coupon on a subscription: from when until when (None: for ever), and whether a `once` was used."""

    coupon: str
    start: Instant
    end: Instant | None = None
    used: bool = False


class ClosedPeriod(Wire):
    """A period whose usage still counts, as long as its invoice is a draft."""

    span: Span
    invoice: str


class SubscriptionWork(Wire):
    """`zone` decides the day of its anchor. `pending` are lines for the next invoice.

    `billed` is what the rest of the current period was billed for. `failed` are invoices that could not be collected.

    `first_invoice` must be paid for an `incomplete` one to begin; `command_id` waits for that. `paused_from` is the
    status before a pause. `disputes` are open on payments for it: nothing of it is collected meanwhile.
    `change_waits`: the time of its scheduled change came under a pause, whose end it waits for. `part_is_free`: a part
    of a period with which a trial's end begins.
    """

    zone: str | None = None
    redeemed: tuple[Redeemed, ...] = ()
    pending: tuple[LineDraft, ...] = ()
    closed: tuple[ClosedPeriod, ...] = ()
    first_invoice: str | None = None
    command_id: str | None = None
    expires_at: Instant | None = None
    paused_from: str | None = None
    trial_end_told: bool = False
    disputes: tuple[str, ...] = ()
    billed: tuple[Billed, ...] = ()
    failed: tuple[str, ...] = ()
    cancel_credit: bool = False
    change_waits: bool = False
    part_is_free: bool = False


class SubscriptionState(Stored):
    """A subscription, and what its next step needs."""

    subscription: Subscription
    work: SubscriptionWork = SubscriptionWork()

    @property
    @override
    def key(self) -> Key:
        return subscription_key(self.tenant, self.subscription.id)

    @property
    def clock(self) -> str | None:
        return self.subscription.test_clock


class InvoiceState(Stored):
    """`lines` are all of them; the invoice shows the first 100."""

    invoice: Invoice
    lines: tuple[InvoiceLine, ...] = ()
    step: InvoiceStep | None = None
    work: InvoiceWork = InvoiceWork()

    @property
    @override
    def key(self) -> Key:
        return invoice_key(self.tenant, self.invoice.id)

    @property
    def clock(self) -> str | None:
        return self.invoice.test_clock

    @property
    def is_draft(self) -> bool:
        """One that was not deleted."""
        return self.invoice.status == "draft" and not self.work.deleted

    @property
    def canceling(self) -> bool:
        return any(each.canceling and each.status == "requires_action" for each in self.work.attempts)


class Party(Versioned):
    """Who is asked to pay, by whom, as it stood when the invoice was issued; its id is the invoice's."""

    profile: Profile
    seller: dict[str, object] = {}
    locale: str = "en-US"
    time_zone: str = "UTC"
    tax_rates: list[ShownTaxRate] = []
    template: int = TEMPLATE_NOW
    created_at: Instant


class PartyState(Stored):
    """The legal snapshot of an issued invoice, outside events and journals."""

    invoice_party: Party

    @property
    @override
    def key(self) -> Key:
        return party_key(self.tenant, self.invoice_party.id)


class Series(Versioned):
    """Gapless numbers: the last one given in each series, `INV-2026`; the first is 1. Its id says of what."""

    last: dict[str, int] = {}
    created_at: Instant


class SeriesState(Stored):
    """A series."""

    invoice_series: Series

    @property
    @override
    def key(self) -> Key:
        return series_key(self.tenant, self.invoice_series.id)


class TestClockState(Stored):
    """`agenda`: when each of its entities falls due. `waiting`: those whose step has no outcome yet.

    `command_id` waits for the advance. One that was `deleted` is kept, and there for nobody.
    """

    __test__ = False  # pytest collects by name
    test_clock: TestClock
    agenda: dict[str, Instant] = {}
    waiting: tuple[str, ...] = ()
    command_id: str | None = None
    deleted: bool = False

    @property
    @override
    def key(self) -> Key:
        return clock_key(self.tenant, self.test_clock.id)


def changed(resource: Resource, now: datetime, **fields: object) -> dict[str, object]:
    """What the next version of a resource differs by."""
    return {"version": resource.version + 1, "updated_at": now, **fields}
