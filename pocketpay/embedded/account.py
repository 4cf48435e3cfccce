"""Which system user runs Postgres, which refuses root, and places that this user can reach.

No folder above ours is ever chmodded: what the user cannot reach is put or copied under /var/lib/pocketpay.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

REACHABLE = Path("/var/lib/pocketpay")


def unprivileged() -> str | None:
    """None unless we are root; then a `pocketpay` system user if there is one, else nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "pocketpay" if "pocketpay" in names else "nobody"


def can_enter(directory: Path, user: str | None) -> bool:
    """Whether the user may pass through all folders on the way. Asks the kernel, so that ACLs count too."""
    if user is None:
        return True
    command = ["/bin/sh", "-c", 'cd -- "$0"', str(directory)]
    group = pwd.getpwnam(user).pw_gid
    done = subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
        timeout=10,
    )
    return done.returncode == 0


def own_directory(link: Path, user: str | None) -> Path:
    """The user's folder at `link`, or behind a symlink there when the user could not reach `link` itself."""
    if not link.is_symlink() and not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        if can_enter(link.parent, user):
            link.mkdir(mode=0o700)
        else:
            REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
            link.symlink_to(tempfile.mkdtemp(prefix="data-", dir=REACHABLE))
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(link, entry.pw_uid, entry.pw_gid)
    return link.resolve(strict=True)


def readable_copy(folder: Path, parts: Sequence[str], name: str, user: str | None) -> Path:
    """`folder` itself if the user can enter these parts of it, else a copy of them that is made once."""
    present = [part for part in parts if (folder / part).exists()]
    if all(can_enter(folder / part, user) for part in present):
        return folder
    copy = REACHABLE / name
    if not copy.exists():
        REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=REACHABLE))
        for part in present:
            shutil.copytree(folder / part, fresh / part, symlinks=True)
        _open_to_all(fresh)
        try:
            fresh.rename(copy)
        except OSError:  # another launcher was faster
            shutil.rmtree(fresh)
    return copy


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
