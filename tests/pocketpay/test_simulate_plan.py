"""What a simulation asks for and breaks follows from its seed alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketpay.simulate.faults import KINDS, read_kinds
from pocketpay.simulate.plan import key_of, plan

SEEDS = st.integers(min_value=0, max_value=1_000_000)
DAYS = st.integers(min_value=1, max_value=60)


@given(SEEDS, DAYS)
def test_the_same_seed_makes_the_same_plan(seed: int, days: int) -> None:
    assert plan(seed, days, KINDS) == plan(seed, days, KINDS)


def test_another_seed_makes_another_plan() -> None:
    assert len({repr(list(plan(seed, 5, KINDS).steps)) for seed in range(20)}) == 20


@given(SEEDS, DAYS)
def test_what_is_broken_changes_nothing_of_what_is_asked_for(seed: int, days: int) -> None:
    broken, whole = plan(seed, days, KINDS), plan(seed, days, ())
    assert list(broken.steps) == list(whole.steps)
    assert whole.faults == ()
    assert {fault.kind for fault in broken.faults} == {"kill", "outage", "webhooks"}


@given(SEEDS, DAYS)
def test_every_request_has_a_key_of_its_own_and_every_fault_comes_while_there_are_some(seed: int, days: int) -> None:
    made = plan(seed, days, KINDS)
    names = [key_of(seed, step) for step in made.steps]
    assert len(set(names)) == len(names)
    assert all(fault.after < len(names) for fault in made.faults)
    assert [fault.after for fault in made.faults] == sorted(fault.after for fault in made.faults)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("all", KINDS), ("none", ()), ("kill", ("kill",)), ("provider, kill", ("provider", "kill"))],
)
def test_kinds_of_faults_are_read(text: str, kinds: tuple[str, ...]) -> None:
    assert read_kinds(text) == kinds


@pytest.mark.parametrize("text", ["", "fire", "kill,fire", "all,none"])
def test_a_kind_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="all, none, or"):
        read_kinds(text)
