"""Writes the table of figures into docs/observing.md from health/metrics.py: `python -m scripts.metrics_table`."""

import re
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from health.metrics import OWNERS

PAGE = Path(__file__).parents[1] / "docs" / "observing.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def page(text: str) -> str:
    """The page with the table as the code has it."""
    return re.sub(f"(?<={BEGIN}).*(?={END})", lambda _: table(), text, flags=re.DOTALL)


def table() -> str:
    """A line per figure, by whose it is."""
    lines = ["| figure | of | kind | labels | what |", "|---|---|---|---|---|"]
    lines += [_line(owner, metric) for owner, metrics in OWNERS.items() for metric in metrics]
    return "\n".join(lines) + "\n"


def _line(owner: str, metric: Counter | Gauge | Histogram) -> str:
    family = next(iter(metric.describe()))
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public tells them
    of = {"actor": "each actor"}.get(owner, owner)
    return f"| `{name}` | {of} | {family.type} | {labels} | {family.documentation} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
