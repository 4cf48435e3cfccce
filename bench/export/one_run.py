"""One export in a process of its own: `python -m bench.export.one_run URL FORMAT` prints seconds and kB of growth."""

import asyncio
import sys
import time
from pathlib import Path

import typer

from messages.ledger_queries import ExportFormat, ExportPage
from pocketpay.ledger.export import write


def main(url: str, name: ExportFormat) -> None:
    """What is written is thrown away. The growth is of the peak, over what the program takes before it begins."""
    before, began = _peak_kb(), time.perf_counter()
    with Path("/dev/null").open("wb") as nowhere:
        asyncio.run(write(url, "demo", ExportPage(format=name), nowhere))
    typer.echo(f"{time.perf_counter() - began} {_peak_kb() - before}")


def _peak_kb() -> int:
    """Linux's own count: that of getrusage begins with what the parent had."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])  # pyright: ignore[reportArgumentType] - the format is one of ours
