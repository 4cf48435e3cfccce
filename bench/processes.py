"""What processes use, from Linux's /proc: CPU of whole trees, memory of each."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def tree(roots: Iterable[int]) -> set[int]:
    """The processes and all that descend from them; a root may be in the tree of another."""
    children: dict[int, list[int]] = defaultdict(list)
    for directory in _PROC.iterdir():
        if directory.name.isdigit() and (fields := _stat(int(directory.name))):
            children[int(fields[1])].append(int(directory.name))
    found, waiting = set[int](), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children[pid])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Of the trees so far, with what their ended and awaited children used."""
    return sum(sum(map(int, fields[11:15])) for pid in tree(roots) if (fields := _stat(pid))) / (_TICKS_PER_SECOND)


def rss_mb(pid: int) -> float:
    """Resident memory of one process."""
    return _kilobytes(pid, "status", "VmRSS") / 1024


def pss_mb(root: int) -> float:
    """Memory of a tree, what is shared counted once: the fair figure for Postgres and its shared buffers."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in tree([root])) / 1024


def _stat(pid: int) -> list[str]:
    """State, parent and so on; empty when the process is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", (_PROC / str(pid) / file).read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0
