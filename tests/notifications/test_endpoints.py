"""Endpoints: made, changed, tested, rotated, disabled and enabled again, and gone."""

from datetime import timedelta
from typing import Any

import pytest

from actors.notifications.directory import wants
from messages.webhooks import Ping
from messages.wire import Json
from tests.notifications.office import NO, OK, START, Office, hours

MADE: Json = {"url": "https://example.com/hook", "types": ["payment.*"]}


def test_only_what_an_endpoint_wants_is_queued_for_it() -> None:
    office = Office()
    office.done("webhook_endpoint.create", "we_a", **MADE)
    office.done("webhook_endpoint.create", "we_b", **{**MADE, "types": ["payment.succeeded", "invoice.*"]})
    office.hear(*(office.event(kind, "x_1") for kind in ("payment.succeeded", "payment.failed", "invoice.paid")))
    office.until(START + hours(1))
    assert [body["type"] for body in office.arrived("we_a")["x_1"]] == ["payment.succeeded", "payment.failed"]
    assert [body["type"] for body in office.arrived("we_b")["x_1"]] == ["payment.succeeded", "invoice.paid"]
    # Each endpoint counts what it was given, so that nothing can be missed unseen
    for endpoint in ("we_a", "we_b"):
        assert [body["delivery"]["sequence"] for body in office.arrived(endpoint)["x_1"]] == [1, 2]


@pytest.mark.parametrize(
    ("pattern", "type_", "expected"),
    [
        ("*", "payment.succeeded", True),
        ("payment.succeeded", "payment.succeeded", True),
        ("payment.succeeded", "payment.succeeded.x", False),
        ("payment.*", "payment.succeeded", True),
        ("payment.*", "payment_method.attached", False),
        ("ledger.*", "ledger.transaction.posted", True),
        ("ledger.transaction.*", "ledger.head.signed", False),
    ],
)
def test_a_pattern_takes_everything_that_begins_so(pattern: str, type_: str, expected: object) -> None:
    assert wants((pattern,), type_) is expected


def test_what_is_said_of_webhooks_is_delivered_to_nobody() -> None:
    office = Office()
    office.done("webhook_endpoint.create", "we_a", **{**MADE, "types": ["*"]})
    office.hear(office.event("webhook.endpoint.disabled", "we_b"), office.event("mail.sent", "mail_1"))
    assert office.deliveries == []


def test_both_secrets_sign_until_the_older_one_expires() -> None:
    office, seen = Office(), list[Any]()

    def receiver(request: Json) -> Json:
        seen.append(request["secret_versions"])
        return OK

    office.receiver = receiver
    office.done("webhook_endpoint.create", "we_a", **MADE)
    for at in (0, 1, 3):
        office.until(START + hours(at))
        office.hear(office.event("payment.updated", f"pay_{at}"))
        office.until(START + hours(at) + timedelta(seconds=1))
        if at == 0:
            rotated = office.done("webhook_endpoint.rotate_secret", "we_a", overlap_seconds=7_200)
            assert (rotated.secret_version, rotated.secret) == (2, None)
    assert seen == [[1], [2, 1], [2]]


def test_a_change_holds_what_was_sent_alone() -> None:
    office = Office()
    made = office.done("webhook_endpoint.create", "we_a", **MADE, description="Ours", metadata={"a": "b"})
    changed = office.done("webhook_endpoint.update", "we_a", changes={"types": ["refund.*"]}, if_match=made.version)
    assert (changed.description, changed.url, changed.types) == ("Ours", MADE["url"], ["refund.*"])
    assert office.refused("webhook_endpoint.update", "we_a", changes={}, if_match=1) == "version_conflict"
    assert office.refused("webhook_endpoint.update", "we_a", changes={"url": None}) == "validation_failed"
    gone = office.done("webhook_endpoint.update", "we_a", changes={"description": None, "metadata": {"a": None}})
    assert (gone.description, gone.metadata) == (None, {})
    office.hear(office.event("payment.updated", "pay_1"), office.event("refund.created", "ref_1"))
    office.until(START + hours(1))
    assert list(office.arrived("we_a")) == ["ref_1"]


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled_again() -> None:
    # Given an endpoint to which much waits
    office = Office(receiver=lambda _: NO)
    office.done("webhook_endpoint.create", "we_a", **MADE)
    office.hear(*(office.event("payment.updated", f"pay_{each}") for each in range(500)))
    office.until(START + timedelta(seconds=1))
    # When it is disabled
    shown = office.done("webhook_endpoint.disable", "we_a")
    assert (shown.status, shown.disabled_reason) == ("disabled", "by_user")
    assert office.refused("webhook_endpoint.enable", "we_a") == "outcome_pending"
    office.until(START + hours(1))
    # Then what waited is discarded, and nothing is queued any more
    assert {each.webhook_delivery.status for each in office.deliveries} == {"discarded"}
    office.hear(office.event("payment.updated", "pay_x"))
    assert len(office.deliveries) == 500
    # When it is enabled, it goes on with what comes then
    office.receiver = lambda _: OK
    assert office.done("webhook_endpoint.enable", "we_a").status == "enabled"
    office.hear(office.event("payment.updated", "pay_1", 2))
    office.until(START + hours(2))
    [(_, body)] = office.posted
    assert body["delivery"]["sequence"] == 501
    assert office.endpoint("we_a").webhook_endpoint.delivered_through == 0


def test_a_deleted_endpoint_is_unknown() -> None:
    office = Office()
    office.done("webhook_endpoint.create", "we_a", **MADE)
    assert office.done("webhook_endpoint.delete", "we_a").deleted is True
    office.hear(office.event("payment.updated", "pay_1"))
    assert office.deliveries == []
    for verb in ("update", "delete", "rotate_secret", "test", "enable", "disable"):
        data = {"changes": {}} if verb == "update" else {}
        assert office.refused(f"webhook_endpoint.{verb}", "we_a", **data) == "not_found"


def test_a_test_goes_to_one_endpoint_alone_whatever_it_wants_to_hear() -> None:
    office = Office()
    office.done("webhook_endpoint.create", "we_a", **MADE)
    office.done("webhook_endpoint.create", "we_b", **{**MADE, "types": ["*"]})
    ping: Ping = office.done("webhook_endpoint.test", "we_a")
    office.hear(office.event("ping.sent", ping.id, endpoint="we_a"))
    office.until(START + hours(1))
    assert [body["data"]["endpoint"] for bodies in office.arrived("we_a").values() for body in bodies] == ["we_a"]
    assert office.arrived("we_b") == {}
