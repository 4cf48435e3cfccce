"""The sweep: what no webhook brought is found, once, counted and told."""

from datetime import timedelta
from typing import Any

from actors.payments.keys import provider_key
from actors.payments.provider import Away, Configured, EventPage, Taken
from actors.payments.states import ProviderState
from actors.runtime.decision import Done, FellDue
from messages.payments import RefundStatus
from messages.provider_events import ProviderAccount, ProviderEvent, SimulatedSettings, WebhookFaults
from tests.payments.desk import SIMULATED, TENANT, Desk, paid
from tests.payments.provider_says import event, kept
from tests.payments.test_provider_events import refund

ACCOUNT = "prov_simulated"


def told(number: int, status: str = "failed", **fields: Any) -> ProviderEvent:
    known = {"provider": "simulated", "account": TENANT, "id": f"evt_{number}", "type": "refund.failed"}
    return ProviderEvent.model_validate({**known, "created": 1_764_000_000, "object": refund(status), **fields})


def account_of(desk: Desk) -> ProviderState:
    return desk.view[provider_key(TENANT, ACCOUNT)]


def swept() -> Desk:
    """A desk with a succeeded refund, whose sweep has just begun."""
    desk = paid()
    desk.refund(amount=400)
    desk.returns(Taken(reference="sim_re_1", amount=400))
    desk._take(FellDue(TENANT, ACCOUNT, desk.now))
    assert desk.calls.pop().operation == "list_bookings"
    return desk


def test_what_no_webhook_brought_is_applied_counted_and_told() -> None:
    # Given an event that came by webhook, and one that did not
    desk = swept()
    (call,) = desk.calls
    assert (call.operation, call.request["after"]) == ("list_events", None)
    event(desk, "refund.created", refund("pending"), id_="evt_1")
    # When both are found
    page = EventPage(events=[told(1, type="refund.created"), told(2)], after="2")
    desk.answer(desk.calls.pop(0), page)
    # Then the second is news
    assert desk.refunded().status is RefundStatus.FAILED
    assert (kept(desk, "evt_1").found_by, kept(desk, "evt_2").found_by) == ("webhook", "sweep")
    said = desk.said[-1]
    assert isinstance(said.resource, ProviderAccount)
    assert (said.type, said.resource.events_swept) == ("provider.webhooks_missed", 1)
    # And the next sweep goes on behind it
    assert (account_of(desk).cursor, account_of(desk).sweep) == ("2", None)
    assert desk.due[ACCOUNT] == desk.now + timedelta(seconds=30)
    desk.wait(ACCOUNT)
    (call,) = desk.calls
    assert (call.operation, call.request["after"]) == ("list_events", "2")


def test_several_events_of_one_refund_are_applied_one_after_the_other() -> None:
    desk = swept()
    events = [told(1, "succeeded", type="refund.updated"), told(2), told(3), told(2)]
    desk.answer(desk.calls.pop(0), EventPage(events=events, after="3"))
    assert desk.types().count("refund.failed") == 1
    assert account_of(desk).provider.events_swept == 3


def test_a_page_that_is_not_the_last_is_followed_at_once() -> None:
    desk = swept()
    desk.answer(desk.calls.pop(0), EventPage(events=[told(1)], after="1", has_more=True))
    (call,) = desk.calls
    assert call.request["after"] == "1"
    assert ACCOUNT not in desk.due


def test_nothing_missed_is_not_told_and_one_sweep_is_open_at_a_time() -> None:
    desk = swept()
    desk._take(FellDue(TENANT, ACCOUNT, desk.now))
    assert len(desk.calls) == 1
    said = desk.types()
    desk.answer(desk.calls.pop(0), EventPage(events=[told(1, type="customer.created")]))
    assert (desk.types(), account_of(desk).provider.events_swept) == (said, 0)


def test_a_webhook_that_comes_after_the_sweep_changes_nothing() -> None:
    desk = swept()
    desk.answer(desk.calls.pop(0), EventPage(events=[told(1)], after="1"))
    said = desk.types()
    event(desk, "refund.failed", refund("failed"), id_="evt_1")
    assert desk.types() == said


def test_an_account_that_several_tenants_share_is_told_by_its_own_alone() -> None:
    for whose, code in ((TENANT, None), ("other", "role_missing")):
        desk = Desk(SIMULATED.model_copy(update={"tenant": whose}))
        command = desk.ask("provider.configure", ACCOUNT, webhooks={"lose": 30})
        assert (desk.refusal(command).code if code else None) == code
        assert len(desk.calls) == (0 if code else 1)


def test_the_simulated_provider_is_told_how_to_behave() -> None:
    desk = Desk()
    wish = SimulatedSettings(webhooks=WebhookFaults(lose=30))
    command = desk.ask("provider.configure", ACCOUNT, webhooks={"lose": 30})
    desk.answer(desk.calls.pop(0), Configured(settings=wish))
    assert desk.outcome(command) == Done(200, wish)
    first = desk.ask("provider.configure", ACCOUNT, webhooks={})
    assert desk.refusal(desk.ask("provider.configure", ACCOUNT, webhooks={})).code == "outcome_pending"
    desk.answer(desk.calls.pop(0), Configured(settings=SimulatedSettings()))
    assert isinstance(desk.outcome(first), Done)
    again = desk.ask("provider.configure", ACCOUNT, webhooks={})
    desk.answer(desk.calls.pop(0), Away(detail="Gone."))
    assert desk.refusal(again).code == "provider_unavailable"
