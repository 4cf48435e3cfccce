"""Whatever the OpenAPI document allows, and much that it forbids, is asked of a running system; it keeps its word."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from gateway.routes import ROUTES
from tests.walks.system import ROOT, System
from tests.walks.whole import must_verify

HERE = Path(__file__).parent
FEW = "10"
EXAMPLES = os.environ.get("POCKETPAY_API_EXAMPLES", FEW)
ENDLESS = "streamEvents"


def address(system: System) -> str:
    return f"http://127.0.0.1:{system.running.ports['gateway']}"


async def ask_everything(document: str, url: str, *arguments: str) -> tuple[int | None, str]:
    """Exit code and report of `schemathesis`."""
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "--config-file", str(HERE / "schemathesis.toml")),
        *("run", document, "--url", url, "--exclude-operation-id", ENDLESS, "--max-examples", EXAMPLES, *arguments),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()


@pytest.mark.timeout(900 if EXAMPLES == FEW else 3600)
async def test_the_gateway_keeps_the_word_of_its_document(system: System) -> None:
    # Given a system, and its document as it serves it
    url = address(system)
    # When every operation is asked at the edges of what it takes, at random, and one after the other
    code, report = await ask_everything(f"{url}/openapi.json", url)
    # Then nothing answers otherwise than it says, nothing breaks, and the books are whole
    assert code == 0, report
    assert f"Selected: {len(ROUTES) - 2}/" in report, "all but the endless stream and the document that is read"
    assert await system.command("parked", "list") == (0, "nothing is parked\n")
    await must_verify(system)


async def test_a_document_that_says_otherwise_is_found(system: System, tmp_path: Path) -> None:
    # Given a document with a wrong type, without a status that there is, and without a code that there is
    document = await system.get("/openapi.json")
    document["components"]["schemas"]["Provider"]["properties"]["status"] = {"type": "integer"}
    del document["paths"]["/api/v1/commands/{id}"]["get"]["responses"]["404"]
    missing = document["paths"]["/api/v1/holds/{id}"]["get"]["responses"]["404"]["content"]
    missing["application/problem+json"]["examples"] = {}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    # When it is asked, it does not pass
    chosen = [f"--include-operation-id={name}" for name in ("listProviders", "getCommand", "getHold")]
    code, report = await ask_everything(str(file), address(system), *chosen, "--phases", "coverage")
    assert code == 1, report
    assert "violates schema" in report
    assert "Undocumented status code" in report
    assert "does not tell of 404 not_found" in report
