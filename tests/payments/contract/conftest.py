"""The providers that every story is told to."""

import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from actors.payments.provider import Provider
from actors.payments.simulated import Simulated
from actors.payments.stripe_client import Account
from actors.payments.stripe_provider import Stripe
from messages.ids import new_id
from messages.wire import Json
from tests.payments.contract.stripe_double import KEY, Double, stripe_double

SANDBOX = "POCKETPAY_STRIPE_SANDBOX_KEY"
SANDBOX_KEY = os.environ.get(SANDBOX)


@dataclass
class Shop:
    """A provider, and what differs from one to the other: where methods come from, and how a customer authenticates.

    `can` names what this provider, or our stand-in for it, is able to show.
    """

    provider: Provider
    method: Callable[[str], Awaitable[str]]
    authenticate: Callable[[str, bool], Awaitable[Json]]
    can: frozenset[str]


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    async with stripe_double() as double:
        yield double


@pytest.fixture
async def stripe(double: Double) -> AsyncIterator[Stripe]:
    async with stripe_at(double) as provider:
        yield provider


@contextlib.asynccontextmanager
async def stripe_at(double: Double) -> AsyncIterator[Stripe]:
    """Patient for half a second only, so that silence is soon noticed."""
    provider = Stripe(Account(SecretStr(KEY), double.address, timeout_seconds=0.5), per_second=1000)
    try:
        yield provider
    finally:
        await provider.close()


@pytest.fixture(params=["simulated", "localstripe", "sandbox"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    if request.param == "simulated":
        simulated = Simulated(tmp_path / "simulated.sqlite")
        yield Shop(
            simulated, _named, _told(simulated), frozenset({"declines", "refuses", "payout", "events", "bookings"})
        )
        await simulated.close()
    elif request.param == "localstripe":
        async with stripe_double() as double, stripe_at(double) as stripe:
            yield Shop(stripe, double.method, _returned(stripe, double), frozenset({"payout", "events", "bookings"}))
    elif SANDBOX_KEY is None:
        pytest.skip(f"NOT RUN AGAINST STRIPE ITSELF: set {SANDBOX} to the sk_test_… key of a sandbox")
    else:
        assert SANDBOX_KEY.startswith(("sk_test_", "rk_test_")), "never with a live key"
        sandbox = Stripe(Account(SecretStr(SANDBOX_KEY)), per_second=5)
        yield Shop(sandbox, _named, _nobody, frozenset({"declines", "refuses"}))
        await sandbox.close()


async def _named(name: str) -> str:
    return name


def _told(simulated: Simulated) -> Callable[[str, bool], Awaitable[Json]]:
    async def authenticate(reference: str, success: bool) -> Json:
        told = {"reference": reference, "outcome": "succeed" if success else "fail"}
        return await simulated.perform("authenticate", new_id("call"), told)

    return authenticate


def _returned(stripe: Stripe, double: Double) -> Callable[[str, bool], Awaitable[Json]]:
    async def authenticate(reference: str, success: bool) -> Json:
        await double.authenticate(reference, success=success)
        # Stripe is asked; what the customer says of it counts for nothing.
        told = {"reference": reference, "outcome": "succeed"}
        return await stripe.perform("authenticate", new_id("call"), told)

    return authenticate


async def _nobody(_reference: str, _success: bool) -> Json:
    pytest.skip("NOT RUN AGAINST STRIPE ITSELF: a person must authenticate in a browser")
