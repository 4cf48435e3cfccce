"""Test clocks on their own: they go forward, and say so."""

from tests.invoicing.shop import START, Shop, days


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
