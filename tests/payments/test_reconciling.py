"""Differences from found to ended: healed, corrected by the ledger, looked up, or dismissed."""

from datetime import timedelta
from typing import Any

from actors.payments.keys import reconciliation_key
from actors.payments.states import DifferenceState, ReconciliationState
from actors.runtime.decision import Done, FellDue, Returned
from messages.reconciliation import Difference, Progress, Unit, UnitPage
from messages.wire import json_of
from tests.payments.desk import PAY, TAKEN, TENANT, Desk, authorized
from tests.payments.test_comparing import CAPTURED, FEE, booked, ours

REC = "rec_simulated"


def unit(desk: Desk, **fields: Any) -> Unit:
    """A payment that all three sides agree on, unless something else is said."""
    since = desk.now - timedelta(days=2)
    known = {"id": PAY, "ours": ours(id=PAY, payment=PAY, since=since), "booked": [booked()]}
    return Unit.model_validate({**known, "posted": [*CAPTURED, *FEE], **fields})


def compared(desk: Desk, *units: Unit, has_more: bool = False) -> None:
    """A run in which these are gathered."""
    if not gathering(desk):
        desk._take(FellDue(TENANT, REC, desk.now))
    (call,) = gathering(desk)
    desk.calls.remove(call)
    page = UnitPage(units=list(units), progress=Progress(said=7), has_more=has_more)
    desk._take(Returned(TENANT, call.id, call.operation, call.lane, None, {"result": "gathered", **json_of(page)}))


def looked_again(desk: Desk, *units: Unit) -> None:
    """What a difference finds when it is to be corrected."""
    (call,) = gathering(desk)
    assert call.request["only"] == units[0].id
    desk.calls.remove(call)
    page = json_of(UnitPage(units=list(units), progress=Progress(), has_more=False))
    desk._take(Returned(TENANT, call.id, call.operation, call.lane, None, {"result": "gathered", **page}))


def gathering(desk: Desk) -> list[Any]:
    return [call for call in desk.calls if call.operation == "gather"]


def differences(desk: Desk) -> list[Difference]:
    return [state.difference for state in desk.view.values() if isinstance(state, DifferenceState)]


def test_a_difference_is_found_once_and_resolved_when_the_sides_agree() -> None:
    # Given a payment that the ledger missed
    desk = Desk()
    missed = unit(desk, posted=[])
    compared(desk, missed)
    (difference,) = differences(desk)
    assert (difference.class_, difference.status, difference.payment) == ("missing_posting", "open", PAY)
    # When it is compared again, nothing is said of it
    compared(desk, missed.model_copy(update={"open": [difference.id]}))
    assert desk.types().count("reconciliation.difference.found") == 1
    # Then, once it is posted, it is resolved
    compared(desk, unit(desk, open=[difference.id]))
    assert differences(desk)[0].status == "resolved"
    assert desk.types()[-2:] == ["reconciliation.difference.resolved", "reconciliation.run.completed"]
    # And if it comes back, it is open again
    compared(desk, missed)
    assert differences(desk)[0].status == "open"


def test_the_next_page_is_gathered_at_once_and_the_next_run_later() -> None:
    desk = Desk()
    compared(desk, unit(desk), has_more=True)
    (call,) = gathering(desk)
    assert call.request["progress"]["said"] == 7
    compared(desk)
    assert desk.due[REC] == desk.now + timedelta(seconds=30)
    assert desk.types() == ["reconciliation.run.completed"]
    desk.wait(REC)
    compared(desk)
    assert desk.types() == ["reconciliation.run.completed"]


def test_a_run_on_demand_begins_anew_and_answers_at_its_end() -> None:
    # Given a run that is under way
    desk = Desk()
    desk._take(FellDue(TENANT, REC, desk.now))
    # When everything is to be compared
    command = desk.ask("reconciliation.run", REC)
    compared(desk, unit(desk))
    # Then it begins from the beginning
    (call,) = gathering(desk)
    assert call.request["progress"]["said"] == 0
    assert desk.refusal(desk.ask("reconciliation.run", REC)).code == "outcome_pending"
    compared(desk, unit(desk), unit(desk, id="pay_2", ours=ours(id="pay_2"), booked=[]))
    outcome = desk.outcome(command)
    state: ReconciliationState = desk.view[reconciliation_key(TENANT, REC)]
    assert outcome == Done(200, state.reconciliation)
    told = state.reconciliation
    assert (told.whole, told.units_compared, told.differences_found) == (True, 2, 1)


