"""Random passwords and keys in files that only their owner can read."""

import os
import secrets
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

KEY_BYTES = 32


def password(directory: Path, name: str) -> str:
    """The password of this name, made at its first use and the same from then on."""
    return kept(directory, name, lambda: secrets.token_urlsafe(24))


def key(directory: Path, name: str) -> str:
    """The key of this name, in base64, made at its first use and the same from then on."""
    return kept(directory, name, lambda: b64encode(secrets.token_bytes(KEY_BYTES)).decode())


def kept(directory: Path, name: str, make: Callable[[], str]) -> str:
    """What is in the file of this name, made at its first use."""
    path = directory / name
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = directory / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        fresh.rename(path)  # never half a password, whenever we are killed
    return path.read_text()
