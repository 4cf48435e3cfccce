"""Commands to other actors have ids of their own: the stream drops what has the id of another, and nobody says so."""

from datetime import UTC, datetime

import pytest
from pydantic_core import from_json

from actors.runtime.decision import Decision, FellDue, Wish
from actors.runtime.effects import Effects
from actors.runtime.reading import from_alarm
from messages.payments import CancelPayment

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
WISH = Wish("payments", "payment.cancel", "pay_1", CancelPayment(), "rev_real")


def asked_at(partition: int, seq: int, *alarms: FellDue) -> list[str]:
    """The ids of what these alarms, of one turn, ask another actor for."""
    effects = Effects("invoicing", partition, NOW, seq, {})
    for alarm in alarms:
        effects.add(from_alarm(alarm), Decision(commands=[WISH, WISH]))
    return [from_json(row.message)["id"] for row in effects.journal]


@pytest.mark.parametrize(
    "turns",
    [
        [asked_at(0, 0, FellDue("shop_a", "rev_real", NOW), FellDue("shop_b", "rev_real", NOW))],
        [asked_at(0, 0, FellDue("shop", "cn_1", NOW), FellDue("shop", "cn_2", NOW))],
        [asked_at(0, 7, FellDue("shop_a", "rev_real", NOW)), asked_at(1, 7, FellDue("shop_b", "rev_real", NOW))],
        [asked_at(0, 7, FellDue("shop_a", "rev_real", NOW)), asked_at(0, 9, FellDue("shop_a", "rev_real", NOW))],
    ],
    ids=["of two tenants", "of two of one tenant's", "in two partitions", "in two turns"],
)
def test_what_alarms_ask_for_in_the_same_millisecond_are_different_commands(turns: list[list[str]]) -> None:
    ids = [id_ for turn in turns for id_ in turn]
    assert len(ids) == 4
    assert len({*ids}) == 4
