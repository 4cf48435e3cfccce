"""Writes deploy/grafana/dashboards/ from scripts/panels.py: `python -m scripts.dashboards`."""

import json
from collections.abc import Iterator
from pathlib import Path

from messages.wire import Json
from scripts.panels import DASHBOARDS, HEIGHT, Dashboard, Panel

FOLDER = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24


def files() -> dict[str, str]:
    """Each file's name and text."""
    return {
        f"{dashboard.uid.removeprefix('pocketpay-')}.json": json.dumps(document(dashboard), indent=2) + "\n"
        for dashboard in DASHBOARDS
    }


def document(dashboard: Dashboard) -> Json:
    """As Grafana imports it; the data source may be chosen, and is the one with the uid `prometheus` at first."""
    chosen = {"text": "Prometheus", "value": "prometheus"}
    variable = {"name": "datasource", "type": "datasource", "query": "prometheus", "current": chosen, "hide": 0}
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["pocketpay"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "templating": {"list": [variable]},
        "links": [{"type": "dashboards", "tags": ["pocketpay"], "title": "PocketPay", "asDropdown": False}],
        "panels": list(_laid_out(dashboard.panels)),
    }


def _laid_out(panels: list[Panel]) -> Iterator[Json]:
    """From left to right, the next row when one is full."""
    x = y = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > COLUMNS:
            x, y = 0, y + HEIGHT
        yield _panel(number, panel, {"x": x, "y": y, "w": panel.width, "h": HEIGHT})
        x += panel.width


def _panel(number: int, panel: Panel, position: Json) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": position,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def main() -> None:
    """Writes them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
