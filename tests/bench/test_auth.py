"""Whether a door that tells where a key is wrong would be found out, and that ours tells nothing."""

import time

import pytest

from bench.auth.door import SECRETS
from bench.auth.ranks import Z_MOST, z_of
from bench.auth.wrong_keys import at_first, at_last, refusals
from messages.key_secrets import hash_of

EACH = 400
TRIES = 3
"""Two equal sets are found different once in a thousand times."""

LEAK_SECONDS = 0.0005


def test_ranks_tell_how_far_times_lie_apart() -> None:
    assert z_of([1, 2, 3], [1, 2, 3]) == 0
    assert z_of([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(-2.309, abs=0.001)
    assert z_of([5, 6, 7, 8], [1, 2, 3, 4]) == pytest.approx(2.309, abs=0.001)
    assert z_of([1, 1, 1], [1, 1, 1]) == 0


def test_a_few_slow_requests_do_not_count_as_a_difference() -> None:
    quick = [float(number % 50) for number in range(1000)]
    assert abs(z_of([*quick, *[1e6] * 5], quick)) < 1


def test_keys_are_spoilt_where_they_say() -> None:
    secret = SECRETS[0]
    assert [at_first(secret)[:9], at_first(secret)[10:]] == [secret[:9], secret[10:]]
    assert at_last(secret)[:-1] == secret[:-1]
    assert len({secret, at_first(secret), at_last(secret)}) == 3


async def test_a_refusal_takes_as_long_wherever_a_key_is_wrong() -> None:
    found = [abs(z_of(*await refusals(EACH))) for _ in range(TRIES)]
    assert min(found) < Z_MOST, found


async def test_a_door_that_compares_from_the_beginning_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    begins = {secret[:-1] for secret in SECRETS}

    def leaking(secret: str) -> str:
        if secret[:-1] in begins:
            until = time.perf_counter() + LEAK_SECONDS
            while time.perf_counter() < until:
                pass
        return hash_of(secret)

    monkeypatch.setattr("gateway.authentication.hash_of", leaking)
    assert z_of(*await refusals(EACH)) < -Z_MOST
