"""Every kind of command has somebody who may read what became of it."""

from gateway.command_scopes import read_by, seen_with
from messages.catalogue import LANGUAGES, OF_EVERY_ACTOR
from messages.scopes import ADMIN, READ_ONLY
from messages.switches import COMMANDS as SWITCHES
from messages.wire import Json

FOR_ADMINS = {"api_key", "user", "session", "switch"}


def test_every_command_has_a_scope_that_reads_it() -> None:
    types = {each for _, commands in LANGUAGES for each in commands} | OF_EVERY_ACTOR.keys() | SWITCHES.keys()
    of_admins = {each.partition(".")[0] for each in types if read_by(each) == ADMIN}
    assert of_admins == FOR_ADMINS
    assert {read_by(each) for each in types} <= {*READ_ONLY, ADMIN}
    assert read_by("unheard.of") == ADMIN


def test_of_a_refusal_its_code_is_told() -> None:
    body: Json = {"code": "card_declined", "detail": "Ada's card", "status": 402, "payment": {"id": "pay_1"}}
    record: Json = {"type": "payment.create", "outcome": {"status": 402, "body": body}}
    told = seen_with({"operations:read"}, record)
    assert told["outcome"] == {"status": 402, "body": {"code": "card_declined"}}
    assert seen_with({"payments:read"}, record) == record
    running: Json = {"type": "payment.create", "outcome": None}
    assert seen_with(set(), running) == running


def test_the_secret_of_a_payment_is_told_to_nobody_who_asks_what_became_of_the_command() -> None:
    payment: Json = {"object": "payment", "id": "pay_1", "client_secret": "pi_1_secret_2", "metadata": {"a": "b"}}
    declined: Json = {"code": "card_declined", "detail": "Declined.", "payment": payment}
    unsaid = {**payment, "client_secret": None}
    for body, seen in ((payment, unsaid), (declined, {**declined, "payment": unsaid})):
        record: Json = {"type": "payment.create", "outcome": {"status": 201, "body": body}}
        for scopes in ({"payments:read", "operations:read"}, {ADMIN}):
            assert seen_with(scopes, record)["outcome"] == {"status": 201, "body": seen}
    assert payment["client_secret"] == "pi_1_secret_2"
