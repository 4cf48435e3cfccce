"""However usage is reported, the same is billed: any order, any repeats, any split into requests."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.usage_states import MeterState, UniqueState, UsageEventState
from messages.products import Aggregation
from tests.invoicing.metered import BEFORE, NOW, metered_shop
from tests.invoicing.shop import Shop

AGGREGATIONS = st.sampled_from(["sum", "max", "last", "unique_count"])
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([f"call-{number}" for number in range(12)]),
            "subscription": st.just("sub_1"),
            "quantity": st.sampled_from(["0", "0.000001", "1", "1.0", "2.5", "999999999999999.999999"]),
            "unique": st.sampled_from([None, "a", "b"]),
            "occurred_at": st.sampled_from(
                [
                    BEFORE.start,
                    BEFORE.start - timedelta(days=1),
                    NOW,
                    NOW - timedelta(seconds=1),
                    NOW + timedelta(hours=1),
                ]
            ),
        }
    ),
    unique_by=lambda event: event["id"],
    min_size=1,
    max_size=12,
)


def reported(aggregation: Aggregation, requests: list[list[Any]]) -> Shop:
    shop = metered_shop(aggregation, draft="draft")
    for events in requests:
        counts = shop.done("usage.record", events[0]["id"], events=events)
        assert counts.recorded + counts.duplicate + counts.late + counts.rejected == len(events) == len(counts.data)
    return shop


def counted_in(shop: Shop) -> list[Any]:
    """What is billed and shown; how often a meter was written is nobody's business."""
    kept = [state for state in shop.view.values() if isinstance(state, MeterState | UniqueState | UsageEventState)]
    return sorted((state.key, state.model_dump(exclude={"usage_meter": {"version"}})) for state in kept)


@given(aggregation=AGGREGATIONS, events=EVENTS, data=st.data())
def test_any_order_any_repeats_and_any_split_give_the_same(
    aggregation: Aggregation, events: list[Any], data: st.DataObject
) -> None:
    # Given all in one request
    once = reported(aggregation, [events])
    # When they come in another order, some of them again, in other requests
    again = data.draw(st.lists(st.sampled_from(events), max_size=6))
    mixed = data.draw(st.permutations([*events, *again]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(mixed) - 1), max_size=4))) if len(mixed) > 1 else []
    split = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    # Then nothing of what is kept differs
    assert counted_in(reported(aggregation, split)) == counted_in(once)


@given(aggregation=st.sampled_from(["sum", "unique_count"]), events=EVENTS, data=st.data())
def test_what_was_voided_might_never_have_been(
    aggregation: Aggregation, events: list[Any], data: st.DataObject
) -> None:
    # Given events, some of which are voided
    shop = reported(aggregation, [events])
    voided = set(data.draw(st.sets(st.sampled_from([event["id"] for event in events]))))
    for id_ in voided:
        shop.ask("usage.void", id_)
    # Then all that counts is that of the others
    others = [event for event in events if event["id"] not in voided]
    rest = reported(aggregation, [others] if others else [])
    measure = "total" if aggregation == "sum" else "unique_count"
    figures = {key: state.usage_meter.figures for key, state in shop.view.items() if isinstance(state, MeterState)}
    expected = {key: state.usage_meter.figures for key, state in rest.view.items() if isinstance(state, MeterState)}
    for key, figure in figures.items():
        kept = expected.get(key)
        assert figure.events == (kept.events if kept else 0)
        assert getattr(figure, measure) == (getattr(kept, measure) if kept else type(getattr(figure, measure))(0))
