"""The plan of an import: what rows make together, given what is there, and what stands against it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.customers import Customer
from messages.products import Coupon, Price, Product
from messages.subscriptions import Subscription
from messages.test_clocks import TestClock
from messages.wire import Json
from pocketpay.importing.planning import Ids, Plan, planned, resolved
from pocketpay.importing.rows import Kind, row_of
from pocketpay.importing.sheets import Placed, Sheets
from pocketpay.importing.there import There

NOW = datetime(2027, 2, 10, tzinfo=UTC)
AT: Json = {"created_at": NOW, "updated_at": NOW}
MONTH = {"interval": "month"}
ADA: Json = {"id": "ada", "name": "Ada"}
PRO: Json = {
    "old_id": "p1",
    "lookup_key": "pro",
    "product": {"old_id": "q", "name": "Pro"},
    "currency": "EUR",
    "unit_amount": 1000,
    "recurring": MONTH,
}
SUB: Json = {"old_id": "s1", "customer_id": "ada", "price": "pro", "current_period_end": "2027-02-28T00:00:00Z"}


def sheets(*rows: tuple[Kind, Json]) -> Sheets:
    """Each row in a line of its own."""
    made = Sheets()
    for line, (kind, cells) in enumerate(rows, 1):
        row, faults = row_of(kind, cells, kind, line)
        assert row is not None, faults
        placed: Any = Placed(kind, line, row)
        getattr(made, kind).append(placed)
    return made


def plan(there: There | None = None, **changes: Json) -> Plan:
    """Of one row each, with these fields otherwise."""
    rows: list[tuple[Kind, Json]] = [
        ("customers", ADA | changes.get("customer", {})),
        ("prices", PRO | changes.get("price", {})),
        ("subscriptions", SUB | changes.get("subscription", {})),
    ]
    return planned(sheets(*rows), there or There(NOW))


def codes(made: Plan) -> list[tuple[str, str | None, str]]:
    return [(each.file, each.column, each.code) for each in made.faults]


def known_customer(**fields: Any) -> Customer:
    return Customer.model_validate({"id": "ada", "name": "Ada", **AT, **fields})


def known_price(**fields: Any) -> Price:
    same = {name: PRO[name] for name in ("currency", "unit_amount", "recurring", "lookup_key")}
    return Price.model_validate({"id": "price_1", "product": "prod_1", "type": "recurring", **AT, **same, **fields})


def with_subscription(now: datetime, **fields: Any) -> There:
    """The subscription of SUB came in, on trial until its period ends, unless said otherwise."""
    end = datetime(2027, 2, 28, tzinfo=UTC)
    times = {"billing_cycle_anchor": end, "start_date": NOW, "current_period": {"start": NOW, "end": end}, **AT}
    known: Json = {"id": "sub_1", "customer_id": "ada", "currency": "EUR", "status": "trialing", **times}
    known |= {"trial": {"start": NOW, "end": end}, "items": [{"id": "si_1", "price": "price_1", "quantity": 1}]}
    subscription = Subscription.model_validate(known | fields)
    return There(now, prices={"pro": known_price(), "p1": known_price()}, subscriptions={"s1": subscription})


def test_it_is_made_in_order_and_a_subscription_waits_for_the_old_period():
    made = plan()
    assert made.faults == []
    assert [[step.thing for step in wave] for wave in made.waves] == [
        *(["customer"], ["product"], ["price"], ["subscription"])
    ]
    ids: Ids = {("price", "p1"): "price_1", ("product", "q"): "prod_1"}
    price, subscription = resolved(made.prices[0], ids), resolved(made.subscriptions[0], ids)
    assert (price["product"], price["metadata"]) == ("prod_1", {"import_old_id": "p1"})
    assert subscription == {
        "customer_id": "ada",
        "items": [{"price": "price_1"}],
        "trial_end": "2027-02-28T00:00:00.000Z",
        "metadata": {"import_old_id": "s1"},
    }


FAULTY: dict[str, tuple[dict[str, Json], list[tuple[str, str | None, str]]]] = {
    "nobody's subscription": (
        {"subscription": {"customer_id": "bob"}},
        [("subscriptions", "customer_id", "reference_not_found")],
    ),
    "an unknown price": ({"subscription": {"price": "x"}}, [("subscriptions", "price", "reference_not_found")]),
    "an unknown coupon": ({"subscription": {"coupons": ["x"]}}, [("subscriptions", "coupons", "reference_not_found")]),
    "an unknown tax rate": (
        {"subscription": {"default_tax_rates": ["x"]}},
        [("subscriptions", "default_tax_rates", "reference_not_found")],
    ),
    "an unknown clock": ({"customer": {"test_clock": "x"}}, [("customers", "test_clock", "reference_not_found")]),
    "a period that is over": (
        {"subscription": {"current_period_end": "2027-02-10T00:00:00Z"}},
        [("subscriptions", "current_period_end", "too_small")],
    ),
    "an end that is over": (
        {"subscription": {"cancel_at": "2027-02-10T00:00:00Z"}},
        [("subscriptions", "cancel_at", "too_small")],
    ),
    "a price that is paid once": ({"price": {"recurring": None}}, [("subscriptions", "price", "wrong_type")]),
    "an anchor beside the period": (
        {"subscription": {"billing_cycle_anchor": "2027-03-30T00:00:01Z"}},
        [("subscriptions", "billing_cycle_anchor", "not_aligned")],
    ),
    "an anchor before its end": (
        {"subscription": {"billing_cycle_anchor": "2027-01-28T00:00:00Z"}},
        [("subscriptions", "billing_cycle_anchor", "not_aligned")],
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_what_does_not_fit_together_is_told(name: str):
    changes, wanted = FAULTY[name]
    assert codes(plan(None, **changes)) == wanted


def test_an_anchor_keeps_the_31st():
    assert plan(subscription={"billing_cycle_anchor": "2027-03-31T00:00:00Z"}).faults == []
    there = {"time_zone": "Asia/Tokyo"}  # where that is 9 o'clock on the 28th, and on the 31st
    assert plan(customer=there, subscription={"billing_cycle_anchor": "2027-03-31T00:00:00Z"}).faults == []


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ({"customers": {"ada": known_customer()}}, []),
        ({"customers": {"ada": known_customer(name="Bob")}}, [("customers", "id", "already_exists")]),
        ({"customers": {"ada": known_customer(name=None, implicit=True)}}, []),
        ({"customers": {"ada": known_customer(erased_at=NOW)}}, [("customers", "id", "wrong_state")]),
        ({"prices": {"p1": known_price()}}, []),
        ({"prices": {"p1": known_price(unit_amount=999)}}, [("prices", "old_id", "already_exists")]),
        ({"prices": {"pro": known_price(currency="USD")}}, [("prices", "old_id", "already_exists")]),
        ({"products": {"q": Product(id="prod_1", name="Pro", active=False, created_at=NOW, updated_at=NOW)}},
         [("prices", "product.old_id", "wrong_state")]),
    ],
)  # fmt: skip
def test_what_is_there_is_neither_made_again_nor_overwritten(there: Any, wanted: list[tuple[str, str, str]]):
    assert codes(plan(replace(There(NOW), **there))) == wanted


def test_what_was_made_before_is_there_whatever_happened_since():
    made = plan(with_subscription(NOW + timedelta(days=60), status="active", cancel_at_period_end=True))
    assert (made.faults, made.subscriptions[0].there) == ([], "sub_1")


@pytest.mark.parametrize(
    ("row", "differing"),
    [
        ({}, None),
        ({"quantity": 1, "collection_method": "charge_automatically"}, None),
        ({"price": "p1"}, None),
        ({"quantity": 5}, "price or quantity"),
        ({"price": "other"}, "price or quantity"),
        ({"price": None, "items": [{"price": "pro"}, {"price": "pro"}]}, "items"),
        ({"current_period_end": "2027-03-01T00:00:00Z"}, "current_period_end"),
        ({"coupons": ["cpn"], "description": "Seats"}, "coupons, description"),
        ({"cancel_at_period_end": True}, "cancel_at_period_end"),
    ],
)
def test_a_subscription_that_is_there_otherwise_is_a_fault(row: Json, differing: str | None):
    made = plan(with_subscription(NOW), subscription=row)
    assert [each.detail for each in made.faults] == (
        [f"sub_1 is there by this old id, with another {differing}: change the row, or take it out."]
        if differing
        else []
    )


def test_metered_items_that_are_there_have_no_quantity():
    metered = known_price(recurring=MONTH | {"usage_type": "metered", "aggregate_usage": "sum"})
    there = with_subscription(NOW, items=[{"id": "si_1", "price": "price_1"}])
    there.prices.update(pro=metered, p1=metered)
    same = {"price": {"recurring": MONTH | {"usage_type": "metered"}}}
    assert plan(there, **same).faults == []
    assert codes(plan(there, **same, subscription={"quantity": 2})) == [("subscriptions", "old_id", "already_exists")]


def test_a_customers_clock_tells_what_is_ahead():
    clock = TestClock(id="clk", now=NOW - timedelta(days=900), **AT)
    there = replace(There(NOW), clocks={"clk": clock})
    past = {"current_period_end": "2026-02-28T00:00:00Z"}
    assert plan(there, customer={"test_clock": "clk"}, subscription=past).faults == []
    assert codes(plan(there, subscription=past)) == [("subscriptions", "current_period_end", "too_small")]


def test_items_have_one_currency_and_one_interval():
    other = PRO | {"old_id": "p2", "lookup_key": None, "currency": "USD", "recurring": {"interval": "year"}}
    items = SUB | {"price": None, "items": [{"price": "pro"}, {"price": "p2"}]}
    made = planned(sheets(("customers", ADA), ("prices", PRO), ("prices", other), ("subscriptions", items)), There(NOW))
    assert {code for _, _, code in codes(made)} == {"mixed_currencies", "mixed_intervals"}


def test_names_stand_once():
    other = PRO | {"old_id": "pro", "lookup_key": "p2", "product": {"old_id": "q", "name": "Basic"}}
    made = planned(sheets(("prices", PRO), ("prices", other), ("customers", ADA), ("customers", ADA)), There(NOW))
    assert codes(made) == [
        *[("customers", "id", "duplicate_id"), ("prices", "old_id", "duplicate_id")],
        ("prices", "product", "product_differs"),
    ]


def test_who_names_a_row_with_faults_is_not_at_fault_too():
    given_sheets = sheets(("subscriptions", SUB))
    given_sheets.unread.update({("customers", "ada"), ("prices", "pro")})
    assert planned(given_sheets, There(NOW)).faults == []


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_keys_are_of_the_old_ids_alone_and_steps_in_the_order_of_the_rows(order: list[int], coupons: set[int]):
    rows: list[tuple[Kind, Json]] = [("prices", PRO)]
    for n in order:
        more = {"coupons": ["cpn"]} if n in coupons else {}
        rows += [("subscriptions", SUB | more | {"old_id": f"s{n}", "customer_id": f"c{n}"})]
        rows += [("customers", ADA | {"id": f"c{n}"})]
    coupon = Coupon(id="cpn", duration="once", created_at=NOW, updated_at=NOW)
    made = planned(sheets(*rows), replace(There(NOW), coupons={"cpn": coupon}))
    assert made.faults == []
    assert [step.name for step in made.subscriptions] == [f"s{n}" for n in order]
    keys = {step.name: step.key() for wave in made.waves for step in wave}
    assert len(set(keys.values())) == len(keys) == 26
    again = planned(sheets(*reversed(rows)), There(NOW))
    assert keys == {step.name: step.key() for wave in again.waves for step in wave}
