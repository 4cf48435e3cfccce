"""Logs and crash points: what they do to a process is seen from outside."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(program: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def lines_of(program: str) -> list[dict[str, Any]]:
    start = "import logging, structlog\nfrom health.logs import configure, correlate\n"
    return [json.loads(line) for line in run(start + program).stderr.splitlines()]


def test_a_line_carries_process_time_level_and_correlation() -> None:
    (line,) = lines_of(
        "configure('payments')\ncorrelate('req_1')\nstructlog.get_logger().info('committed', messages=3)"
    )
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "committed",
        "messages": 3,
        "level": "info",
        "process": "payments",
        "correlation_id": "req_1",
    }


def test_nothing_in_a_value_can_look_like_another_line() -> None:
    evil = "a\r\nb\x1b[31m\x9b\u2028\ud800"
    program = f"configure('payments')\nstructlog.get_logger().info('asked', customer={evil!r})"
    (line,) = lines_of(program)
    assert line["customer"] == evil
    raw = run("import structlog\nfrom health.logs import configure\n" + program).stderr
    assert raw.count("\n") == 1
    assert raw.rstrip("\n").isprintable()


def test_libraries_log_in_the_same_form() -> None:
    first, second = lines_of(
        "configure('gateway', 'debug')\nlogging.getLogger('nats').warning('lost %s\\n', 'nats://a')\n"
        + "try: 1 / 0\nexcept Exception: logging.getLogger('aiohttp').exception('boo')"
    )
    assert (first["event"], first["logger"], first["level"]) == ("lost nats://a\n", "nats", "warning")
    assert "ZeroDivisionError" in second["exception"]


def test_lines_below_the_level_are_left_out_and_long_values_are_cut() -> None:
    (line,) = lines_of(
        "configure('ledger', 'warning')\nstructlog.get_logger().info('quiet')\n"
        + "structlog.get_logger().warning('loud', body='x' * 1_000_000)"
    )
    assert len(line["body"]) < 2100


def test_an_unknown_level_stops_the_start() -> None:
    assert "KeyError" in run("from health.logs import configure\nconfigure('ledger', 'verbose')").stderr


PASSING = """
from health.crash import crash_point
for n in range(5):
    crash_point('before_commit')
    crash_point('after_commit')
    print(n, flush=True)
"""


@pytest.mark.parametrize(
    ("at", "passes"),
    [("after_commit:3", 2), ("after_commit", 0), ("before_commit:5", 4)],
)
def test_the_nth_pass_of_a_crash_point_kills_the_process(at: str, passes: int) -> None:
    ended = run(PASSING, POCKETPAY_CRASH_AT=at)
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == [str(n) for n in range(passes)]


@pytest.mark.parametrize("environment", [{}, {"POCKETPAY_CRASH_AT": "elsewhere:1"}])
def test_without_its_name_a_crash_point_does_nothing(environment: dict[str, str]) -> None:
    ended = run(PASSING, **environment)
    assert (ended.returncode, len(ended.stdout.split())) == (0, 5)
