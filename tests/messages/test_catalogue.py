"""The catalogue of messages says of the actors what they are."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from actors.access.actor import access
from actors.invoicing.actor import invoicing
from actors.ledger.actor import ledger
from actors.notifications.actor import notifications
from actors.payments.actor import payments
from actors.payments.simulated import Simulated
from actors.runtime.actor import Actor
from gateway.asyncapi import document, example_message, name_of
from messages.catalogue import ACTORS, ASKS, HEARS, MESSAGES, Message
from messages.questions import OF_EVERY_ACTOR, QUERIES
from messages.stuck import COMMANDS as OF_ALL
from messages.subjects import command_subject, event_subject, query_subject
from pocketpay.embedded.nats_users import permissions
from tests.ledger.book import SIGNER

ROOT = Path(__file__).parents[2]
DOCUMENT = document("1.2.3")


@pytest.fixture(params=ACTORS)
def actor(request: pytest.FixtureRequest, tmp_path: Path) -> Actor:
    actors = (ledger(SIGNER), payments(Simulated(tmp_path / "simulated.db")), invoicing(), notifications(), access())
    return next(each for each in actors if each.name == request.param)


def test_an_actor_hears_what_the_catalogue_says(actor: Actor) -> None:
    assert tuple(sorted(actor.hears)) == HEARS[actor.name]


def test_an_actor_takes_the_commands_that_the_catalogue_says(actor: Actor) -> None:
    known = {each.name for each in MESSAGES if each.kind == "command" and actor.name in each.hearers}
    assert known - {"answer"} == {*actor.commands, *OF_ALL}


def test_an_actor_answers_the_questions_that_the_catalogue_says(actor: Actor) -> None:
    assert QUERIES[actor.name].keys() == {*actor.queries, *OF_EVERY_ACTOR}


def test_an_actor_asks_others_what_the_catalogue_says(actor: Actor) -> None:
    rules = "".join(file.read_text() for file in (ROOT / "actors" / actor.name).glob("*.py"))
    assert set(re.findall(r'Wish\(\s*\w+\.ACTOR,\s*"([a-z._]+)"', rules)) == set(ASKS[actor.name])


@pytest.mark.parametrize("message", MESSAGES, ids=name_of)
def test_a_subject_is_the_one_that_is_used(message: Message) -> None:
    if message.kind == "command":
        used = command_subject("TENANT", message.name, message.hearers[0], "ENTITY")
    elif message.kind == "event":
        used = event_subject("TENANT", message.name, "ENTITY")
    elif message.kind == "query":
        used = query_subject(*message.name.split("."))
    else:
        used = "pocketpay.reply.{gateway}.{attempt}"
    assert message.subject == used.replace("TENANT", "{tenant}").replace("ENTITY", "{entity}")


def test_who_speaks_is_allowed_to() -> None:
    for message in MESSAGES:
        for sender in message.senders:
            allowed = permissions(sender)["publish"]
            tokens = message.subject.split(".")
            assert any(matches(pattern.split("."), tokens) for pattern in allowed), (sender, message.subject)


def matches(pattern: list[str], tokens: list[str]) -> bool:
    """As NATS matches a subject."""
    for place, wanted in enumerate(pattern):
        if wanted == ">":
            return len(tokens) > place
        if place >= len(tokens) or wanted not in ("*", tokens[place]):
            return False
    return len(pattern) == len(tokens)


@pytest.mark.parametrize("message", MESSAGES, ids=name_of)
def test_an_example_fits_its_schema_and_its_model(message: Message) -> None:
    name, example = name_of(message), example_message(message)
    payload = DOCUMENT["components"]["messages"][name]["payload"]
    whole = {**payload, "components": DOCUMENT["components"]}
    assert list(Draft202012Validator(whole).iter_errors(example)) == []
    message.envelope.model_validate(example)
    if message.data:
        message.data.model_validate(example[message.member])


def test_a_message_without_its_data_does_not_fit() -> None:
    payload = DOCUMENT["components"]["messages"]["command.payment.create"]["payload"]
    example = example_message(MESSAGES[0])
    whole = {**payload, "components": DOCUMENT["components"]}
    for broken in ({**example, "type": "payment.capture"}, {**example, "data": {"amount": "10"}}, {"data": {}}):
        assert list(Draft202012Validator(whole).iter_errors(broken))


def test_every_reference_of_the_document_leads_somewhere() -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))):
        found = DOCUMENT
        for step in reference.split("/"):
            found = found[step]
