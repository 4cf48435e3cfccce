"""Which mail an event leads to, once, and what is forgotten when a person is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from actors.notifications.terms import TEMPLATES, Terms
from messages.wire import Json
from tests.notifications.office import START, Office, hours


def office_with(*customers: str, **fields: Any) -> Office:
    """With customers whom somebody filled in."""
    office = Office(**fields)
    for customer in customers:
        office.hear(office.event("customer.created", customer, customer=customer, implicit=False))
    return office


INVOICE: Json = {"total": 1000, "customer_id": "ada"}


@pytest.mark.parametrize(
    ("type_", "data", "customer", "template"),
    [
        ("payment.succeeded", {}, "ada", "receipt"),
        ("payment.succeeded", {}, None, None),
        ("payment.created", {}, "ada", None),
        ("payment.action_required", {"destination": {"type": "merchant"}}, "ada", "action_required"),
        ("payment.action_required", {"destination": {"type": "invoice"}}, "ada", None),
        ("invoice.finalized", INVOICE, "ada", "invoice"),
        ("invoice.finalized", {**INVOICE, "total": 0}, "ada", None),
        ("invoice.payment_failed", INVOICE, "ada", "payment_failed"),
        ("subscription.trial_end_neared", {}, "ada", "trial_ending"),
        ("dispute.created", {}, "ada", "dispute"),
        ("webhook.endpoint.disabled", {"disabled_reason": "failing"}, None, "webhook_disabled"),
        ("webhook.endpoint.disabled", {"disabled_reason": "by_user"}, None, None),
    ],
)
def test_an_event_leads_to_its_mail(type_: str, data: Json, customer: str | None, template: str | None) -> None:
    office = office_with("ada", terms=Terms(seller_has_mail=True))
    office.hear(office.event(type_, "x_1", customer=customer, **data))
    office.until(START + hours(1))
    assert [request["template"] for request in office.mailed] == ([template] if template else [])
    assert [mail.mail.status for mail in office.mails] == (["sent"] if template else [])


def test_an_event_that_is_heard_again_leads_to_no_second_mail() -> None:
    office = Office()
    event = office.event("invoice.finalized", "inv_1", customer="ada", **INVOICE)
    office.hear(event, event)
    office.until(START + hours(1))
    office.hear(event)
    office.until(START + hours(2))
    assert len(office.mailed) == 1


def test_an_invoice_that_is_opened_by_being_sent_is_mailed_once_and_again_when_it_is_sent_again() -> None:
    office = Office()
    opened = office.event("invoice.finalized", "inv_1", customer="ada", **INVOICE)
    sent = office.event("invoice.sent", "inv_1", 2, customer="ada", **INVOICE)
    one = [replace(each, event=each.event.model_copy(update={"causation_id": "cmd_x"})) for each in (opened, sent)]
    office.hear(*one)
    assert len(office.mails) == 1
    again = office.event("invoice.sent", "inv_1", 3, customer="ada", **INVOICE)
    office.hear(replace(again, event=again.event.model_copy(update={"causation_id": "cmd_y"})))
    assert len(office.mails) == 2


def test_mails_that_are_switched_off_or_have_nobody_to_go_to_are_not_made() -> None:
    office = Office(terms=Terms(mails=TEMPLATES - {"receipt"}))
    office.hear(office.event("payment.succeeded", "pay_1", customer="ada"), office.event("dispute.created", "dp_1"))
    assert office.mails == []


def test_all_mails_to_a_customer_are_forgotten_with_them() -> None:
    # Given mails to two customers
    office = office_with("ada", "bob")
    office.hear(*(office.event("payment.succeeded", f"pay_{each}", customer="ada") for each in range(3)))
    office.hear(office.event("payment.succeeded", "pay_9", customer="bob"))
    office.until(START + hours(1))
    # And one more that is just being sent
    office.hear(office.event("payment.succeeded", "pay_4", customer="ada"))
    # When one is erased
    office.hear(office.event("customer.erased", "ada", 2, customer="ada"))
    office.now += timedelta(seconds=1)
    calls, office.open = office.open, []
    office.until(START + hours(2))
    office.open = calls
    office.until(START + hours(3))
    # Then nobody knows any more where they went, also not of the one that was on its way
    known = {mail.mail.customer_id: [] for mail in office.mails}
    for mail in office.mails:
        known[mail.mail.customer_id].append((mail.recipient, mail.headline))
    assert known == {"ada": [(None, None)] * 4, "bob": [("a@example.com", "Hello")]}


def test_a_mail_that_cannot_be_sent_now_is_tried_again_and_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    office = office_with("ada")
    office.hear(office.event("payment.succeeded", "pay_1", customer="ada"))
    monkeypatch.setattr(Office, "_returned", _later)
    office.until(START + hours(1))
    [mail] = office.mails
    assert mail.mail.status == "queued"
    assert 5 <= mail.attempts <= 7
    office.until(START + timedelta(days=4))
    [mail] = office.mails
    assert (mail.mail.status, mail.mail.error) == ("failed", "451 Come back later.")
    assert [said.type for said in office.said] == ["mail.queued", "mail.failed"]


def test_who_only_pays_is_not_asked_for_an_address() -> None:
    # Given one who has only paid so far, and is heard of after that
    office = Office()
    office.hear(office.event("payment.succeeded", "pay_1", customer="ada"))
    office.hear(office.event("customer.created", "ada", customer="ada", implicit=True))
    office.hear(office.event("payment.succeeded", "pay_2", customer="ada"))
    assert office.mails == []
    # When somebody fills them in
    office.hear(office.event("customer.updated", "ada", 2, customer="ada", implicit=False))
    office.hear(office.event("payment.succeeded", "pay_3", customer="ada"))
    # Then they get receipts, until they are erased
    assert [mail.mail.resource for mail in office.mails] == ["pay_3"]
    office.hear(office.event("customer.erased", "ada", 3, customer="ada", implicit=False))
    office.hear(office.event("payment.succeeded", "pay_4", customer="ada"))
    assert len(office.mails) == 1


def test_what_is_heard_days_late_is_mailed_to_nobody() -> None:
    office = office_with("ada")
    late = office.event("payment.succeeded", "pay_1", customer="ada")
    office.now += timedelta(days=3, seconds=1)
    office.hear(late)
    assert office.mails == []


def _later(office: Office, call: object) -> object:
    from actors.runtime.decision import Call, Returned

    assert isinstance(call, Call)
    result = {"result": "later", "detail": "451 Come back later."}
    return Returned("demo", call.id, call.operation, call.lane, None, result)
