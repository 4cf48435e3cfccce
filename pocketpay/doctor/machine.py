"""What the machine has and how much of it is left."""

import os
import platform
import resource
import shutil
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from messages.wire import Json


def machine(data_dir: Path) -> Json:
    """Bytes, seconds and counts; `disks` by path, the folder of Postgres among them."""
    return {
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "load_1m_5m_15m": os.getloadavg(),
        "memory_bytes": _memory(),
        "disks": {str(path): _disk(path) for path in {data_dir, (data_dir / "postgres").resolve()} if path.exists()},
        "open_files_max": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "user_id": os.getuid(),
    }


def versions() -> Json:
    """Of this program, Python, and every library that the program names."""
    names = ["pocketpay", *(_name(each) for each in requires("pocketpay") or ())]
    return {"python": platform.python_version(), **{name: _version(name) for name in names}}


def _name(requirement: str) -> str:
    return "".join(each if each.isalnum() or each in "-_." else " " for each in requirement).split()[0]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _memory() -> dict[str, int]:
    path = Path("/proc/meminfo")
    rows = (line.split() for line in path.read_text().splitlines()) if path.exists() else ()
    wanted = {"MemTotal:": "total", "MemAvailable:": "available", "SwapFree:": "swap_free"}
    return {wanted[row[0]]: int(row[1]) * 1024 for row in rows if row[0] in wanted}


def _disk(path: Path) -> dict[str, int]:
    usage = shutil.disk_usage(path)
    return {"total": usage.total, "free": usage.free}
