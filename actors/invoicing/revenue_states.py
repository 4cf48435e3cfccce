"""What the invoicing actor keeps about revenue; see `states` for what `clock` and `step` mean."""

from typing_extensions import override

from actors.invoicing.keys import earning_key, revenue_day_key, revenue_key
from actors.runtime.decision import Key, Stored
from messages.revenue import Day, Earning, Revenue, RevenueDay
from messages.wire import Wire


class EarningState(Stored):
    """What an invoice has deferred, written line by line."""

    earning: Earning

    @property
    @override
    def key(self) -> Key:
        return earning_key(self.tenant, self.earning.id)


class RevenueStep(Wire):
    """A day that the ledger was asked to post."""

    day: Day
    currency: str
    amount: int


class RevenueState(Stored):
    """`failures` counts the refusals since a day was last posted."""

    revenue: Revenue
    step: RevenueStep | None = None
    failures: int = 0

    @property
    @override
    def key(self) -> Key:
        return revenue_key(self.tenant, self.revenue.id)

    @property
    def clock(self) -> str | None:
        return self.revenue.clock


class RevenueDayState(Stored):
    """A day that was posted."""

    revenue_day: RevenueDay

    @property
    @override
    def key(self) -> Key:
        return revenue_day_key(self.tenant, self.revenue_day.id)
