"""A whole run as it is kept in `bench/results/`."""

from datetime import datetime
from pathlib import Path

from bench.line import Kept, Line

RESULTS = Path(__file__).with_name("results")


class Machine(Kept):
    """The load average is that of the last minute before the start."""

    cpu: str
    cores: int
    memory_gb: int
    kernel: str
    python: str
    packages: dict[str, str]
    load_average: float


class Result(Kept):
    """`postgres` are the settings that decide what a commit costs; `breaches` are rules of the books that broke."""

    at: datetime
    rounds: int
    seconds: float
    machine: Machine
    load_averages: list[float]
    postgres: dict[str, str]
    lines: list[Line]
    breaches: list[str]


def write(result: Result) -> Path:
    """Into a file with the date and time."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result.at:%Y-%m-%dT%H%M%S}.json"
    path.write_text(result.model_dump_json(indent=1) + "\n")
    return path


def read(path: Path) -> Result:
    """Raises pydantic.ValidationError for what is no result."""
    return Result.model_validate_json(path.read_text())


def newest() -> Path:
    """Raises FileNotFoundError when nothing was measured yet."""
    paths = sorted(RESULTS.glob("*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run `make bench` first")
    return paths[-1]
