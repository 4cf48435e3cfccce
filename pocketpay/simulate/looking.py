"""Reads what there is after everything: asks every key again, and the API, the invariants and the provider's books."""

import asyncio
from pathlib import Path
from typing import Final

from actors.payments.simulated_journal import journal
from messages.wire import Json
from pocketpay.importing.calling import Gateway
from pocketpay.importing.together import each_of
from pocketpay.program import StartFailed
from pocketpay.running import database_url
from pocketpay.settings import Settings, simulated_file
from pocketpay.simulate.acting import API, Record, Told, ask
from pocketpay.simulate.comparing import KINDS, Now, last_told
from pocketpay.simulate.living import running_in
from pocketpay.simulate.plan import SPENDERS, Plan
from pocketpay.simulate.subscribing import SUBSCRIBERS
from pocketpay.simulate.wallets import OWNERS
from pocketpay.status.asking import ask_all
from storage import verify
from storage.breaches import Finding
from storage.migrate import VERIFIER

QUIET_SECONDS: Final = 90
LOOK_SECONDS: Final = 0.5
LISTED: Final = {
    "payments": SPENDERS,
    "refunds": SPENDERS,
    "transfers": OWNERS,
    "payouts": OWNERS,
    "subscriptions": SUBSCRIBERS,
}
"""Whose things are all the plan's own."""


async def until_quiet(data_dir: Path) -> tuple[list[Finding], list[str]]:
    """The invariants, and who is not ready, as soon as all is well, or when the time is over."""
    deadline = asyncio.get_running_loop().time() + QUIET_SECONDS
    while True:
        running = running_in(data_dir)
        unready = [f"{each.name} is {each.state}" for each in await ask_all(data_dir, running) if each.state != "ready"]
        found: list[Finding] = []
        if not unready:
            found = await verify.run(database_url(data_dir, running, VERIFIER), stale_seconds=0)
        over = asyncio.get_running_loop().time() > deadline
        if over or (found and not any(each.figure for each in found)):
            return found, unready
        await asyncio.sleep(LOOK_SECONDS)


async def look(gateway: Gateway, plan: Plan, record: Record, data_dir: Path) -> Now:
    """Raises StartFailed when the gateway does not answer."""
    now = Now()

    async def again(told: Told) -> None:
        answer = await ask(gateway, plan.seed, told)
        now.again[told.step.name] = answer.status, answer.body

    async def read(thing: Json) -> None:
        now.things[str(thing["id"])] = await gateway.get(f"{API}/{KINDS[thing['object']]}/{thing['id']}")

    async def listed(whose: tuple[str, str]) -> None:
        now.listed[whose] = await _listed(gateway, *whose)

    await each_of(record.told.values(), again)
    await each_of(last_told(record).values(), read)
    await each_of(((kind, each) for kind, customers in LISTED.items() for each in customers), listed)
    for owner in OWNERS:
        wallet = await gateway.get(f"{API}/wallets/{owner}") or {"balances": []}
        now.held[owner] = sum(each["posted"] for each in wallet["balances"])
    _read_provider(now, data_dir)
    return now


async def _listed(gateway: Gateway, kind: str, customer_id: str) -> set[str]:
    """Without payouts that an outage has canceled: their repeat made others."""
    found, cursor = set[str](), dict[str, str]()
    while True:
        page = await gateway.get(f"{API}/{kind}", customer_id=customer_id, limit="100", **cursor)
        if page is None:
            raise StartFailed(f"there is no {kind}")
        found |= {each["id"] for each in page["data"] if (kind, each["status"]) != ("payouts", "canceled")}
        if not page["has_more"]:
            return found
        cursor = {"cursor": page["next_cursor"]}


def _read_provider(now: Now, data_dir: Path) -> None:
    for line in journal(simulated_file(Settings(data_dir=data_dir))):
        if line["kind"] == "captured":
            now.captured[line["payment"]] += 1
        if line["kind"] == "refunded":
            now.refunded[line["payment"]] += line["amount"]
