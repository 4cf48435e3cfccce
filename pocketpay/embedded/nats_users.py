"""Who may say and hear what on NATS. A process that is broken into cannot speak as another by itself.

But the server answers to whatever subject a question names, whether or not who asks may say anything there. So whoever
may ask it can put its answers, which nobody can read, in the streams. By DIRECT.GET the answer is what is stored, under
the subject of the answer; what a consumer delivers keeps its own subject, wherever it ends up. Processes need both. The
viewer has no DIRECT.GET, and no consumers on LATEST, where a word that is put back would count again.
"""

import json
from collections.abc import Mapping, Sequence

from messages.subjects import COMMANDS, EVENTS, PARKED

EVENT_NOUNS: Mapping[str, Sequence[str]] = {
    "payments": (
        *("payment", "refund", "payout", "dispute", "payment_method", "provider"),
        *("reconciliation-difference", "reconciliation-run"),
    ),
    "ledger": (
        *("ledger-transaction", "ledger-account", "ledger-period", "ledger-head", "ledger-invariant"),
        *("wallet", "hold", "transfer"),
    ),
    "invoicing": (
        *("customer", "product", "price", "coupon", "tax_rate", "subscription", "usage"),
        *("invoice", "credit_note", "test_clock"),
    ),
    "notifications": ("webhook-endpoint", "webhook-delivery", "ping", "mail"),
    "access": ("api_key", "user", "tenant"),
}
"""The nouns that each actor says events of."""

ASKED_BY: Mapping[str, Sequence[str]] = {
    "payments": ("payments.units", "payments.said", "ledger.posted"),
    "invoicing": ("invoicing.customer",),
    "notifications": (
        *("notifications.suppressed", "invoicing.customer"),
        *("invoicing.invoice", "invoicing.invoice_pdf"),
    ),
    "access": ("access.last_word", "access.last_words", "access.tenant", "access.api_keys"),
}
"""The questions that an actor asks of others, or of itself."""

LATEST_OF: Mapping[str, Sequence[str]] = {
    "invoicing": ("customer",),
    "access": ("api_key", "session", "tenant"),
}
"""The nouns of which an actor says the last word."""

PROVISIONER, GATEWAY, VIEWER, MONITOR = "provisioner", "gateway", "viewer", "monitor"
USERS = (*EVENT_NOUNS, GATEWAY, MONITOR, PROVISIONER, VIEWER)

_LOOK_AT_STREAMS = (
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.>",
    "$JS.API.STREAM.MSG.GET.>",
    *("$JS.API.CONSUMER.NAMES.>", "$JS.API.CONSUMER.LIST.>", "$JS.API.CONSUMER.INFO.>"),
    "$JS.FC.>",
)
_READ_STREAMS = (*_LOOK_AT_STREAMS, "$JS.API.DIRECT.GET.>", "$JS.API.CONSUMER.>", "$JS.ACK.>")


def inbox(user: str) -> str:
    """The `inbox_prefix` with which this user connects; each hears only its own."""
    return f"_INBOX_{user}"


def permissions(user: str) -> dict[str, list[str]]:
    """Subjects that the user may publish and subscribe to."""
    if user == PROVISIONER:
        return {"publish": [">"], "subscribe": [">"]}
    if user == GATEWAY:
        return {
            "publish": ["pocketpay.command.>", "pocketpay.query.>", *_READ_STREAMS],
            "subscribe": [f"{inbox(user)}.>", "pocketpay.reply.>", "pocketpay.event.>"],
        }
    if user == MONITOR:
        return {"publish": ["pocketpay.command.*.ledger.invariant-report.>"], "subscribe": [f"{inbox(user)}.>"]}
    if user == VIEWER:
        said = [f"pocketpay.{kind}.>" for kind in ("command", "event", "latest", "parked", "reply")]
        pages = [subject for stream in (COMMANDS, EVENTS, PARKED) for subject in _page(stream)]
        oneself = "$SYS.REQ.USER.INFO"  # for `nats account info`
        publish = [*_LOOK_AT_STREAMS, *pages, oneself]
        return {"publish": publish, "subscribe": ["_INBOX.>", f"{inbox(user)}.>", *said]}
    return _actor(user)


def _page(stream: str) -> Sequence[str]:
    """A consumer of one's own, and what it reads."""
    create = f"$JS.API.CONSUMER.CREATE.{stream}"
    return create, f"{create}.>", f"$JS.API.CONSUMER.MSG.NEXT.{stream}.>"


def _actor(name: str) -> dict[str, list[str]]:
    events = [f"pocketpay.event.*.{noun}.>" for noun in EVENT_NOUNS[name]]
    others = ["pocketpay.command.>", "pocketpay.reply.>", f"pocketpay.parked.*.{name}.>"]
    questions = [f"pocketpay.query.{question}" for question in ASKED_BY.get(name, ())]
    last_words = [f"pocketpay.latest.*.{noun}.*" for noun in LATEST_OF.get(name, ())]
    answers = ["_INBOX.>", *(f"{inbox(user)}.>" for user in USERS)]
    return {
        "publish": [*events, *others, *questions, *last_words, *answers, *_READ_STREAMS],
        "subscribe": [f"{inbox(name)}.>", f"pocketpay.query.{name}.>"],
    }


def accounts(passwords: Mapping[str, str]) -> str:
    """The `accounts` block of nats.conf, one account for all."""
    users = [
        {
            "user": user,
            "password": passwords[user],
            "permissions": {kind: {"allow": subjects} for kind, subjects in permissions(user).items()},
        }
        for user in USERS
    ]
    return f"accounts: {json.dumps({'POCKETPAY': {'jetstream': 'enabled', 'users': users}}, indent=2)}"
