"""Test clocks on their own: they go forward, and say so."""

import pytest

from actors.invoicing.decide import DUE, decide
from actors.invoicing.keys import clock_key
from actors.runtime.decision import FellDue, Key
from actors.runtime.switches import switches_key
from tests.invoicing.selling import on_clock, stocked, subscribed
from tests.invoicing.shop import START, TENANT, Shop, days


def test_a_clock_is_advanced_and_shows_the_time_it_was_told() -> None:
    # Given a clock
    shop = Shop(now=START + days(400))
    assert shop.done("test_clock.create", "clock_1", now=START).now == START

    # When it is advanced
    after = shop.done("test_clock.advance", "clock_1", to=START + days(31))

    # Then it shows that time and is ready
    assert (after.status, after.now, after.target) == ("ready", START + days(31), None)
    assert shop.types == ["test_clock.created", "test_clock.advance_started", "test_clock.advanced"]


def test_time_does_not_go_back() -> None:
    shop = Shop()
    shop.done("test_clock.create", "clock_1", now=START)
    assert shop.refused("test_clock.advance", "clock_1", to=START - days(1)) == "clock_backwards"
    assert shop.refused("test_clock.advance", "clock_2", to=START) == "not_found"


def test_a_step_that_lacks_a_state_asks_for_it_and_does_not_break_the_clock() -> None:
    # Given a clock that is being advanced, of whose first step not all is known that it turns out to need
    shop = stocked()
    on_clock(shop)
    subscribed(shop)
    key = clock_key(TENANT, "clock_1")
    state = shop.state("clock_1")
    fields = {"status": "advancing", "target": START + days(40)}
    advancing = state.model_copy(update={"test_clock": state.test_clock.model_copy(update=fields)})

    # Then the runtime is told which, as of any other message, and decides again
    with pytest.raises(KeyError) as lacking:
        decide(shop.terms, FellDue(TENANT, "clock_1", START), {key: advancing, switches_key(TENANT): None}, START)
    assert isinstance(lacking.value.args[0], Key)


def test_a_step_that_is_broken_stops_its_clock_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a rule with a bug
    shop = stocked()
    on_clock(shop)
    subscribed(shop)

    def broken(*_: object) -> None:
        raise KeyError("month")

    monkeypatch.setitem(DUE, "subscription", broken)

    # When the clock comes to it
    shop.ask("test_clock.advance", "clock_1", to=START + days(40))

    # Then whoever waits is told, and the tenant goes on
    assert "test_clock.failed" in shop.types
