"""`pocketpay status`."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, Key, say

if TYPE_CHECKING:
    from pocketpay.status.asking import Condition
    from pocketpay.status.judging import Place
    from pocketpay.status.money import Money

    Asked = tuple[list[Condition], Money, Place]


def status(key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """How all is, the worst first, with what to type next. Exit code 1 when a process or the money is not well.

    Of what `up` runs here, else of the gateway that POCKETPAY_GATEWAY_URL names.
    """
    from pocketpay.settings import load
    from pocketpay.status.judging import broken, in_lines, remarks, verdict
    from pocketpay.told import told

    with told():
        asked = _elsewhere(data_dir, key) if load().gateway_url else _here(data_dir)
        conditions, money, place = asyncio.run(asked)
        found = remarks(conditions, money, place)
        answer: dict[str, object] = {
            "status": verdict(found),
            "remarks": [asdict(each) for each in found if each.severity != "ready"],
            "services": {each.name: each._asdict() for each in [*conditions, *broken(money)]},
        }
        say(answer, in_lines(found), as_json)
        raise typer.Exit(0 if all(each.is_well for each in found) else 1)


async def _here(data_dir: Path) -> "Asked":
    from pocketpay.status.asking import ask_all
    from pocketpay.status.judging import Place
    from pocketpay.status.money import ask_of_money
    from pocketpay.targets import gateway_of, running_here

    running = running_here(data_dir)
    conditions, money = await asyncio.gather(ask_all(data_dir, running), ask_of_money(data_dir, running))
    named = "" if data_dir == HERE else f" --data-dir {data_dir}"
    return conditions, money, Place(named, gateway_of(running), str(data_dir / "logs"))


async def _elsewhere(data_dir: Path, key: str | None) -> "Asked":
    from pocketpay.status.elsewhere import ask_elsewhere
    from pocketpay.status.judging import Place
    from pocketpay.targets import door

    at = door(data_dir, key)
    conditions, money = await ask_elsewhere(at)
    return conditions, money, Place("", at.url, None)