def test_a_correction_is_posted_by_the_ledger_and_not_told_again() -> None:
    # Given a provider that took less
    desk = Desk()
    less = unit(desk, booked=[booked(amount=900)])
    compared(desk, less)
    (difference,) = differences(desk)
    # When the correction is applied
    command = desk.ask("difference.apply", difference.id, reason="Their mistake.")
    looked_again(desk, less)
    (wish,) = desk.wishes
    assert (wish.type, wish.data.model_dump()["reason"]) == ("transaction.create", "Their mistake.")
    assert desk.refusal(desk.ask("difference.apply", difference.id)).code == "outcome_pending"
    desk.ledger_says(201, {"object": "ledger_transaction"})
    # Then it is corrected, and stays so although the sides are as they were
    (corrected,) = differences(desk)
    assert (corrected.status, corrected.transaction) == ("corrected", wish.subject)
    assert desk.outcome(command) == Done(200, corrected)
    compared(desk, less)
    assert [each.status for each in differences(desk)] == ["corrected"]


def test_what_has_healed_before_it_is_corrected_is_not_corrected() -> None:
    # Given a payment that the provider did not know, and has booked meanwhile
    desk = Desk()
    compared(desk, unit(desk, booked=[]))
    command = desk.ask("difference.apply", differences(desk)[0].id)
    # When it is looked at once more
    looked_again(desk, unit(desk))
    # Then nothing is posted
    assert desk.wishes == []
    assert desk.refusal(command).code == "wrong_state"
    assert differences(desk)[0].status == "open"


def test_a_correction_that_the_ledger_refuses_leaves_the_difference_open() -> None:
    desk = Desk()
    compared(desk, unit(desk, booked=[booked(fee=60)]))
    command = desk.ask("difference.apply", differences(desk)[0].id)
    looked_again(desk, unit(desk, booked=[booked(fee=60)]))
    desk.ledger_says(422, {"code": "period_closed", "detail": "No."})
    assert desk.refusal(command).code == "period_closed"
    assert differences(desk)[0].status == "open"


def test_what_the_ledger_missed_it_is_told_again() -> None:
    desk = Desk()
    compared(desk, unit(desk, posted=[]))
    command = desk.ask("difference.apply", differences(desk)[0].id)
    (call,) = [call for call in desk.calls if call.operation == "find_event"]
    assert (call.request["entity"], call.request["types"]) == (PAY, ["payment.succeeded"])
    found = {"result": "found", "event": {"id": "evt_1", "type": "payment.succeeded"}}
    desk._take(Returned(TENANT, call.id, call.operation, call.lane, None, found))
    (wish,) = desk.wishes
    # In no lane with what may be parked of that payment
    assert (wish.type, wish.subject, wish.data.model_dump()["event"]["id"]) == (
        "fact.post",
        differences(desk)[0].id,
        "evt_1",
    )
    desk.ledger_says(201, {"object": "ledger_transaction", "id": "txn_9"})
    assert (differences(desk)[0].status, differences(desk)[0].transaction) == ("corrected", "txn_9")
    assert isinstance(desk.outcome(command), Done)


def test_what_was_never_said_cannot_be_posted() -> None:
    desk = Desk()
    compared(desk, unit(desk, posted=[]))
    command = desk.ask("difference.apply", differences(desk)[0].id)
    call = desk.calls.pop()
    found = {"result": "found", "event": None}
    desk._take(Returned(TENANT, call.id, call.operation, call.lane, None, found))
    assert desk.refusal(command).code == "wrong_state"


def test_a_capture_of_which_no_webhook_told_is_taken_from_the_provider() -> None:
    # Given a payment that is only authorised here, and captured there
    desk = authorized()
    here = ours(id=PAY, payment=PAY, moved=0, fee=None, provider_reference=TAKEN.reference)
    compared(desk, unit(desk, ours=here, posted=[]))
    # When that is applied
    command = desk.ask("difference.apply", differences(desk)[0].id)
    # Then the payment has succeeded, and the difference is open until it has healed
    assert (desk.payment().status, desk.payment().amount_captured) == ("succeeded", 1000)
    assert isinstance(desk.outcome(command), Done)
    assert differences(desk)[0].status == "open"


def test_a_dismissed_difference_is_not_told_again() -> None:
    desk = Desk()
    nobodys = Unit(id="btx_1", booked=[booked()])
    compared(desk, nobodys)
    (difference,) = differences(desk)
    desk.ask("difference.dismiss", difference.id, reason="Of another shop.")
    compared(desk, nobodys)
    (dismissed,) = differences(desk)
    assert (dismissed.status, dismissed.reason) == ("dismissed", "Of another shop.")
    assert desk.refusal(desk.ask("difference.dismiss", difference.id)).code == "wrong_state"
    assert desk.refusal(desk.ask("difference.apply", "diff_none")).code == "not_found"


def test_nothing_can_be_applied_to_what_is_only_late() -> None:
    desk = Desk()
    compared(desk, unit(desk, ours=ours(id=PAY, since=desk.now), booked=[]))
    assert differences(desk)[0].class_ == "timing"
    assert desk.refusal(desk.ask("difference.apply", differences(desk)[0].id)).code == "wrong_state"
