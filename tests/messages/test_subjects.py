"""Subjects: no tenant's filter ever matches another's subject, and nothing but a token ever gets into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.ids import is_token
from messages.subjects import (
    PARTITIONS,
    command_subject,
    commands_of,
    event_subject,
    events_of,
    noun_and_fact,
    parked_subject,
    partition_of,
    query_subject,
    reply_subject,
    tenant_events,
    type_of,
)

TOKENS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
TYPES = st.sampled_from(["payment.succeeded", "ledger.transaction.posted", "payment_method.attached", "wallet.updated"])


def matches(pattern: str, subject: str) -> bool:
    """As nats-server matches: `*` is one token, `>` at the end one or more."""
    wanted, given_ = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted, given_ = wanted[:-1], given_[: len(wanted) - 1] if len(given_) >= len(wanted) else []
    return len(wanted) == len(given_) and all(w in ("*", g) for w, g in zip(wanted, given_, strict=True))


def test_the_matcher_of_this_file_matches_as_the_server_does() -> None:
    assert matches("a.*.c", "a.b.c")
    assert matches("a.>", "a.b.c")
    assert not matches("a.>", "a")
    assert not matches("a.*", "a.b.c")


@given(mine=TOKENS, other=TOKENS, kind=TYPES, entity=TOKENS)
def test_no_tenants_filter_ever_matches_anothers_subject(mine: str, other: str, kind: str, entity: str) -> None:
    subjects = [event_subject(other, kind, entity), command_subject(other, kind, "payments", entity)]
    seen = [matches(tenant_events(mine), subject) for subject in subjects]
    assert seen == [mine == other, False]


@given(tenant=TOKENS, kind=TYPES, entity=TOKENS, partition=st.integers(0, PARTITIONS - 1))
def test_every_subject_has_six_tokens_and_its_partition_finds_it(
    tenant: str, kind: str, entity: str, partition: int
) -> None:
    event = event_subject(tenant, kind, entity)
    command = command_subject(tenant, "payment.create", "payments", entity)
    assert len(event.split(".")) == len(command.split(".")) == 6
    # As the streams store them, with the partition in place of the entity
    stored_event, stored_command = (f"{subject.rpartition('.')[0]}.{partition}" for subject in (event, command))
    for other in range(PARTITIONS):
        assert matches(events_of(kind, other), stored_event) == (other == partition)
        assert matches(commands_of("payments", other), stored_command) == (other == partition)
        assert not matches(commands_of("ledger", other), stored_command)


@given(text=st.text(max_size=70))
def test_what_is_no_token_never_gets_into_a_subject(text: str) -> None:
    makers = (
        lambda: event_subject(text, "payment.created", "pay_1"),
        lambda: event_subject("demo", "payment.created", text),
        lambda: command_subject(text, "payment.create", "payments", "pay_1"),
        lambda: command_subject("demo", "payment.create", "payments", text),
        lambda: parked_subject(text, "payments", "behind"),
        lambda: query_subject("payments", text),
        lambda: reply_subject("gw_1", text),
        lambda: tenant_events(text),
    )
    for make in makers:
        if is_token(text):
            assert text in make().split(".")
        else:
            with pytest.raises(ValueError, match="cannot stand in a subject"):
                make()


@pytest.mark.parametrize("text", ["", "*", ">", "a.b", "a b", "a\n", "é", "x" * 65, "a\0", "pay_1 "])
def test_wildcards_dots_spaces_and_the_like_are_no_tokens(text: str) -> None:
    assert not is_token(text)


@given(kind=TYPES)
def test_a_type_comes_back_from_its_subject(kind: str) -> None:
    assert type_of(*noun_and_fact(kind)) == kind


@given(tenant=TOKENS)
def test_a_tenant_always_has_one_of_the_partitions(tenant: str) -> None:
    assert partition_of(tenant) in range(PARTITIONS)
