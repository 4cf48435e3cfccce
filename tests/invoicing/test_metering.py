"""Running figures of usage against a plain list of it, in whatever order it comes."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.metering import Meter, counted, measured
from messages.products import Aggregation
from tests.invoicing.made import START


class Used(NamedTuple):
    """One event."""

    id: str
    at: datetime
    quantity: Fraction
    unique: str


EVENTS = st.lists(
    st.builds(
        Used,
        id=st.text("abc", min_size=1, max_size=4),
        at=st.integers(0, 3).map(lambda seconds: START + timedelta(seconds=seconds)),
        quantity=st.integers(0, 10**21).map(lambda millionths: Fraction(millionths, 10**6)),
        unique=st.sampled_from("xyz"),
    ),
    unique_by=lambda used: used.id,
    max_size=12,
)


def metered(events: list[Used]) -> Meter:
    """All counted, one after the other, over the wire and back each time."""
    meter, seen = Meter(), set[str]()
    for used in events:
        meter = counted(meter, used.quantity, used.at, used.id, used.unique not in seen)
        meter = Meter.model_validate_json(meter.model_dump_json())
        seen.add(used.unique)
    return meter


@given(events=EVENTS)
def test_a_meter_measures_what_a_list_would(events: list[Used]) -> None:
    meter, quantities = metered(events), [used.quantity for used in events]
    assert meter.events == len(events)
    assert measured(meter, "sum") == sum(quantities)
    assert measured(meter, "max") == max(quantities, default=0)
    latest = max(events, key=lambda used: (used.at, used.id), default=None)
    assert measured(meter, "last") == (latest.quantity if latest else 0)
    assert measured(meter, "unique_count") == len({used.unique for used in events})


@given(events=EVENTS, data=st.data())
def test_the_order_in_which_events_come_does_not_matter(events: list[Used], data: st.DataObject) -> None:
    assert metered(data.draw(st.permutations(events))) == metered(events)


@pytest.mark.parametrize("aggregation", ["sum", "max", "last", "unique_count"])
def test_without_usage_there_is_nothing_to_bill(aggregation: Aggregation) -> None:
    assert measured(Meter(), aggregation) == 0


def test_figures_are_written_as_quantities_are() -> None:
    meter = counted(Meter(), Fraction(3, 2), START, "call-1", unique_is_new=True)
    meter = counted(meter, Fraction(1, 10**6), START, "call-0", unique_is_new=False)
    assert (meter.total, meter.highest, meter.last, meter.unique_count) == ("1.500001", "1.5", "1.5", 1)
