"""`pocketpay status`."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say

if TYPE_CHECKING:
    from pocketpay.running import Running
    from pocketpay.status.asking import Condition
    from pocketpay.status.money import Money


def status(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """How all is, the worst first, with what to type next. Exit code 1 when a process or the money is not well."""
    from pocketpay.status.judging import Place, broken, in_lines, remarks, verdict
    from pocketpay.targets import gateway_of, running_here
    from pocketpay.told import told

    with told():
        running = running_here(data_dir)
        conditions, money = asyncio.run(_asked(data_dir, running))
        place = Place(
            "" if data_dir == HERE else f" --data-dir {data_dir}", gateway_of(running), str(data_dir / "logs")
        )
        found = remarks(conditions, money, place)
        answer: dict[str, object] = {
            "status": verdict(found),
            "remarks": [asdict(each) for each in found if each.severity != "ready"],
            "services": {each.name: each._asdict() for each in [*conditions, *broken(money)]},
        }
        say(answer, in_lines(found), as_json)
        raise typer.Exit(0 if all(each.is_well for each in found) else 1)


async def _asked(data_dir: Path, running: "Running") -> tuple["list[Condition]", "Money"]:
    from pocketpay.status.asking import ask_all
    from pocketpay.status.money import ask_of_money

    return await asyncio.gather(ask_all(data_dir, running), ask_of_money(data_dir, running))
