"""While webhooks or mails are off nothing is sent and nothing is lost; on again, all goes out in its order."""

from datetime import timedelta

from tests.notifications.office import START, Office, hours
from tests.notifications.test_mail_rules import INVOICE, office_with
from tests.runtime.turning import turn

URL = "https://example.com/hook"


def _turn(office: Office, name: str, *, on: bool) -> None:
    turn(office.states, name, office.now, on=on)


def test_webhooks_wait_in_their_order_and_count_as_no_attempt() -> None:
    # Given an endpoint, and webhooks off
    office = Office()
    office.done("webhook_endpoint.create", "we_1", url=URL, types=["*"])
    _turn(office, "webhooks", on=False)
    # When much happens for four days
    for number in range(1, 4):
        office.hear(office.event("payment.created", "pay_1", number), office.event("payment.created", f"pay_{number}9"))
        office.until(START + hours(32 * number))
    # Then nothing was sent, and nothing has failed
    assert office.posted == []
    assert {state.webhook_delivery.status for state in office.deliveries} == {"pending"}
    assert office.endpoint("we_1").webhook_endpoint.status == "enabled"
    # And soon after they are on again all has arrived, once and in order
    _turn(office, "webhooks", on=True)
    office.until(office.now + timedelta(seconds=20))
    arrived = office.arrived("we_1")
    assert [body["data"]["version"] for body in arrived["pay_1"]] == [1, 2, 3]
    assert sum(map(len, arrived.values())) == 6
    assert {state.webhook_delivery.status for state in office.deliveries} == {"succeeded"}


def test_what_is_under_way_when_webhooks_are_switched_off_is_counted() -> None:
    office = Office()
    office.done("webhook_endpoint.create", "we_1", url=URL, types=["*"])
    office.hear(office.event("payment.created", "pay_1"), office.event("payment.updated", "pay_1", 2))
    _turn(office, "webhooks", on=False)
    office.work()
    assert [body["data"]["version"] for _, body in office.posted] == [1]
    office.until(START + hours(1))
    assert len(office.posted) == 1


def test_mails_wait_and_go_out_when_they_are_on_again() -> None:
    # Given mails that are off
    office = office_with("ada")
    _turn(office, "mails", on=False)
    # When something happens that a mail tells of
    office.hear(office.event("invoice.finalized", "inv_1", customer="ada", **INVOICE))
    office.until(START + hours(80))
    assert (office.mailed, [state.mail.status for state in office.mails]) == ([], ["queued"])
    # Then it goes out once they are on again, at its first attempt
    _turn(office, "mails", on=True)
    office.until(office.now + timedelta(minutes=2))
    assert (len(office.mailed), [state.mail.status for state in office.mails]) == (1, ["sent"])
    assert office.mails[0].attempts == 1
