"""deploy/secrets.sh, run as a person would."""

import subprocess
from pathlib import Path

from tests.deploy.composed import ROOT


def make_secrets(folder: Path) -> Path:
    """The folder, with everything in it. Raises CalledProcessError."""
    subprocess.run(["sh", str(ROOT / "deploy/secrets.sh"), str(folder)], check=True, capture_output=True, timeout=30)
    return folder
