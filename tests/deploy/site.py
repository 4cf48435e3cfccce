"""Where the containers of a compose file would be on this machine, without any container.

Each service gets a folder that stands for its root file system, with its secrets and volumes and nothing else; names
of services and their ports become free ports of loopback. Text is translated, programs are the real ones.
"""

import random
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.composed import Composed, Service, mounts, secrets_of

BEHIND = 5433
"""Of PostgreSQL, when something else does its TLS."""

PORTS: Mapping[str, tuple[int, ...]] = {
    "postgres": (5432, BEHIND),
    "nats": (4222, 8222),
    "gateway": (8000,),
    "payments": (8101,),
    "ledger": (8102,),
    "invoicing": (8103,),
    "notifications": (8104,),
    "access": (8105,),
    "monitor": (8106,),
}
INSIDE = ("/run/secrets", "/etc/nats", "/etc/postgresql", "/var/run/postgresql", "/data")
"""Folders of a container that files and commands speak of."""

Free = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Site:
    """`ports` has the free port for each port of each service."""

    composed: Composed
    root: Path
    ports: Free

    def translated(self, name: str, text: str) -> str:
        """What service `name` reads or is called with, as it must read on this machine."""
        there = {f"{other}:{port}": f"127.0.0.1:{free}" for (other, port), free in self.ports.items()}
        own = {str(port): str(free) for (other, port), free in self.ports.items() if other == name}
        paths = {folder: f"{self.root / name}{folder}" for folder in INSIDE}
        new = {**there, **own, **paths, "0.0.0.0": "127.0.0.1"}
        longest_first = "|".join(re.escape(word) for word in sorted(new, key=len, reverse=True))
        return re.sub(rf"(?<![\w.])({longest_first})(?!\w)", lambda found: new[found[1]], text)

    def environment(self, name: str) -> dict[str, str]:
        """Of the file alone, nothing of ours."""
        given: Mapping[str, str] = self.composed.services[name].get("environment") or {}
        return {key: self.translated(name, value) for key, value in given.items()}

    def put(self, name: str, source: Path, target: str) -> None:
        """A file of the repository or a secret, where the service finds it."""
        path = Path(f"{self.root / name}{target}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.translated(name, source.read_text()))


def laid_out(composed: Composed, root: Path) -> Site:
    """With secrets and mounted files in place, and empty folders for the volumes."""
    wanted = [(name, port) for name, ports in PORTS.items() for port in ports]
    site = Site(composed, root, dict(zip(wanted, quiet_ports(len(wanted)), strict=True)))
    for name, service in composed.services.items():
        for secret in secrets_of(service):
            site.put(name, composed.file(composed.part("secrets")[secret]["file"]), f"/run/secrets/{secret}")
        _mount(site, name, service)
    return site


def _mount(site: Site, name: str, service: Service) -> None:
    for source, target in mounts(service):
        path = site.composed.file(source)
        if source.startswith(".") and path.is_file():
            site.put(name, path, target)
        elif not source.startswith("."):
            Path(f"{site.root / name}{target}").mkdir(parents=True, exist_ok=True)


def quiet_ports(count: int) -> list[int]:
    """Free ones below those that the kernel hands out by itself: it is seconds until they are listened on."""
    drawn = random.sample(range(20_000, 32_000), 10 * count)
    return [port for port in drawn if _is_free(port)][:count]


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
