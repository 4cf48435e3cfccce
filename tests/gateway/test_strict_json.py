"""Bodies are read as they stand, or not at all."""

import json

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gateway.problems import Problem
from gateway.strict_json import DEPTH_MAX, pointer, read_object
from messages.money import AMOUNT_MAX

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-AMOUNT_MAX, AMOUNT_MAX) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, VALUES))
def test_every_sane_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert read_object(json.dumps(value).encode()) == value
    assert read_object(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_but_a_problem(raw: bytes) -> None:
    try:
        read_object(raw)
    except Problem as problem:
        event(problem.code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"amount":NaN}', "malformed_json"),
        (b'{"amount":-Infinity}', "malformed_json"),
        (b'{"amount":1} trailing', "malformed_json"),
        (b'{"amount":1,}', "malformed_json"),
        (b"{'amount':1}", "malformed_json"),
        (b'{"a":' * 100_000, "malformed_json"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "malformed_json"),
        (b"[" * 900 + b"]" * 900, "malformed_json"),
        (b'{"amount":1,"amount":100000}', "duplicate_key"),
        (b'{"metadata":{"a":"1","a":"2"}}', "duplicate_key"),
        (b'{"amount":1,"\\u0061mount":2}', "duplicate_key"),
        (b'\xef\xbb\xbf{"amount":1}', "invalid_encoding"),
        ('{"amount":1}'.encode("utf-16"), "invalid_encoding"),
        (b'{"a":"\xff"}', "invalid_encoding"),
        (b'{"a":"\xed\xa0\x80"}', "invalid_encoding"),
        (b'{"a":"\\ud800"}', "validation_failed"),
        (b'{"a":"x\\u0000y"}', "validation_failed"),
        (b'{"\\ud800":1}', "validation_failed"),
        (b"[]", "validation_failed"),
        (b"1e400", "validation_failed"),
    ],
)
def test_what_others_guess_at_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        read_object(raw)
    assert caught.value.code == code


def test_a_fault_inside_is_pointed_at() -> None:
    with pytest.raises(Problem) as caught:
        read_object(b'{"metadata":{"a/b":["ok","\\u0000"]}}')
    assert caught.value.extra["errors"] == [
        {"pointer": "/metadata/a~1b/1", "code": "bad_format", "detail": "The text holds a NUL character."}
    ]


@pytest.mark.parametrize("digits", [20, 4_300, 4_301, 500_000])
def test_an_integer_of_any_length_is_read_and_far_too_large(digits: int) -> None:
    assert read_object(b'{"amount":' + b"9" * digits + b"}")["amount"] > AMOUNT_MAX
    assert read_object(b'{"amount":-' + b"9" * digits + b"}")["amount"] < -AMOUNT_MAX


def test_nesting_up_to_the_limit_is_read() -> None:
    raw = b'{"a":' * DEPTH_MAX + b"1" + b"}" * DEPTH_MAX
    assert "a" in read_object(raw)


def test_a_surrogate_pair_is_one_character() -> None:
    assert read_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_pointers_are_escaped() -> None:
    assert pointer("a~b", 0, "c/d") == "/a~0b/0/c~1d"
