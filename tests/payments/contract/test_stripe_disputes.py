"""Disputes at Stripe, against a server that knows one of them: localstripe knows none."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from actors.payments.provider import DisputeStanding
from actors.payments.stripe_client import Account, Unknown
from actors.payments.stripe_provider import Stripe
from messages.disputes import DisputeStatus
from messages.ids import derived_id
from tests.payments.contract.stripe_double import KEY

DISPUTE: dict[str, Any] = {
    "id": "dp_1",
    "object": "dispute",
    "created": 1_795_000_000,
    "status": "needs_response",
    "amount": 1000,
    "currency": "isk",
    "reason": "fraudulent",
    "payment_intent": "pi_1",
    "balance_transactions": [{"amount": -1000, "fee": 1500, "currency": "isk"}],
    "evidence_details": {"due_by": 1_796_000_000, "submission_count": 0},
}


@pytest.fixture
async def asked() -> list[tuple[str, dict[str, str]]]:
    """Paths and forms of what was posted."""
    return []


@pytest.fixture
async def stripe(asked: list[tuple[str, dict[str, str]]]) -> AsyncIterator[Stripe]:
    told = dict(DISPUTE)

    async def look(_: web.Request) -> web.Response:
        return web.json_response(told)

    async def change(request: web.Request) -> web.Response:
        asked.append((request.path, {key: str(value) for key, value in (await request.post()).items()}))
        told["status"] = "lost" if request.path.endswith("/close") else "under_review"
        return web.json_response(told)

    app = web.Application()
    app.add_routes([web.get("/v1/disputes/dp_1", look), web.post("/v1/disputes/dp_1", change)])
    app.add_routes([web.post("/v1/disputes/dp_1/close", change)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider = Stripe(Account(SecretStr(KEY), f"http://127.0.0.1:{runner.addresses[0][1]}", 5))
    yield provider
    await provider.close()
    await runner.cleanup()


def key() -> str:
    return derived_id("call", datetime.now(UTC), "dispute")


async def standing(stripe: Stripe, operation: str, **request: Any) -> DisputeStanding:
    return DisputeStanding.model_validate(await stripe.perform(operation, key(), {"reference": "dp_1", **request}))


async def test_a_dispute_is_read_in_our_minor_units(stripe: Stripe) -> None:
    found = await standing(stripe, "look_up_dispute")
    assert (found.status, found.amount, found.amount_withdrawn, found.fee) == (DisputeStatus.NEEDS_RESPONSE, 10, 10, 15)
    assert found.currency == "ISK"


async def test_evidence_is_handed_in_at_once(stripe: Stripe, asked: list[tuple[str, dict[str, str]]]) -> None:
    found = await standing(stripe, "submit_evidence", evidence={"uncategorized_text": "it was sent"})
    assert found.status is DisputeStatus.UNDER_REVIEW
    assert asked == [("/v1/disputes/dp_1", {"evidence[uncategorized_text]": "it was sent", "submit": "true"})]


async def test_an_accepted_dispute_is_lost(stripe: Stripe, asked: list[tuple[str, dict[str, str]]]) -> None:
    assert (await standing(stripe, "accept_dispute")).status is DisputeStatus.LOST
    assert [path for path, _ in asked] == ["/v1/disputes/dp_1/close"]


async def test_a_payment_that_has_no_intent_yet_cannot_be_looked_at(stripe: Stripe) -> None:
    with pytest.raises(Unknown):
        await stripe.perform("look_up_charge", key(), {"payment": "pay_1"})
