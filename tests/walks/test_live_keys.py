"""Real and test money over HTTP: an account's key says which it takes, and each tenant is charged at its own mode."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

from messages.wire import Json
from tests.payments.contract.stripe_double import KEY, Double, stripe_double
from tests.walks.callers import Caller, admin_of
from tests.walks.system import ROOT, short_directory, up

LIVE_KEY = KEY.replace("_test_", "_live_")
"""The double takes any: that there is real money behind it, our side alone believes."""


def settings_of(stripe: Double, key: str) -> dict[str, str]:
    fast = {"SWEEP_SECONDS": "1", "SWEEP_AFTER_SECONDS": "0", "BOOK_AFTER_SECONDS": "0"}
    return {"STRIPE_KEY": key, "STRIPE_ADDRESS": stripe.address, "AUTH": "keys", "PROVIDER_ACCOUNT": "shop", **fast}


async def pay(caller: Caller, stripe: Double, **more: Any) -> tuple[int, Json]:
    method = await stripe.method("pm_card_visa")
    body = {"amount": 1000, "currency": "EUR", "customer_id": "ada", "payment_method": method, **more}
    return await caller.ask("POST", "/payments", body)


async def booked(caller: Caller) -> list[Json]:
    """What the provider booked, as soon as the sweep has brought it."""
    async with asyncio.timeout(30):
        while not (found := (await caller.ask("GET", "/balance-transactions"))[1]["data"]):
            await asyncio.sleep(0.2)
    return found


async def test_a_live_tenant_is_paid_at_a_live_account_of_its_own_and_nobody_else_is() -> None:
    async with stripe_double() as stripe:
        with short_directory() as data_dir:
            # Given an account with a live key, and the live tenant whose it is
            async with up(data_dir, "--provider", "stripe", **settings_of(stripe, LIVE_KEY)) as system:
                shop = await admin_of(system, "shop", "--mode", "live")
                # When it is paid, then the money is real, and so is all that follows
                status, paid = await pay(shop, stripe)
                assert (status, paid["status"], paid["livemode"]) == (201, "succeeded", True)
                status, refund = await shop.ask("POST", f"/payments/{paid['id']}/refunds", {"amount": 400})
                assert (status, refund["status"], refund["livemode"]) == (201, "succeeded", True)
                method = {"payment_method": await stripe.method("pm_card_visa")}
                saved = await shop.make("/customers/ada/payment-methods", method)
                assert (saved["provider"], saved["livemode"]) == ("stripe", True)
                status, paid_again = await pay(shop, stripe, payment_method=saved["id"])
                assert (status, paid_again["livemode"]) == (201, True)
                # And it is swept, booked and compared
                assert {each["livemode"] for each in await booked(shop)} == {True}
                status, compared = await shop.ask("POST", "/reconciliation/run")
                assert (status, compared["livemode"]) == (200, True)
                (account,) = (await shop.ask("GET", "/providers"))[1]["data"]
                assert (account["name"], account["livemode"]) == ("stripe", True)
                charged = stripe.charged()
                # But no test tenant comes near it, and no other live one
                for tenant, mode, code in (
                    ("trial", "test", "mode_mismatch"),
                    ("other", "live", "test_mode_only"),
                ):
                    caller = await admin_of(system, tenant, "--mode", mode)
                    status, problem = await pay(caller, stripe)
                    assert (status, problem["code"]) == (403, code), tenant
                    assert (await caller.ask("GET", "/payments"))[1]["data"] == []
                assert stripe.charged() == charged


async def test_a_live_tenant_is_not_paid_with_test_money() -> None:
    async with stripe_double() as stripe:
        with short_directory() as data_dir:
            # Given an account with a test key, whose tenant is live
            async with up(data_dir, "--provider", "stripe", **settings_of(stripe, KEY)) as system:
                shop = await admin_of(system, "shop", "--mode", "live")
                # When somebody pays it with a card of tests, then nothing is bought
                status, problem = await pay(shop, stripe)
                assert (status, problem["code"]) == (403, "test_mode_only")
                assert (await shop.ask("GET", "/payments"))[1]["data"] == []
                assert not stripe.charged()
                # And tenants for tests share it as ever
                trial = await admin_of(system, "trial", "--mode", "test")
                status, paid = await pay(trial, stripe)
                assert (status, paid["status"], paid["livemode"]) == (201, "succeeded", False)


async def test_without_access_control_the_start_with_a_live_key_ends_and_says_why(data_dir: Path) -> None:
    # Given a live key and an open door
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POCKETPAY_")}
    environment |= {"POCKETPAY_STRIPE_KEY": LIVE_KEY}
    # When all is started
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "up", "--port", "0", "--provider", "stripe", "--data-dir", str(data_dir)),
        cwd=ROOT,
        env=environment,
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    # Then it ends with the sentence, which does not show the key
    assert process.returncode == 1
    assert b"POCKETPAY_STRIPE_KEY is a live key, and without access control nobody takes real money" in said
    assert LIVE_KEY.encode() not in said
