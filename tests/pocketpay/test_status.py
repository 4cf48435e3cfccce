"""How the processes feel, in lines for people."""

import pytest

from pocketpay.status import Condition, in_words


@pytest.mark.parametrize("name", ["notifications", "reconciliation", "postgres"])
def test_a_name_and_its_state_stand_apart_and_all_states_below_each_other(name: str) -> None:
    line = in_words(Condition(name, "ready", {}, 8104))
    assert line.split() == [name, "ready", "(port", "8104)"]
    assert line.index("ready") == in_words(Condition("nats", "ready", {}, 1)).index("ready")
