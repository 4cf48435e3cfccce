"""Whatever an item changes into, when and how: what was taken is billed once, by the way it was counted."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.invoicing.metering import measured
from actors.invoicing.usage_states import MeterState
from messages.quantities import fraction_of
from tests.invoicing.metered import used
from tests.invoicing.selling import SUB, invoices, price, stocked, subscribed, subscription
from tests.invoicing.shop import Shop, days

COUNTED = {"price_use": "sum", "price_dear": "sum", "price_users": "unique_count", "price_peak": "max"}
WHEN = st.sampled_from(["now", "now", "period_end"]) | st.integers(1, 20).map(days)
MOVES = st.lists(
    st.one_of(
        st.tuples(
            st.just("change"),
            st.sampled_from([*COUNTED, "price_10"]),
            st.sampled_from(["create", "invoice_now", "none"]),
            WHEN,
        ),
        st.tuples(st.just("use"), st.integers(1, 9), st.sampled_from(["ada", "bob"]), st.integers(0, 3)),
        st.tuples(st.just("add"), st.sampled_from(list(COUNTED))),
        st.tuples(st.just("pause")),
        st.tuples(st.just("resume"), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([0, 1800, 5400, 86_400, 9 * 86_400, 20 * 86_400])),
    ),
    max_size=14,
)


def begun() -> Shop:
    shop = stocked()
    price(shop, "price_dear", 50, usage_type="metered")
    price(shop, "price_users", 70, usage_type="metered", aggregation="unique_count")
    price(shop, "price_peak", 30, usage_type="metered", aggregation="max")
    subscribed(shop, "price_use")
    return shop


def moved(shop: Shop, move: tuple[Any, ...], number: int) -> None:
    """Some are refused."""
    match move:
        case "change", to, proration, at:
            item = {"id": subscription(shop).items[0].id, "price": to}
            when = shop.now + at if isinstance(at, timedelta) else at
            shop.ask("subscription.change", SUB, items=[item], proration=proration, at=when)
        case "use", quantity, user, days_ago:
            for item in subscription(shop).items:
                fields = {"subscription_item": item.id, "unique": user, "occurred_at": shop.now - days(days_ago)}
                used(shop, f"call-{number}-{item.id}", str(quantity), **fields)
        case "add", to:
            shop.ask("subscription.change", SUB, items=[{"price": to}])
        case ("pause",):
            shop.ask("subscription.pause", SUB, behavior="none")
        case "resume", keep_anchor:
            shop.ask("subscription.resume", SUB, keep_anchor=keep_anchor)
        case _:
            shop.until(shop.now + timedelta(seconds=move[1]))


@settings(max_examples=100, deadline=None)
@given(MOVES)
def test_all_usage_that_was_taken_is_billed_once_as_it_was_counted(moves: list[tuple[Any, ...]]) -> None:
    # Given usage, changes and pauses in any order, and an end
    shop = begun()
    for number, move in enumerate(moves):
        moved(shop, move, number)
    shop.done("subscription.cancel", SUB)
    shop.until(shop.now + timedelta(hours=2))

    # Then each meter was billed by one line, with all that it has
    lines = [line for each in invoices(shop) for line in shop.state(each.id).lines if line.type == "usage"]
    for state in [state for state in shop.view.values() if isinstance(state, MeterState)]:
        meter = state.usage_meter
        own = [
            line
            for line in lines
            if (line.subscription_item, line.period.start) == (meter.subscription_item, meter.period_start)
        ]
        [by] = [line for line in own if line.id == meter.invoice_line]
        assert COUNTED[by.price or ""] == meter.aggregation
        assert fraction_of(by.quantity) == measured(meter.figures, meter.aggregation)
        assert [line.amount for line in own if line != by] == [0] * (len(own) - 1)
