"""One launcher per data folder. The kernel drops the lock when its holder dies, however that happens."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another launcher holds the data folder; the message says which."""


@contextmanager
def held(data_dir: Path) -> Generator[None]:
    """Holds the data folder. Raises InUse at once when somebody else does."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = f"{data_dir} is in use by process {file.read().strip() or 'unknown'}"
            raise InUse(f"{holder}: `pocketpay status` says how it is, --data-dir takes another folder") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def is_held(data_dir: Path) -> bool:
    """Whether a launcher runs here. Raises FileNotFoundError when none ever did."""
    with (data_dir / "lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
