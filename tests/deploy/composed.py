"""A compose file as Docker reads it: parsed, its variables filled in, its services in the order of their starting."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LOCAL = ROOT / "compose.yaml"
PRODUCTION = ROOT / "deploy" / "compose.production.yaml"
VARIABLES: Mapping[str, str] = {"POCKETPAY_PUBLIC_NAME": "pay.example.com"}
OURS = ("pocketpay", "pocketpay-nats")

_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}")

Service = Mapping[str, Any]
"""One service's part of the file."""


@dataclass(frozen=True, slots=True)
class Composed:
    """`part("volumes")` and the like name what the file declares."""

    path: Path
    document: Mapping[str, Any]

    @property
    def services(self) -> Mapping[str, Service]:
        """All, those of profiles too."""
        return self.document["services"]

    def part(self, name: str) -> Mapping[str, Any]:
        """A top-level part; empty when the file has none."""
        return self.document.get(name) or {}

    def file(self, path: str) -> Path:
        """A path of the file, which is relative to it."""
        return (self.path.parent / path).resolve()


def read(path: Path, variables: Mapping[str, str] = VARIABLES) -> Composed:
    """Raises KeyError for a `${NAME:?…}` that no variable fills in."""
    return Composed(path, _filled(yaml.safe_load(path.read_text()), variables))


def in_order(composed: Composed) -> list[str]:
    """Services without a profile, each after all it depends on. Raises CycleError."""
    graph = {name: dependencies(each) for name, each in composed.services.items() if "profiles" not in each}
    return list(TopologicalSorter(graph).static_order())


def dependencies(service: Service) -> Mapping[str, Any]:
    """Name of the service -> what it waits for."""
    return service.get("depends_on") or {}


def is_job(service: Service) -> bool:
    """Runs to its end, by itself or when asked for."""
    return service["restart"] == "no"


def mounts(service: Service) -> list[tuple[str, str]]:
    """Source and target of each volume."""
    pairs = (volume.split(":") for volume in service.get("volumes") or [])
    return [(source, target) for source, target, *_ in pairs]


def image(service: Service) -> tuple[str, str]:
    """Name and tag; an empty tag when there is none."""
    name, _, tag = service["image"].partition(":")
    return name, tag


def secrets_of(service: Service) -> Sequence[str]:
    """The names of the secrets that it gets, each as a file of that name in /run/secrets."""
    return service.get("secrets") or []


def _filled(value: object, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _value(found, variables), value)
    if isinstance(value, list):
        return [_filled(each, variables) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each, variables) for name, each in value.items()}
    return value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return variables.get(found[1], found[3]) if found[2] == "-" else variables[found[1]]
