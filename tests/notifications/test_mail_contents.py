"""What a mail says of what was told."""

from typing import Any

import pytest

from actors.notifications.mail_contents import Reader, content_of
from actors.notifications.mails import MailSeller
from actors.notifications.rendering import render
from messages.mails import Template
from messages.wire import Json

SAID = "2026-01-31T00:00:00.000Z"
TOLD: Json = {
    "object": "invoice",
    "id": "inv_1",
    "number": "INV-1",
    "currency": "EUR",
    "total": 2380,
    "amount_remaining": 2380,
    "due_date": None,
    "description": None,
    "next_payment_attempt": None,
}


def text(locale: str, template: Template = "payment_failed", **told: Any) -> str:
    reader = Reader(address="ada@example.com", locale=locale)
    seller = MailSeller(name="Blue Shop")
    content = content_of(template, {**TOLD, **told}, SAID, reader, seller, lambda _: "https://pay.example/i/1")
    return " ".join(render(content).text.split())


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, "Ihr Konto war nicht gedeckt."),
        ({"code": "card_declined", "decline_code": "expired_card"}, "Ihre Karte ist abgelaufen."),
        ({"code": "authentication_required", "decline_code": None}, "Ihre Bank möchte"),
    ],
)
def test_the_mail_of_a_failed_payment_says_why(why: Json, said: str) -> None:
    assert said in text("de", last_payment_error=why)


@pytest.mark.parametrize("why", [None, {"code": "card_declined", "decline_code": "stolen_card"}])
def test_what_is_nobodys_business_or_not_known_has_no_words(why: Json | None) -> None:
    assert text("de", last_payment_error=why) == text("de")
    assert "stolen" not in text("de", last_payment_error=why)


AUTOMATIC: Json = {"status": "open", "collection_method": "charge_automatically", "auto_advance": True}
ASKED: Json = {"en": "and pay", "de": "und bezahlen", "es": "y pagar", "fr": "et payer", "ja": "支払う"}


@pytest.mark.parametrize("locale", ASKED)
def test_the_mail_of_an_invoice_asks_for_money_only_if_nobody_takes_it_by_itself(locale: str) -> None:
    told = [
        text(locale, "invoice", **{**AUTOMATIC, "status": "paid"}),
        text(locale, "invoice", **AUTOMATIC),
        text(locale, "invoice", **AUTOMATIC, last_payment_error={"code": "card_declined"}),
        text(locale, "invoice", **{**AUTOMATIC, "collection_method": "send_invoice"}),
    ]
    assert [ASKED[locale] in each for each in told] == [False, False, True, True]
    assert told[0] != told[1]
    assert told[2] == told[3]


def test_the_mail_of_an_invoice_says_what_is_left_to_pay_of_it() -> None:
    # Given one over 23.80 of which 10.00 are settled already
    left: Json = {"amount_remaining": 1380}
    asked = text("en", "invoice", status="open", collection_method="send_invoice", **left)
    charged = text("en", "invoice", **AUTOMATIC, **left)
    # Then the mail names the invoice by its total, and asks for the rest
    for told in (asked, charged):
        assert "invoice INV-1 over €23.80" in told
        assert told.count("€23.80") == 1
        assert "€13.80" in told
    assert "Amount due: €13.80" in asked
    assert "€13.80 is charged to your payment method" in charged
    # And when all of it is paid, the total stands alone
    paid = text("en", "invoice", status="paid", amount_remaining=0)
    assert "Amount: €23.80" in paid
    assert "€0.00" not in paid
