"""Cursors belong to their filters; fingerprints tell requests apart; positions read back."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cursors import Place, list_cursor, read_list_cursor, read_stream_cursor, stream_cursor
from gateway.fingerprints import fingerprint
from gateway.problems import Problem

TOKENS = st.text(max_size=30)


PLACES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@given(st.tuples(PLACES, PLACES) | PLACES, st.dictionaries(TOKENS, TOKENS))
def test_a_cursor_leads_back_to_its_place(after: str | tuple[str, str], filters: dict[str, str]) -> None:
    assert read_list_cursor(list_cursor(after, filters), filters) == after


def test_a_cursor_of_other_filters_is_refused() -> None:
    cursor = list_cursor("x", {"status": "succeeded"})
    with pytest.raises(Problem, match="other filters"):
        read_list_cursor(cursor, {"status": "failed"})


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_text_makes_a_cursor_raise_anything_but_a_problem(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_list_cursor(text, {})
    assert caught.value.code == "invalid_cursor"


@pytest.mark.parametrize("forged", ["\ud800", "a\0", "\n", "é", "x" * 256])
def test_no_forged_place_gets_through(forged: str) -> None:
    for after in (forged, (forged, "x"), ("2026-11-22T10:00:00Z", forged)):
        with pytest.raises(Problem) as caught:
            read_list_cursor(list_cursor(after, {}), {})
        assert caught.value.code == "invalid_cursor"


@given(st.integers(1, 10**9 - 1), st.integers(0, 2**62))
def test_a_stream_cursor_reads_back(epoch: int, seq: int) -> None:
    assert read_stream_cursor(stream_cursor(epoch, seq)) == Place(epoch, seq)
    assert read_stream_cursor(str(seq)) == Place(None, seq)


@pytest.mark.parametrize("text", ["", "-1", "1-", "x-1", "1-2-3", " 1", "1-٢", "0-1", "01", "9" * 30, "1-1\n"])
def test_what_was_never_a_stream_cursor_is_none(text: str) -> None:
    assert read_stream_cursor(text) is None


@given(
    st.lists(st.text(max_size=5), min_size=3, max_size=3),
    st.lists(st.text(max_size=5), min_size=3, max_size=3),
)
def test_two_requests_have_one_fingerprint_exactly_when_they_are_the_same(one: list[str], two: list[str]) -> None:
    first = fingerprint("POST", one[0], one[1], one[2].encode())
    second = fingerprint("POST", two[0], two[1], two[2].encode())
    assert (first == second) == (one == two)
