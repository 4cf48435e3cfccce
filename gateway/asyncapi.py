"""The AsyncAPI 3.0 document: every message on the bus, made from the catalogue in `messages`."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from gateway.openapi.schemas import COMPONENTS, schemas_of, walked
from messages.catalogue import MESSAGES, Message
from messages.examples import example_of
from messages.problems import PROBLEMS
from messages.wire import Json

_DESCRIPTION = """What the processes of PocketPay say to each other, over NATS. COMMANDS and EVENTS are JetStream
streams; questions and replies are not kept. The bus is inside: clients use HTTP, where the same events are streamed."""

_PARAMETERS = {
    "tenant": "Whose it is.",
    "entity": "The resource it is about. The stream keeps the tenant's partition in its place.",
    "gateway": "The gateway process that waits.",
    "attempt": "One sending of a command.",
}


def document(version: str) -> Json:
    """As JSON. Operations are named `<process>.<sends|receives>.<message>`."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "PocketPay messages", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"nats": {"host": "localhost:4222", "protocol": "nats", "description": "POCKETPAY_NATS_URL."}},
        "channels": {name_of(message): _channel(message) for message in MESSAGES},
        "operations": dict(sorted(_operations(MESSAGES).items())),
        "components": {
            "messages": {name_of(message): _message(message) for message in MESSAGES},
            "schemas": {**_schemas(MESSAGES), "ProblemCode": {"type": "string", "enum": list(PROBLEMS)}},
        },
    }


def name_of(message: Message) -> str:
    """Unique among all kinds: `command.payment.create`."""
    return f"{message.kind}.{message.name}"


def payload_of(message: Message, prefix: str = COMPONENTS) -> Json:
    """The envelope with what this message holds."""
    narrowed: Json = {}
    if message.kind in ("command", "event"):
        narrowed["type"] = {"const": message.name}
    if message.data:
        narrowed[message.member] = {"$ref": prefix + message.data.__name__}
    envelope = {"$ref": prefix + message.envelope.__name__}
    return {"allOf": [envelope, {"type": "object", "properties": narrowed}]} if narrowed else envelope


def example_message(message: Message) -> Json:
    """The envelope's example, with the type and the data of this message."""
    envelope = example_of(message.envelope)
    if message.kind in ("command", "event"):
        envelope |= {"type": message.name, "source": message.senders[0] if message.senders else "payments"}
    if message.kind == "command":
        envelope["actor"] = message.hearers[0]
    data = example_of(message.data) if message.data else None
    if data is None:
        return envelope
    named = {"subject": data["id"]} if message.kind == "event" else {}
    return {**envelope, **named, message.member: data}


def models_of(messages: Sequence[Message]) -> list[type[BaseModel]]:
    """Envelopes, what they hold, and what answers."""
    return [model for each in messages for model in (each.envelope, each.data, each.answer) if model]


def _schemas(messages: Sequence[Message]) -> dict[str, Json]:
    return walked(schemas_of(models_of(messages), "serialization")[1], _with_plain_discriminator)


def _with_plain_discriminator(schema: Json) -> Json:
    """AsyncAPI names the field alone, where OpenAPI also maps its values."""
    found = schema.get("discriminator")
    return {**schema, "discriminator": found["propertyName"]} if isinstance(found, dict) else schema


def _channel(message: Message) -> Json:
    names = [part[1:-1] for part in message.subject.split(".") if part.startswith("{")]
    channel: Json = {
        "address": message.subject,
        "messages": {name_of(message): {"$ref": f"#/components/messages/{name_of(message)}"}},
    }
    if names:
        channel["parameters"] = {name: {"description": _PARAMETERS[name]} for name in names}
    if message.stream:
        channel["description"] = f"Kept in the stream {message.stream}."
    return channel


def _message(message: Message) -> Json:
    model = message.data or message.envelope
    return {
        "name": message.name,
        "title": message.name,
        "summary": (model.__doc__ or "").partition("\n")[0],
        "payload": payload_of(message),
        "examples": [{"payload": example_message(message)}],
    }


def _operations(messages: Sequence[Message]) -> dict[str, Any]:
    sent = {
        f"{sender}.sends.{name_of(message)}": _operation("send", message)
        for message in messages
        for sender in message.senders
    }
    heard = {
        f"{hearer}.receives.{name_of(message)}": _operation("receive", message)
        for message in messages
        for hearer in message.hearers
    }
    return sent | heard


def _operation(action: str, message: Message) -> Json:
    name = name_of(message)
    operation: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
    }
    if message.answer:
        operation["description"] = f"The reply is a `Reply`; with status 200 its body is a `{message.answer.__name__}`."
    return operation
