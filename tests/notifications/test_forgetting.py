"""A customer who is erased: nothing of them is left, also not of the mails that were still to go out."""

from datetime import timedelta
from typing import Any

import pytest
from aiosmtplib import SMTPException

from actors.notifications import mail_channel
from actors.notifications.channels import Letter
from actors.notifications.mail_channel import MailChannel
from actors.notifications.mailing import SmtpSettings
from actors.notifications.mails import MailSeller, Rendered
from messages.wire import Json
from tests.notifications.office import START, Office, hours
from tests.notifications.test_mail_rules import INVOICE, office_with


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """Where no mail goes out for now, and one to Ada is queued."""
    office = office_with("ada", "bob")
    returned = office._returned
    later = {"result": "later", "detail": "451 Come back later.", "to": "a@example.com", "subject": "Hello"}
    monkeypatch.setattr(
        office, "_returned", lambda call: type(returned(call))("demo", call.id, call.operation, call.lane, None, later)
    )
    office.hear(office.event("invoice.finalized", "inv_1", customer="ada", **INVOICE))
    return office


def erase(office: Office) -> None:
    office.hear(office.event("customer.erased", "ada", 2, customer="ada"))


def kept(office: Office) -> list[Any]:
    return [(each.mail.status, each.about, each.recipient, each.headline) for each in office.mails]


def test_a_mail_that_rests_is_given_up_at_once_and_says_nothing_of_what_it_was_about(office: Office) -> None:
    # Given a mail that is tried again in a while
    office.until(START + timedelta(seconds=1))
    assert [each.about["total"] for each in office.mails] == [1000]
    # When its customer is erased
    erase(office)
    office.until(START + timedelta(seconds=2))
    # Then it is over, and nobody is asked for an address again
    assert kept(office) == [("failed", {}, None, None)]
    asked = len(office.mailed)
    office.until(START + hours(90))
    assert len(office.mailed) == asked
    assert [said.type for said in office.said] == ["mail.queued", "mail.failed"]


def test_a_mail_that_is_on_its_way_is_tried_no_more_when_it_comes_back(office: Office) -> None:
    # Given that its customer is erased while a mail is on its way
    calls, office.open = office.open, []
    erase(office)
    office.until(START + timedelta(seconds=2))
    assert kept(office) == [("queued", {}, None, None)]
    # When it comes back
    office.open = calls
    office.until(START + hours(90))
    # Then it is over
    assert kept(office) == [("failed", {}, None, None)]
    assert len(office.mailed) == 1


async def test_why_a_mail_must_wait_is_told_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object) -> Json:
        raise SMTPException("451 4.7.1 <ada@example.com>: try again, ada@example.com is greylisted")

    monkeypatch.setattr(mail_channel, "send", refused)
    channel = MailChannel(SmtpSettings("127.0.0.1", 25), "billing@pay.example")
    letter = Letter(
        id="mail_1",
        at=START,
        seller=MailSeller(name="Shop"),
        to="ada@example.com",
        content=Rendered(subject="Hello", text="", html=""),
    )
    told = await channel.bring(letter)
    assert told == {
        "result": "later",
        "detail": "SMTPException: 451 4.7.1 <(address)>: try again, (address) is greylisted",
    }
