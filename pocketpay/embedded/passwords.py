"""Random passwords in files that only their owner can read."""

import os
import secrets
from pathlib import Path


def password(directory: Path, name: str) -> str:
    """The password of this name, made at its first use and the same from then on."""
    path = directory / name
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = directory / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        fresh.rename(path)  # never half a password, whenever we are killed
    return path.read_text()
