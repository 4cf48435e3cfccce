"""How Postgres finds each page: the plans it really used, as its log has them, and what it had to look at for them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.servers import execute

AVAILABLE: Final = """
load 'auto_explain';
alter system set session_preload_libraries = 'auto_explain';
alter system set auto_explain.log_format = 'json';
alter system set auto_explain.log_analyze = on;
alter system set auto_explain.log_timing = off;
alter system set auto_explain.log_min_duration = -1"""
"""Before the processes connect. Until plans are wanted it costs them nothing."""

_LOGGED: Final = re.compile(r"plan:\n((?:\t.*\n)+)")
_BEATS: Final = ("partition", "due", "published")
"""What actors look at by themselves, whoever asks for lists."""


class Plan(NamedTuple):
    """A line per node that reads or sorts, and the most rows that one of them looked at."""

    lines: tuple[str, ...]
    rows: int


async def watch(url: str, *, on: bool) -> None:
    """Whether each statement's plan is logged from now on."""
    shown = 0 if on else -1
    for sql in (f"alter system set auto_explain.log_min_duration = {shown}", "select pg_reload_conf()"):
        await execute(url, sql)


def plans_in(log: Path, begin: int) -> Iterator[Plan]:
    """Those that stand in the log behind this byte."""
    with log.open("rb") as file:
        file.seek(begin)
        text = file.read().decode(errors="replace")
    for found in _LOGGED.finditer(text):
        yield _read(json.loads(found[1])["Plan"])


def _read(root: dict[str, Any]) -> Plan:
    nodes = list(_nodes(root))
    return Plan(tuple(line for line, _ in nodes), max((rows for _, rows in nodes), default=0))


def _nodes(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Rows are those of all loops, with those that were thrown away."""
    looked = (node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)) * node.get("Actual Loops", 1)
    kind, of = node["Node Type"], node.get("Index Name") or node.get("Relation Name")
    if (of or kind == "Sort") and of not in _BEATS:
        yield f"{kind}{f' {of}' if of else ''}: {looked:.0f} rows", round(looked)
    for below in node.get("Plans", ()):
        yield from _nodes(below)
