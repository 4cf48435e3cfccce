"""Provider, payments and ledger side by side: nothing is said while they agree, and each way to differ has its name."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from messages.wire import Json
from tests.walks.system import System, up
from tests.walks.tampering import behind_our_back
from tests.walks.whole import must_verify

pytestmark = [pytest.mark.timeout(180)]

LATE_SECONDS = 14
QUICKLY = {"SWEEP_SECONDS": "1", "SWEEP_AFTER_SECONDS": "1", "BOOK_AFTER_SECONDS": "5"}


async def pay(system: System, amount: int = 1000, **more: object) -> str:
    body = {"amount": amount, "currency": "USD", "customer_id": "abc123", **more}
    answer = await system.post("/api/v1/payments", body)
    assert answer.status == 201, answer.body
    return answer.body["id"]


async def differences(system: System, **narrowed: str) -> list[Json]:
    return (await system.get("/api/v1/reconciliation", limit="100", **narrowed))["data"]


async def until(system: System, enough: Callable[[list[Json]], bool], within_seconds: float = 40) -> list[Json]:
    """The differences, once there are enough of them."""
    found: list[Json] = []
    try:
        async with asyncio.timeout(within_seconds):
            while not enough(found := await differences(system)):
                await asyncio.sleep(0.3)
    except TimeoutError:
        raise AssertionError([(each["class"], each["status"], each["unit"]) for each in found]) from None
    return found


def at_the_provider(data_dir: Path, sql: str, *values: object) -> None:
    """Changes the simulated provider's books."""
    with closing(sqlite3.connect(data_dir / "simulated-provider.sqlite", timeout=5)) as books, books:
        books.execute(sql, values)


