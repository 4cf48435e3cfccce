"""Every command speaks JSON to programs; `serve` does by itself, since its log is JSON."""

import asyncio
import json
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from pocketpay.display_json import JsonDisplay
from pocketpay.main import app
from scripts.command_pages import leaves
from tests.pocketpay.test_up import command, data_dir, until_said

__all__ = ["data_dir"]

WITHOUT = {"serve"}


def test_every_command_can_answer_in_json() -> None:
    deaf = {name for name, found in leaves(typer.main.get_command(app)) if "--json" not in _options(found)}
    assert deaf == WITHOUT


def _options(found: click.Command) -> set[str]:
    return {option for each in found.params for option in each.opts}


def test_the_launcher_tells_each_step_and_what_is_ready_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    display = JsonDisplay()
    with display.step("postgres"):
        display.line('ledger died (SIGKILL), back in "0.8 s"')
    display.ready("http://localhost:8011", "http://127.0.0.1:8107", "/data")
    note, step, ready = map(json.loads, capsys.readouterr().out.splitlines())
    assert (note["type"], note["detail"]) == ("note", 'ledger died (SIGKILL), back in "0.8 s"')
    assert (step["type"], step["name"], step["seconds"]) == ("step", "postgres", 0.0)
    assert (ready["type"], ready["url"], ready["logs"]) == ("ready", "http://localhost:8011", "/data/logs")


def test_a_version_is_json_too() -> None:
    assert json.loads(CliRunner().invoke(app, ["version", "--json"]).stdout).keys() == {"version"}


@pytest.mark.timeout(180)
async def test_up_is_read_line_by_line_until_it_has_stopped(data_dir: Any) -> None:
    # Given a launcher that speaks to a program
    process = await command(data_dir, "up", "--port", "0", "--json")
    said = await until_said(process, '"ready"')
    # When it is asked to stop
    process.terminate()
    rest, _ = await asyncio.wait_for(process.communicate(), 40)
    # Then every line was JSON, from the first step to the end
    told = [json.loads(line) for line in [*said.splitlines(), *rest.decode().splitlines()]]
    assert [each["name"] for each in told if each["type"] == "step"][:2] == ["prepare", "postgres"]
    assert told[-1]["detail"] == "stopped, all data is kept"
    assert process.returncode == 0
