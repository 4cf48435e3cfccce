"""A provider that is away, or was taken out of the settings, keeps nothing from starting, and is told by name."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.walks.system import System, up

pytestmark = pytest.mark.timeout(240)

NOWHERE = "http://127.0.0.1:1"
BOTH = [{"name": "us", "kind": "simulated"}, {"name": "eu", "kind": "simulated"}]
IN_EUROS = [{"currencies": ["EUR"], "accounts": ["eu"]}, {"accounts": ["us"]}]


async def status_that_says(system: System, words: str) -> str:
    """What `pocketpay status` says, once it has the words."""
    said = ""
    async with asyncio.timeout(60):
        while words not in said:
            code, said = await system.command("status")
            assert code in (0, 1), said
    return said


async def test_without_stripe_all_starts_and_says_what_is_wrong(data_dir: Path) -> None:
    # Given a Stripe that cannot be reached, when the system starts
    async with up(data_dir, "--provider", "stripe", STRIPE_KEY="sk_test_1", STRIPE_ADDRESS=NOWHERE) as system:
        # Then everything but the provider is ready
        async with system.http.get("/readyz") as answer:
            told = await answer.json()
        assert (answer.status, told["checks"]["db"], told["checks"]["provider"]) == (200, "ok", "unreachable")
        # And it is said with the reason, by the launcher without being asked
        said = await status_that_says(system, "Stripe cannot be reached: connection refused")
        assert "payments       ready, but provider is unreachable" in said
        log = (data_dir / "launcher.log").read_text()
        assert "payments: ready, but provider is unreachable" in log.partition("is ready after")[2]


async def test_an_account_that_was_taken_out_is_told_by_name(data_dir: Path) -> None:
    # Given a payment at an account
    async with up(data_dir, ACCOUNTS=json.dumps(BOTH), ROUTES=json.dumps(IN_EUROS)) as system:
        paid = await system.post("/api/v1/payments", {"amount": 1000, "currency": "EUR", "customer_id": "away-1"})
        assert (paid.status, paid.body["provider"]) == (201, "eu")
    # When the account is gone, and its payment is to be refunded
    async with up(data_dir, ACCOUNTS=json.dumps(BOTH[:1])) as system:
        await system.post(f"/api/v1/payments/{paid.body['id']}/refunds", {}, Prefer="respond-async")
        # Then the status names it and says what to do
        said = await status_that_says(system, "provider is degraded")
        assert "something is to be asked of eu, not set up here: put it back into POCKETPAY_ACCOUNTS" in said
