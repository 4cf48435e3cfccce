from datetime import UTC, datetime
from pathlib import Path

from bench.line import Line
from bench.result import Machine, Result, newest, read
from bench.table import DOCUMENT, published

ROOM = "before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n"


def result() -> Result:
    machine = Machine(
        cpu="a", cores=2, memory_gb=4, kernel="6", python="3.11", packages={"nats-py": "2"}, load_average=1.0
    )
    lines = [Line(part="ledger", figure="spread", ours=[1.0, 2.0, 3.0])]
    at = datetime(2026, 11, 24, tzinfo=UTC)
    kept = {"lines": lines, "breaches": ["I1: broken"], "postgres": {"fsync": "on"}, "load_averages": [3.0]}
    return Result.model_validate({"at": at, "rounds": 3, "seconds": 1, "machine": machine, **kept})


def test_a_result_takes_the_place_of_the_last_between_the_marks() -> None:
    page = published(ROOM, result())
    assert page.startswith("before\n<!-- results -->\n2026-11-24 00:00 UTC. a, 2 cores, 4 GB")
    assert page.endswith("I1: broken\n<!-- end of results -->\nafter\n")
    assert "| spread | 2 (1–3) |" in page
    assert "old" not in page
    assert published(page, result()) == page


def test_a_result_read_again_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(result().model_dump_json())
    assert read(path) == result()


def test_the_page_says_what_the_newest_result_says() -> None:
    page = DOCUMENT.read_text()
    assert published(page, read(newest())) == page, "python -m bench --publish bench/results/<newest>.json"
