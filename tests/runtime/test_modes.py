"""Real money stays real money, also where an alarm asks for it: a time that comes knows of no tenant's mode."""

from datetime import UTC, datetime

import pytest
from pydantic_core import from_json

from actors.runtime.decision import Decision, FellDue, Said, Wish
from actors.runtime.effects import Effects
from actors.runtime.journaling import Writer
from actors.runtime.reading import Cause, from_alarm
from messages.envelope import Command
from messages.examples import PAYMENT
from messages.ledger_commands import VoidHold
from messages.payments import CancelPayment

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
OF_AN_ALARM = from_alarm(FellDue("shop", "inv_1", NOW)).cause
OF_A_COMMAND = Cause("req_1", "cmd_1", "key:key_1", livemode=True)


@pytest.mark.parametrize(
    ("cause", "wished", "live"),
    [(OF_AN_ALARM, False, False), (OF_AN_ALARM, True, True), (OF_A_COMMAND, False, True), (OF_A_COMMAND, True, True)],
)
def test_a_command_to_another_actor_is_of_the_mode_of_its_cause_or_of_what_it_is_about(
    cause: Cause, wished: bool, live: bool
) -> None:
    wish = Wish("payments", "payment.cancel", "pay_1", CancelPayment(), "inv_1", livemode=wished)
    row = Writer("invoicing", 0, NOW).wish(1, "shop", cause, wish)
    assert Command.model_validate_json(row.message).livemode is live


@pytest.mark.parametrize("live", [True, False])
def test_what_a_live_thing_comes_to_is_live_though_a_call_or_an_alarm_brought_it_about(live: bool) -> None:
    # Given a payment whose charge came back, which knows of no mode, and a hold that follows from it
    paid = PAYMENT.model_copy(update={"livemode": live})
    wish = Wish("ledger", "hold.void", "hold_1", VoidHold(), paid.id)
    effects = Effects("payments", 0, NOW, 0, {})
    # When it is written down
    effects.add(
        from_alarm(FellDue("shop", paid.id, NOW)), Decision(events=[Said("payment.updated", paid)], commands=[wish])
    )
    # Then both are of the mode of the payment
    event, command = (from_json(row.message) for row in effects.journal)
    assert (event["livemode"], command["livemode"]) == (live, live)
