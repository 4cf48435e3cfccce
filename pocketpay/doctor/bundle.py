"""The bundle for support. Whatever goes in goes through the mask, names of files included."""

import io
import json
import os
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pocketpay.doctor.asking import Facts
from pocketpay.doctor.judging import Trouble
from pocketpay.doctor.masking import Mask

README = """What `pocketpay doctor` found, for whoever helps. Passwords and keys are masked.

findings.txt     what is wrong, worst first
*.json           what was asked; {"error": …} where there was no answer
metrics/, logs/  of each process; what Postgres quotes of rows is left out
"""


def pack(output: Path, facts: Facts, troubles: list[Trouble], texts: Mapping[str, str], mask: Mask) -> None:
    """Writes a tar.gz that its owner alone may read. Raises FileExistsError rather than overwriting one."""
    files = {
        "README.txt": README,
        "findings.txt": "".join(f"{each.severity}: {each.words}\n" for each in troubles) or "nothing is wrong\n",
        **{f"{name}.json": json.dumps(section, indent=2, default=str) + "\n" for name, section in facts.items()},
        **texts,
    }
    private = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, text in files.items():
            _add(tar, mask(name), mask(text).encode(errors="replace"))


def default_name(now: datetime) -> Path:
    """In the folder where one stands."""
    return Path(f"pocketpay-doctor-{now:%Y%m%d-%H%M%S}.tar.gz")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(f"pocketpay-doctor/{name}")
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))
