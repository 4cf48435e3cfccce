"""Differences in lines for people, and what a gateway may answer that is none."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from messages.wire import Json
from pocketpay.main import app
from pocketpay.program import StartFailed
from pocketpay.reconciling import differences, in_lines
from pocketpay.targets import Door

MISSING: Json = {
    "id": "diff_1",
    "status": "open",
    "class": "missing_posting",
    "provider": "eu",
    "amount": 123456,
    "currency": "EUR",
    "unit": "pay_1",
    "sides": {"provider": 123456, "payments": 123456, "ledger": None},
    "age_seconds": 90,
    "proposed": {
        "action": "post_fact",
        "postings": [
            {"account": "assets:psp:eu:pending", "side": "debit", "amount": 123456, "currency": "EUR"},
            {"account": "income:sales", "side": "credit", "amount": 123456, "currency": "EUR"},
        ],
    },
}


def test_account_and_postings_are_shown() -> None:
    first, *postings = in_lines(MISSING)
    assert " eu " in first
    assert first.endswith("pay_1  provider 1234.56, payments 1234.56, ledger -, 90 s old")
    assert [each.split() for each in postings] == [
        ["apply:", "debit", "assets:psp:eu:pending", "1234.56", "EUR"],
        ["apply:", "credit", "income:sales", "1234.56", "EUR"],
    ]
    assert postings[0].index("1234.56") == postings[1].index("1234.56")


@pytest.mark.parametrize(
    ("changed", "below"),
    [
        ({"status": "corrected"}, []),
        ({"proposed": {"action": "none", "postings": []}}, []),
        ({"proposed": None}, []),
        ({"proposed": {"action": "look_up", "postings": []}}, ["    apply: asks the provider again"]),
    ],
)
def test_where_nothing_is_to_be_posted_no_posting_is_shown(changed: Json, below: list[str]) -> None:
    assert in_lines(MISSING | changed)[1:] == below


@pytest.mark.parametrize(
    "arguments",
    [("list", "--status", "open,shut"), ("apply", "diff_1/../run"), ("dismiss", "a?b")],
)
def test_what_cannot_be_meant_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["reconciliation", *arguments]).exit_code == 2


@pytest.mark.parametrize("body", ["", "null", "[]", "<html>"])
@pytest.mark.parametrize("status", [200, 404])
async def test_whoever_is_no_gateway_is_told_so(body: str, status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    stranger = web.Application()
    stranger.router.add_get("/{path:.*}", answer)
    async with TestServer(stranger) as server:
        with pytest.raises(StartFailed, match="what answers is no gateway of ours"):
            await differences(Door(str(server.make_url(""))), "open")
