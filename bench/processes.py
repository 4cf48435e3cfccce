"""What processes use, from Linux's /proc: CPU of whole trees, memory of each."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """Of each process with its descendants so far, but for those descendants that have a name of their own."""
    children = _children()
    return {
        name: sum(_cpu_ticks(each) for each in _tree(pid, children, set(pids.values()) - {pid})) / _TICKS_PER_SECOND
        for name, pid in pids.items()
    }


def rss_mb(pid: int) -> float:
    """Resident memory of one process."""
    return _kilobytes(pid, "status", "VmRSS") / 1024


def pss_mb(root: int) -> float:
    """Memory of a tree, what is shared counted once: the fair figure for Postgres and its shared buffers."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in _tree(root, _children(), set())) / 1024


def open_files(pid: int) -> int:
    """Descriptors of one process, sockets too."""
    return sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())


def threads(pid: int) -> int:
    """Of one process."""
    return int(_stat(pid)[17])


def _children() -> Mapping[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for directory in _PROC.iterdir():
        if directory.name.isdigit() and (fields := _stat(int(directory.name))):
            children[int(fields[1])].append(int(directory.name))
    return children


def _tree(root: int, children: Mapping[int, list[int]], without: set[int]) -> Iterator[int]:
    yield root
    for child in children.get(root, []):
        if child not in without:
            yield from _tree(child, children, without)


def _cpu_ticks(pid: int) -> int:
    """Its own, and that of children that ended and were waited for."""
    return sum(int(ticks) for ticks in _stat(pid)[11:15])


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