async def test_a_run_without_faults_has_no_difference_and_the_payout_adds_up(data_dir: Path) -> None:
    async with up(data_dir, **{**QUICKLY, "BOOK_AFTER_SECONDS": "1"}) as system:
        # Given a provider that pays out at once, and everything that moves money there
        quick = {"available_after_seconds": 0, "payout_every_seconds": 1}
        assert (await system.patch("/simulated/settings", quick)).status == 200
        sale = await pay(system, 10_000)
        taxed = {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": 160}]}
        await pay(system, destination=taxed)
        refunds = {"given": sale, "failing": await pay(system, payment_method="pm_card_refundFail")}
        for payment in refunds.values():
            assert (await system.post(f"/api/v1/payments/{payment}/refunds", {"amount": 300})).status == 201
        for outcome in ("won", "lost"):
            disputed = {"payment": await pay(system, 2000)}
            dispute = (await system.post("/simulated/disputes", disputed)).body["id"]
            assert (await system.post(f"/simulated/disputes/{dispute}/close", {"outcome": outcome})).status == 200
        held = await pay(system, capture_method="manual")
        assert (await system.post(f"/api/v1/payments/{held}/capture", {"amount": 600})).status == 200
        top_up = {"amount": 5000, "currency": "USD"}
        assert (await system.post("/api/v1/wallets/ada/top-ups", top_up)).status == 201
        for outcome in ("paid", "fail"):
            withdrawn = await system.post("/api/v1/wallets/ada/withdrawals", {"amount": 700, "currency": "USD"})
            await system.post(f"/simulated/payouts/{withdrawn.body['id']}/{outcome}")
        # When all is old enough to be compared
        async with asyncio.timeout(60):
            while True:
                run = await system.post("/api/v1/reconciliation/run", {})
                payouts = (await system.get("/api/v1/payouts", purpose="settlement"))["data"]
                added_up = [each["reconciliation_status"] == "completed" for each in payouts]
                if run.body["units_compared"] >= 14 and added_up and all(added_up):
                    break
                await asyncio.sleep(1)
        assert (await system.command("reconciliation", "run"))[0] == 0
        # Then no side says anything else, each payment knows its fee, and what was paid out adds up
        assert await differences(system, status="open") == []
        assert (await system.get(f"/api/v1/payments/{sale}"))["fee"] == 320
        inside = (await system.get("/api/v1/balance-transactions", payout=payouts[0]["id"], limit="100"))["data"]
        assert sum(each["net"] for each in inside) == payouts[0]["amount"]
        bank = await system.balance("assets:bank:main", run.position)
        assert bank == sum(each["amount"] for each in payouts)
        await must_verify(system)


LIKE = (
    "insert into bookings select null, category, amount, fee, currency, at, available_on, {}, payout from bookings"
    " where source = ?"
)
UNPOSTED = (
    "update ledger.transaction set source_id = 'pay_x', event = null where source_id = $1 and source_kind like $2"
)


async def tamper(system: System, unit: dict[str, str]) -> None:
    """Provider or ledger are changed, each of these payments in a way of its own; one booking is about nobody's."""
    charge = {name: (await system.get(f"/api/v1/payments/{id_}"))["provider_reference"] for name, id_ in unit.items()}
    lost, usual = charge["lost_webhook"], charge["fee"]
    captured = "update charges set status = 'captured', captured = amount where reference = ?"
    for sql, values in (
        ("update bookings set amount = 900 where source = ?", (charge["amount"],)),
        ("update bookings set currency = 'EUR' where source = ?", (charge["currency"],)),
        (LIKE.format("source, charge, ours"), (charge["duplicate"],)),
        (LIKE.format("'sim_ch_x', 'sim_ch_x', null"), (usual,)),
        (LIKE.format("?, ?, null"), (lost, lost, usual)),
        (captured, (lost,)),
        ("delete from bookings where source = ?", (charge["unknown_there"],)),
    ):
        at_the_provider(system.data_dir, sql, *values)
    await behind_our_back(system, UNPOSTED, unit["missing_posting"], "captured")
    async with asyncio.timeout(30):
        while not await fee_is_posted(system, unit["fee"]):
            await asyncio.sleep(0.2)
    await behind_our_back(system, UNPOSTED, unit["fee"], "fee:%")


async def fee_is_posted(system: System, payment: str) -> bool:
    async with system.books() as books:
        sql = "select count(*) from ledger.transaction where source_id = $1 and source_kind like 'fee:%'"
        return bool(await books.fetchval(sql, payment))


async def test_each_of_nine_ways_to_differ_is_found_and_classed_and_can_be_corrected(data_dir: Path) -> None:
    async with up(data_dir, **QUICKLY, LATE_AFTER_SECONDS=str(LATE_SECONDS)) as system:
        # Given payments of which one is as it should be, and the others are each tampered with in a way of its own
        await pay(system)
        unit: dict[str, str] = {}
        for class_ in ("missing_posting", "amount", "fee", "currency", "duplicate", "unknown_there"):
            unit[class_] = await pay(system)
        unit["lost_webhook"] = await pay(system, capture_method="manual")
        await tamper(system, unit)
        # And one is so new that the provider may only be late
        await asyncio.sleep(LATE_SECONDS / 2)
        unit["timing"] = await pay(system)
        reference = (await system.get(f"/api/v1/payments/{unit['timing']}"))["provider_reference"]
        at_the_provider(data_dir, "delete from bookings where source = ?", reference)
        # Then each is found, by its name
        expected = set(unit.items())
        found = await until(system, lambda each: expected <= {(one["class"], one["unit"]) for one in each})
        (unknown,) = [each for each in found if each["class"] == "unknown_here"]
        assert unknown["provider_reference"] == "sim_ch_x"
        # And nothing else is: what is not there is late at first, and then is not there; a second charge has a fee
        late = {("timing", unit["unknown_there"]), ("unknown_there", unit["timing"])}
        others = {(each["class"], each["unit"]) for each in found} - expected - {("unknown_here", unknown["unit"])}
        second_fee = ("fee", unit["duplicate"])
        assert others <= {*late, second_fee}
        await correct(
            system, unit, {each["class"]: each for each in found if (each["class"], each["unit"]) in expected}
        )
        reason = ("--reason", "Another shop's.")
        code, said = await system.command("reconciliation", "dismiss", unknown["id"], *reason)
        assert (code, "dismissed" in said) == (0, True)
        code, said = await system.command("reconciliation", "list", "--status", "dismissed,corrected")
        assert (code, len(said.splitlines())) == (0, 7)
        left = {("unknown_there", unit["timing"]), second_fee}
        await until(system, lambda each: {(o["class"], o["unit"]) for o in each if o["status"] == "open"} <= left)


async def correct(system: System, unit: dict[str, str], by_class: dict[str, Json]) -> None:
    # When an operator applies what is proposed
    for class_ in ("amount", "fee", "currency", "duplicate", "unknown_there", "missing_posting", "lost_webhook"):
        applied = await system.post(f"/api/v1/reconciliation/{by_class[class_]['id']}/apply", {"reason": "Seen."})
        assert applied.status == 200, (class_, applied.body)
        assert applied.body["status"] == ("open" if class_ == "lost_webhook" else "corrected")
    # Then the payment of the lost webhook has succeeded, and that difference heals by itself
    healed = {by_class["lost_webhook"]["id"], by_class["timing"]["id"]}
    await until(system, lambda each: healed <= {one["id"] for one in each if one["status"] == "resolved"})
    assert (await system.get(f"/api/v1/payments/{unit['lost_webhook']}"))["status"] == "succeeded"
    # And the ledger has what it missed, posted once
    posted = (await system.get("/api/v1/ledger/transactions", source_id=unit["missing_posting"]))["data"]
    assert [each["source"]["kind"] for each in posted].count("captured") == 1
