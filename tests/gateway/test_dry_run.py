"""What a dry run tells of people: no more than the caller could read."""

from collections.abc import Callable
from typing import Final

import pytest

from messages.envelope import Reply
from messages.rehearsals import Letter, Rehearsed
from messages.stuck import PutAside
from messages.subjects import COMMANDS
from messages.wire import Json, json_of
from tests.gateway.conftest import NOW, Stage
from tests.gateway.holders import a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

PAYMENT: Final[Json] = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
MAIL: Final[Json] = {"id": "mail_1", "template": "receipt", "addressee": "customer", "customer_id": "abc123"}


@pytest.mark.parametrize(
    ("scopes", "to"),
    [
        (("payments:write", "operations:write"), None),
        (("payments:write", "operations:write", "customers:read"), "ada@example.com"),
        (("admin",), "ada@example.com"),
    ],
)
async def test_an_address_is_told_to_whoever_may_read_customers(
    nats_as: Callable[[str], str], stage: Stage, scopes: tuple[str, ...], to: str | None
) -> None:
    # Given payments that would have a mail written to a customer, and one that stands still before it
    secret = secret_named("shop")
    await tell(stage, a_tenant(), a_key(secret, *scopes))
    stage.answers["payments.rehearse"] = lambda _: Reply(body=json_of(Rehearsed(now=NOW, kept={"mail": [MAIL]})))
    stage.answers["invoicing.customer"] = lambda _: Reply(body={"id": "abc123", "email": "ada@example.com"})
    stage.answers["payments.stuck"] = lambda _: Reply(body={"id": "stk_1", "actor": "payments"})
    stage.answers["payments.put_aside"] = lambda _: Reply(
        body=json_of(PutAside(items=[Letter(stream=COMMANDS, message={})]))
    )
    # When a payment, and another try, are rehearsed
    async with keyed_gateway(nats_as("gateway")) as gateway, client_of(gateway, with_key(secret)) as http:
        for path, body in (("payments", PAYMENT), ("stuck/stk_1/retry", {})):
            async with http.post(f"/api/v1/{path}?dry_run=true", json=body) as answer:
                told = await answer.json()
            # Then the mail is told, and the address to whoever could read it anyway
            assert (answer.status, told["mails"]) == (200, [{"template": "receipt", "to": to}]), told
