"""What mails say, taken from the resources as the actors tell them."""

from typing import Any

from actors.notifications.mail_contents import Reader, content_of
from actors.notifications.mails import MailContent, MailSeller
from messages.mails import Template
from messages.payments import Payment
from messages.resource import Resource
from messages.subscriptions import Subscription

AT = "2026-11-22T10:00:00.000Z"
STAMPS: dict[str, Any] = {"version": 1, "created_at": AT, "updated_at": AT}
PAYMENT: dict[str, Any] = {
    "id": "pay_1",
    **STAMPS,
    "amount": 7700,
    "currency": "EUR",
    "customer_id": "ada",
    "provider": "simulated",
}


def _content(template: Template, about: Resource) -> MailContent:
    seller = MailSeller(name="Blue Shop", email="shop@example.com")
    return content_of(
        template, about.model_dump(mode="json"), AT, Reader(address="ada@example.com"), seller, lambda _: None
    )


def _redirected_to(url: str) -> Payment:
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}}
    return Payment.model_validate({**PAYMENT, "status": "requires_action", "next_action": action})


def test_a_trial_that_ends_says_when() -> None:
    trial = {"start": "2026-11-11T00:00:00.000Z", "end": "2026-11-25T00:00:00.000Z"}
    mine = {"id": "sub_1", **STAMPS, "status": "trialing", "customer_id": "ada", "currency": "EUR", "items": []}
    dated = {
        "billing_cycle_anchor": trial["end"],
        "start_date": trial["start"],
        "current_period": trial,
        "trial": trial,
    }
    content = _content("trial_ending", Subscription.model_validate(mine | dated))
    assert content.model_dump(mode="json")["trial_end_at"] == trial["end"]


def test_who_must_go_to_their_bank_is_led_there() -> None:
    assert _content("action_required", _redirected_to("https://bank.example/3ds")).link == "https://bank.example/3ds"


def test_the_bank_of_a_test_has_no_address_that_a_mail_could_lead_to() -> None:
    content = _content("action_required", _redirected_to("/simulated/payments/pay_1/authenticate"))
    assert (content.link, content.amount_minor) == (None, 7700)
