"""The body of a delivery: the event as it was said, and not longer than a receiver must expect."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from actors.notifications.bodies import BODY_BYTES_MAX, body_of, replayed
from messages.envelope import Event
from messages.wire import Json, json_of

NOW = datetime(2026, 1, 31, tzinfo=UTC)
MARKS_BYTES = 2_000
"""For what says that something was cut."""


def event(data: Json, changes: Json | None = None) -> Event:
    return Event(
        id="evt_1",
        type="invoice.finalized",
        source="invoicing",
        subject="inv_1",
        time=NOW,
        sequence=1,
        tenant="demo",
        correlation_id="req_1",
        changes=changes or {},
        data=data,
    )


def sent(data: Json, changes: Json | None = None) -> tuple[str, Json]:
    text = body_of(event(data, changes), "we_a", 1, replay=False)
    return text, from_json(text)


def without_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_lists(each) for name, each in value.items()}
    return [] if isinstance(value, list) else value


def test_what_fits_is_the_event_as_it_was_said() -> None:
    said = event({"lines": list(range(1_000)), "lines_has_more": False})
    delivery = {"endpoint": "we_a", "sequence": 1, "replay": False}
    text = body_of(said, "we_a", 1, replay=False)
    assert from_json(text) == {**json_of(said), "delivery": delivery}
    assert from_json(replayed(text)) == {**json_of(said), "delivery": {**delivery, "replay": True}}


def test_the_longest_list_is_cut_wherever_it_is_and_says_so_beside_it() -> None:
    tiers = [{"up_to": number, "unit_amount": 100} for number in range(5_000)]
    text, body = sent({"number": "INV-1", "lines": [{"price": {"id": "a", "tiers": tiers}}, {"price": {"id": "b"}}]})
    assert len(text.encode()) <= BODY_BYTES_MAX
    first, second = body["data"]["lines"]
    assert first["price"]["tiers"] == tiers[:1_250]
    assert (first["price"]["id"], first["price"]["tiers_has_more"], second) == ("a", True, {"price": {"id": "b"}})
    assert "lines_has_more" not in body["data"]
    assert body["delivery"] == {"endpoint": "we_a", "sequence": 1, "replay": False, "cut": ["lines.price.tiers"]}


def test_what_was_there_before_is_cut_too_and_names_no_field_that_did_not_move() -> None:
    lines = [{"id": f"il_{number}", "description": "é" * 40} for number in range(400)]
    text, body = sent({"lines": lines, "lines_has_more": False}, {"lines": lines})
    assert len(text.encode()) <= BODY_BYTES_MAX
    assert body["data"] == {"lines": lines[:200], "lines_has_more": True}
    assert body["changes"] == {"lines": lines[:200]}
    assert body["delivery"]["cut"] == ["lines"]


def test_what_is_long_without_any_list_is_sent_as_it_is() -> None:
    data = {"metadata": {f"key_{number}": "x" * 500 for number in range(200)}, "lines": []}
    text, body = sent(data)
    assert len(text) > BODY_BYTES_MAX
    assert (body["data"], body["delivery"]) == (data, {"endpoint": "we_a", "sequence": 1, "replay": False})


leaves = st.one_of(st.integers(), st.booleans(), st.none(), st.text(max_size=30))
texts = st.integers(1, 100).map(lambda count: "ü€😀" * count)
longs = st.tuples(st.integers(50, 1_500), st.one_of(leaves, texts)).map(lambda each: [each[1]] * each[0])
names = st.sampled_from(["lines", "taxes", "tiers", "items", "a"])
values = st.recursive(
    st.one_of(leaves, longs),
    lambda inner: st.one_of(
        st.dictionaries(names, inner, max_size=4),
        st.lists(inner, max_size=6),
        st.tuples(st.integers(0, 12), inner).map(lambda each: [each[1]] * each[0]),
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(names, values, max_size=4), st.dictionaries(names, values, max_size=2))
def test_a_body_has_at_most_64_kb_whenever_its_lists_are_what_makes_it_long(data: Json, changes: Json) -> None:
    text, body = sent(data, changes)
    assert text == body_of(event(data, changes), "we_a", 1, replay=False)
    if len(to_json(without_lists({"data": data, "changes": changes}))) <= BODY_BYTES_MAX - MARKS_BYTES:
        assert len(text.encode()) <= BODY_BYTES_MAX
        assert len(replayed(text).encode()) <= BODY_BYTES_MAX
    if "cut" not in body["delivery"]:
        assert (body["data"], body["changes"]) == (data, changes)
