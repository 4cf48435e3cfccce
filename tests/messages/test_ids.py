"""Ids: prefixed, sortable, and the same for the same cause."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.ids import command_id, customer_name, derived_id, is_token, new_id

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(now=TIMES, seed=st.lists(st.text(), min_size=1, max_size=4))
def test_a_derived_id_follows_from_its_cause_alone(now: datetime, seed: list[str]) -> None:
    first = derived_id("txn", now, *seed)
    assert first == derived_id("txn", now, *seed)
    assert first != derived_id("txn", now, *seed, "more")
    assert is_token(first)


@given(now=TIMES, later=st.timedeltas(timedelta(milliseconds=2), timedelta(days=3650)))
def test_derived_ids_sort_by_their_time(now: datetime, later: timedelta) -> None:
    assert derived_id("txn", now, "b") < derived_id("txn", now + later, "a")


def test_new_ids_are_tokens_and_sort_in_the_order_they_are_made() -> None:
    ids = [new_id("pay") for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000
    assert all(map(is_token, ids))


@given(tenant=st.text(), actor=st.text(), key=st.text(min_size=1))
def test_an_idempotency_key_stands_for_one_command_per_tenant_and_actor(tenant: str, actor: str, key: str) -> None:
    command = command_id(tenant, actor, key)
    assert command == command_id(tenant, actor, key)
    assert command not in {command_id(tenant, actor, key + "x"), command_id(tenant + "x", actor, key)}
    assert is_token(command)


WHOLE = "01m8e0z7y6eh9shgf26mymsvja"


@pytest.mark.parametrize("name", ["abc123", "sub_42", "pay_me", "inv_2026", "price_", f"cus_{WHOLE}", f"cust_{WHOLE}"])
def test_callers_name_their_customers_as_they_like(name: str) -> None:
    assert customer_name(name) == name


@pytest.mark.parametrize("prefix", ["pay", "inv", "price", "sub", "si", "clock", "we"])
def test_no_customer_can_have_the_id_of_something_else(prefix: str) -> None:
    with pytest.raises(ValueError, match="only another kind of thing has an id like this"):
        customer_name(f"{prefix}_{WHOLE}")
