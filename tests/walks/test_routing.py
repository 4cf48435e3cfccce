"""Two accounts with a provider: rules choose, an outage moves on, the breaker opens and closes, and the books agree."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from actors.payments.simulated_journal import journal
from messages.wire import Json
from tests.walks.system import System, up
from tests.walks.whole import becomes, must_verify

pytestmark = [pytest.mark.timeout(180)]

ACCOUNTS = json.dumps([{"name": "us", "kind": "simulated"}, {"name": "eu", "kind": "simulated"}])
ROUTES = json.dumps(
    [
        {"currencies": ["EUR"], "accounts": ["eu", "us"]},
        {"currencies": ["USD"], "amount_min": 100_000, "accounts": ["eu"]},
        {"accounts": ["us", "eu"]},
    ]
)
SETTINGS = {
    "ACCOUNTS": ACCOUNTS,
    "ROUTES": ROUTES,
    "BREAKER_FAILURES": "2",
    "BREAKER_RETRY_SECONDS": "3",
    "SWEEP_SECONDS": "1",
    "SWEEP_AFTER_SECONDS": "1",
    "BOOK_AFTER_SECONDS": "1",
}


LIE = """
insert into bookings (category, amount, fee, currency, at, available_on, source, charge, ours)
select category, 1000, 0, currency, at, available_on, 'sim_ch_lie', 'sim_ch_lie', ? from bookings
where category = 'charge' limit 1"""


async def pay(system: System, amount: int, currency: str, **more: object) -> tuple[int, Json]:
    body = {"amount": amount, "currency": currency, "customer_id": "abc123", **more}
    answer = await system.post("/api/v1/payments", body)
    return answer.status, answer.body


async def paid_at(system: System, amount: int, currency: str) -> str:
    status, body = await pay(system, amount, currency)
    assert (status, body["status"]) == (201, "succeeded"), body
    return body["provider"]


async def outage(system: System, account: str, *, on: bool) -> None:
    told = await system.patch("/simulated/settings", {"account": account, "outage": on})
    assert (told.status, told.body["outage"]) == (200, on), told.body


async def standing(system: System) -> dict[str, tuple[str, str]]:
    listed = (await system.get("/api/v1/providers"))["data"]
    return {each["name"]: (each["status"], each["breaker"]) for each in listed}


def charges_at(data_dir: Path, account: str, payment: str) -> list[str]:
    lines = journal(data_dir / f"simulated-provider-{account}.sqlite")
    return [line["kind"] for line in lines if line["payment"] == payment]


async def test_rules_choose_an_outage_moves_on_and_a_breaker_opens_and_closes(data_dir: Path) -> None:
    async with up(data_dir, **SETTINGS) as system:
        assert await standing(system) == {"us": ("ok", "closed"), "eu": ("ok", "closed")}
        # Rules by currency and by amount
        assert await paid_at(system, 1000, "USD") == "us"
        assert await paid_at(system, 1000, "EUR") == "eu"
        assert await paid_at(system, 100_000, "USD") == "eu"
        # When one of them is away, its payments are charged at the other, once
        await outage(system, "eu", on=True)
        moved = await charged_at_us_alone(system, "EUR")
        # And after a second time it is left alone: what nobody else may take fails without being asked
        assert await charged_at_us_alone(system, "EUR") != moved
        assert (await standing(system))["eu"] == ("unreachable", "open")
        status, refused = await pay(system, 100_000, "USD")
        assert (status, refused["code"]) == (503, "provider_unavailable")
        assert refused["payment"]["status"] == "requires_payment_method"
        # A decline and a silence stay where they are, and what timed out was charged once
        status, declined = await pay(system, 1000, "USD", payment_method="pm_card_chargeDeclined")
        assert (status, declined["payment"]["provider"]) == (402, "us")
        assert charges_at(data_dir, "eu", declined["payment"]["id"]) == []
        await charged_at_us_alone(system, "USD", payment_method="pm_sim_timeoutAfterCharge")
        await charged_at_us_alone(system, "USD", payment_method="pm_sim_errorAfterCharge")
        await outage(system, "eu", on=False)
    # A restart forgets nothing of it
    async with up(data_dir, **SETTINGS) as system:
        assert (await standing(system))["eu"][1] in ("open", "half_open")

        async def tried() -> tuple[str, str]:
            await paid_at(system, 1200, "EUR")
            return (await standing(system))["eu"]

        # When the time has come one payment tries it, and it is back
        await becomes(tried, ("ok", "closed"))
        said = await system.log(type="provider.*")
        told = [each["type"] for each in said if each["type"] != "provider.webhooks_missed"]
        assert told == ["provider.degraded", "provider.recovered"]
        await must_verify(system)


async def test_what_follows_a_charge_belongs_to_its_account_and_the_books_agree(data_dir: Path) -> None:
    async with up(data_dir, **SETTINGS) as system:
        # Given a payment that an outage moved, and money at both
        await outage(system, "eu", on=True)
        moved = await charged_at_us_alone(system, "EUR")
        await outage(system, "eu", on=False)
        # Then its refund goes to the account of its charge, though the rule prefers the other
        refund = await system.post(f"/api/v1/payments/{moved}/refunds", {"amount": 300})
        assert (refund.status, refund.body["provider"]) == (201, "us")
        await becomes(lambda: _refund_status(system, refund.body["id"]), "succeeded")
        assert charges_at(data_dir, "us", moved) == ["captured", "refunded"]
        assert charges_at(data_dir, "eu", moved) == []
        # And webhooks find their account: the dispute of a payment at each is heard of
        for currency, account in (("EUR", "eu"), ("USD", "us")):
            status, taken = await pay(system, 700, currency, payment_method="pm_card_createDispute")
            assert (status, taken["provider"]) == (201, account)
            await becomes(lambda of=taken["id"]: _disputed_at(system, of), [account])
        async with system.books() as books:
            told = await books.fetch(
                "select distinct provider, found_by from payments.provider_event where type like $1", "charge.dispute%"
            )
            assert {(row["provider"], row["found_by"]) for row in told} >= {("eu", "webhook"), ("us", "webhook")}
        # And the ledger has each account's money, with which all that is booked there agrees
        assert await system.balance("assets:psp:us:pending", refund.position, "EUR") > 0
        assert await system.balance("assets:psp:eu:pending", refund.position, "EUR") > 0
        await becomes(lambda: _unbooked(system), 0)
        await becomes(lambda: _compared(system, "us"), 4)
        await becomes(lambda: _compared(system, "eu"), 2)
        code, said = await system.command("reconciliation", "run")
        assert (code, "us: " in said, "eu: " in said) == (0, True, True), said
        assert (await system.get("/api/v1/reconciliation"))["data"] == []
        await must_verify(system)
        await lies_and_is_corrected(system, moved)
        unknown = await system.post("/api/v1/reconciliation/run", {"provider": "nobody"})
        assert (unknown.status, unknown.body["code"]) == (404, "not_found")


async def lies_and_is_corrected(system: System, payment: str) -> None:
    """One account took money for a payment of the other."""
    # When an account books a charge that it had said it did not begin
    with closing(sqlite3.connect(system.data_dir / "simulated-provider-eu.sqlite", timeout=5)) as books, books:
        books.execute(LIE, (payment,))
    # Then that is found, and a run of the other account does not take it for settled
    await becomes(lambda: _found(system), [("unknown_here", "eu", 1000)])
    assert await _compared(system, "us") >= 4
    assert await _found(system) == [("unknown_here", "eu", 1000)]
    assert (await system.get(f"/api/v1/payments/{payment}"))["provider"] == "us"
    # And what corrects it at the one is no difference at the other
    (open_,) = (await system.get("/api/v1/reconciliation", status="open"))["data"]
    ended = await system.post(f"/api/v1/reconciliation/{open_['id']}/apply", {"reason": "Charged twice."})
    assert (ended.status, ended.body["status"]) == (200, "corrected"), ended.body
    await becomes(lambda: _found(system), [])
    assert (await system.command("reconciliation", "run"))[0] == 0


async def charged_at_us_alone(system: System, currency: str, **more: object) -> str:
    """A payment that was charged at that account, once, and not at the other."""
    status, body = await pay(system, 1000, currency, **more)
    assert (status, body["status"], body["provider"]) == (201, "succeeded", "us"), body
    assert charges_at(system.data_dir, "us", body["id"]) == ["captured"]
    assert charges_at(system.data_dir, "eu", body["id"]) == []
    return body["id"]


async def _found(system: System) -> list[tuple[str, str, int]]:
    found = (await system.get("/api/v1/reconciliation", status="open"))["data"]
    return [(each["class"], each["provider"], each["amount"]) for each in found]


async def _compared(system: System, account: str) -> int:
    """How many units a run of this account compares."""
    run = await system.post("/api/v1/reconciliation/run", {"provider": account}, Prefer="wait=30")
    return run.body["units_compared"] if run.status == 200 and run.body["provider"] == account else -1


async def _refund_status(system: System, refund: str) -> str:
    return (await system.get(f"/api/v1/refunds/{refund}"))["status"]


async def _disputed_at(system: System, payment: str) -> list[str]:
    return [each["provider"] for each in (await system.get("/api/v1/disputes", payment=payment))["data"]]


async def _unbooked(system: System) -> int:
    """Payments that succeeded and whose fee is not known yet."""
    found = (await system.get("/api/v1/payments", status="succeeded", limit="100"))["data"]
    return sum(each["fee"] is None for each in found)
