"""Another system's customers, prices and subscriptions move in, on a running system, and nobody pays twice."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from messages.ids import new_id
from messages.wire import Json
from tests.walks.system import ROOT, System
from tests.walks.test_subscriptions import made, told

NOW = datetime.now(UTC).replace(microsecond=0)
LISTS = ("customers", "products", "prices", "subscriptions", "invoices")


async def imported(system: System, folder: Path, *options: str) -> tuple[int | None, Json]:
    """Exit code and report of an import of all files that lie there."""
    process = await begun(system, folder, *options)
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, json.loads(said)


async def begun(system: System, folder: Path, *options: str) -> asyncio.subprocess.Process:
    files = sorted(str(path) for path in folder.iterdir())
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "import", *files, "--json", "--data-dir", str(system.data_dir), *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=None,
    )


async def everything(system: System) -> dict[str, list[str]]:
    """All that there is, each with its version."""
    found = dict[str, list[str]]()
    for name in LISTS:
        cursor: dict[str, str] = {}
        found[name] = []
        while True:
            page = await system.get(f"/api/v1/{name}", limit="100", **cursor)
            found[name] += [f"{each['id']} {each['version']}" for each in page["data"]]
            if not page["has_more"]:
                break
            cursor = {"cursor": page["next_cursor"]}
    return found


def counted(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, int]:
    return {name: len(after[name]) - len(before[name]) for name in LISTS}


def files(folder: Path, mark: str, customers: list[Json], subscriptions: list[Json]) -> Path:
    """With two prices of one product: monthly 10.00, and seats for 3.00 each."""
    prices = [
        "old_id,lookup_key,product.old_id,product.name,currency,unit_amount,recurring.interval",
        f"pro-{mark},pro-key-{mark},prod-{mark},Pro,EUR,1000,month",
        f"seat-{mark},,prod-{mark},Pro,EUR,300,month",
    ]
    (folder / "prices.csv").write_text("\n".join(prices))
    (folder / "customers.json").write_text("\n".join(json.dumps(each) for each in customers))
    (folder / "subscriptions.json").write_text(json.dumps(subscriptions, indent=1))
    return folder


def subscription(mark: str, number: int, **fields: Any) -> Json:
    end = (NOW + timedelta(days=10)).isoformat()
    old = {"old_id": f"sub-{mark}-{number}", "customer_id": f"c-{mark}-{number}", "price": f"pro-key-{mark}"}
    return {**old, "current_period_end": end, **fields}


def customer(mark: str, number: int, **fields: Any) -> Json:
    return {"id": f"c-{mark}-{number}", "name": "Ada", "address.country": "GB", **fields}


async def test_a_dry_run_changes_nothing_and_an_import_happens_once(system: System, tmp_path: Path) -> None:
    # Given three customers in files, one of whom is there since somebody used their id
    mark = new_id("m")[-8:]
    seats = [{"price": f"seat-{mark}", "quantity": 4}, {"price": f"pro-{mark}"}]
    subscriptions = [subscription(mark, 1), subscription(mark, 2, price=None, items=seats), subscription(mark, 3)]
    files(tmp_path, mark, [customer(mark, n) for n in (1, 2, 3)], subscriptions)
    product = await made(system, "products", {"name": "Other"})
    other = {"product": product["id"], "currency": "USD", "unit_amount": 1, "recurring": {"interval": "month"}}
    price = await made(system, "prices", other)
    await made(system, "subscriptions", {"customer_id": f"c-{mark}-3", "items": [{"price": price["id"]}]})
    before = await everything(system)

    # When it is tried
    code, report = await imported(system, tmp_path, "--dry-run")
    # Then it is told what would be, and nothing is
    assert code == 0, report
    assert report["customers"] == {"filled_in": 1, "made": 2}
    assert (report["products"], report["prices"], report["subscriptions"]) == ({"made": 1}, {"made": 2}, {"made": 3})
    assert (report["charged_at_once"], report["first_invoices_not_computed"]) == ({}, 3)
    assert await everything(system) == before

    # When it is done
    code, report = await imported(system, tmp_path)
    assert (code, report["complete"]) == (0, True), report
    assert report["customers"] == {"filled_in": 1, "made": 2}
    after = await everything(system)
    # Then it is there, and nothing was invoiced
    assert counted(before, after) == {"customers": 2, "products": 1, "prices": 2, "subscriptions": 3, "invoices": 0}
    ids = {row["old_id"]: row["id"] for row in report["rows"] if row["kind"] == "subscription"}
    second = await system.get(f"/api/v1/subscriptions/{ids[f'sub-{mark}-2']}")
    assert (second["status"], [each["quantity"] for each in second["items"]]) == ("trialing", [4, 1])
    assert datetime.fromisoformat(second["current_period"]["end"]) == NOW + timedelta(days=10)
    assert (await system.get(f"/api/v1/customers/c-{mark}-3"))["address"]["country"] == "GB"

    # And once more changes nothing
    code, report = await imported(system, tmp_path)
    assert (code, report["subscriptions"], report["customers"]) == (0, {"there": 3}, {"there": 3})
    assert await everything(system) == after


async def test_a_dry_run_knows_what_will_be_asked_for_and_changes_nothing(system: System, tmp_path: Path) -> None:
    # Given a customer and prices that came in
    mark = new_id("m")[-8:]
    files(tmp_path, mark, [customer(mark, 1)], [])
    code, report = await imported(system, tmp_path)
    assert (code, report["subscriptions"]) == (0, {}), report
    before = await everything(system)
    # When subscriptions are tried, one of which ends with the period that is paid for
    ends = subscription(mark, 2, customer_id=f"c-{mark}-1", cancel_at_period_end=True)
    files(tmp_path, mark, [customer(mark, 1)], [subscription(mark, 1, price=f"pro-{mark}", quantity=3), ends])
    code, report = await imported(system, tmp_path, "--dry-run")
    assert code == 0, report
    # Then their first invoices are known
    assert [each["amount_due"] for each in report["first_invoices"]] == [3000, None]
    assert datetime.fromisoformat(report["first_invoices"][0]["at"]) == NOW + timedelta(days=10)
    assert (report["first_invoices_sum"], report["first_invoices_not_computed"]) == ({"EUR": 3000}, 0)
    assert await everything(system) == before


async def test_nobody_is_charged_before_the_old_period_ends_and_everybody_then(system: System, tmp_path: Path) -> None:
    # Given a customer under a clock, who has paid until the end of February, counted from a 31st
    mark = new_id("m")[-8:]
    clock = await made(system, "test-clocks", {"now": "2027-02-10T00:00:00Z"})
    times = {"current_period_end": "2027-02-28T00:00:00Z", "billing_cycle_anchor": "2027-03-31T00:00:00Z"}
    here = {"test_clock": clock["id"], "default_payment_method": "pm_card_visa"}
    files(tmp_path, mark, [customer(mark, 1, **here)], [subscription(mark, 1, **times)])
    code, report = await imported(system, tmp_path)
    assert code == 0, report
    id_ = next(row["id"] for row in report["rows"] if row["kind"] == "subscription")

    async def charged_at(to: str) -> list[tuple[str, int]]:
        answer = await system.post(f"/api/v1/test-clocks/{clock['id']}/advance", {"to": to}, Prefer="wait=60")
        assert answer.status == 200, answer.body
        page = await system.get("/api/v1/invoices", subscription=id_, min_position=answer.position)
        return [(each["period"]["start"][:10], each["amount_paid"]) for each in reversed(page["data"])]

    # When the last second of that passes, nothing is asked for; a second later the first period is paid
    assert await charged_at("2027-02-27T23:59:59Z") == []
    assert await charged_at("2027-02-28T00:00:00Z") == [("2027-02-28", 1000)]
    assert await charged_at("2027-03-31T00:00:00Z") == [("2027-02-28", 1000), ("2027-03-31", 1000)]
    assert "subscription.trial_ended" in await told(system, id_)


async def test_an_import_that_is_killed_is_whole_after_the_next(system: System, tmp_path: Path) -> None:
    # Given many rows
    mark, many = new_id("m")[-8:], 150
    rows = range(1, many + 1)
    files(tmp_path, mark, [customer(mark, n) for n in rows], [subscription(mark, n) for n in rows])
    before = await everything(system)

    # When the import is killed in the middle of the subscriptions
    process = await begun(system, tmp_path)
    async with asyncio.timeout(60):
        while not (page := await system.get("/api/v1/subscriptions", customer_id=f"c-{mark}-20"))["data"]:
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    assert page["data"][0]["metadata"] == {"import_old_id": f"sub-{mark}-20"}
    halfway = counted(before, await everything(system))
    assert 0 < halfway["subscriptions"] < many

    # Then the next one makes the rest, and each just once
    code, report = await imported(system, tmp_path)
    assert code == 0, report
    assert report["subscriptions"]["there"] >= 20 - 8
    wanted = {"customers": many, "products": 1, "prices": 2, "subscriptions": many, "invoices": 0}
    assert counted(before, await everything(system)) == wanted


async def test_what_is_refused_is_told_and_comes_in_once_it_is_put_right(system: System, tmp_path: Path) -> None:
    # Given a row that only the actor can refuse: a metered price has no quantity
    mark = new_id("m")[-8:]
    files(tmp_path, mark, [customer(mark, 1)], [subscription(mark, 1, price=f"usage-{mark}", quantity=2)])
    metered = {"interval": "month", "usage_type": "metered"}
    product = await made(system, "products", {"name": "Usage"})
    body = {"product": product["id"], "currency": "EUR", "unit_amount": 1, "recurring": metered}
    await made(system, "prices", {**body, "lookup_key": f"usage-{mark}"})
    # When it is imported, twice
    for _ in range(2):
        code, report = await imported(system, tmp_path)
        refused = report["rows"][-1]
        assert (code, refused["result"], refused["code"]) == (1, "refused", "validation_failed"), report
    # Then it comes in when the row was put right
    files(tmp_path, mark, [customer(mark, 1)], [subscription(mark, 1, price=f"usage-{mark}")])
    code, report = await imported(system, tmp_path)
    assert (code, report["subscriptions"]) == (0, {"made": 1}), report


async def test_with_one_fault_nothing_is_sent(system: System, tmp_path: Path) -> None:
    mark = new_id("m")[-8:]
    before = await everything(system)
    files(tmp_path, mark, [customer(mark, 1), customer(mark, 2)], [subscription(mark, 3), subscription(mark, 1)])
    code, report = await imported(system, tmp_path)
    assert (code, report["code"]) == (1, "import_invalid")
    assert [(each["line"], each["column"], each["code"]) for each in report["errors"]] == [
        (2, "customer_id", "reference_not_found")
    ]
    assert await everything(system) == before


async def test_two_imports_at_once_make_everything_once(system: System, tmp_path: Path) -> None:
    # Given rows of which neither import can see that the other makes them
    mark, many = new_id("m")[-8:], 20
    rows = range(1, many + 1)
    files(tmp_path, mark, [customer(mark, n) for n in rows], [subscription(mark, n) for n in rows])
    before = await everything(system)
    # When both run
    reports = await asyncio.gather(imported(system, tmp_path), imported(system, tmp_path))
    # Then both tell of the same resources, which are there once
    assert [code for code, _ in reports] == [0, 0], reports
    assert len({tuple(row["id"] for row in report["rows"]) for _, report in reports}) == 1
    wanted = {"customers": many, "products": 1, "prices": 2, "subscriptions": many, "invoices": 0}
    assert counted(before, await everything(system)) == wanted
