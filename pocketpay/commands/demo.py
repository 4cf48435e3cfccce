"""`pocketpay demo`."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, Key, say

if TYPE_CHECKING:
    from pocketpay.demo.summary import Summary
    from pocketpay.targets import Door
    from storage.progress import Progress


def demo(key: Key = None, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Fill a test tenant with a company: customers, plans and six months of history. Again, it changes nothing.

    Exit code 1 when it could not be made, or the books do not hold.
    """
    from pocketpay import targets
    from pocketpay.demo.table import to_lines
    from pocketpay.progress import bar
    from pocketpay.running import read
    from pocketpay.told import told

    with told():
        door, running = targets.door(data_dir, key), read(data_dir)
        mails = f"http://127.0.0.1:{running.ports['mails']}/" if running and "mails" in running.ports else None
        with bar("six months of history") as progress:
            summary = asyncio.run(_made(door, mails, progress))
        say(asdict(summary), to_lines(summary), as_json)
        raise typer.Exit(1 if summary.breached else 0)


async def _made(door: "Door", mails: str | None, progress: "Progress") -> "Summary":
    from pocketpay.demo.making import make
    from pocketpay.demo.summary import summarised
    from pocketpay.importing.calling import Gateway, session

    async with session(door) as http:
        gateway = Gateway(http)
        await gateway.greet(door.url)
        return await summarised(gateway, await make(gateway, progress), door.url, mails)
