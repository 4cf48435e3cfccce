"""Revenue reports at the door: how many months one may ask for."""

import aiohttp
import pytest

from messages.envelope import Reply
from tests.gateway.conftest import Stage

REVENUE = "/api/v1/reports/revenue"


@pytest.mark.parametrize(
    ("since", "until", "status", "code"),
    [
        ("2026-01", "2026-12", 200, None),
        ("2026-01", "2035-12", 200, None),
        ("2026-01", "2036-01", 400, "too_large"),
        ("2026-01", "2999-12", 400, "too_large"),
        ("2026-02", "2026-01", 400, "bad_format"),
    ],
)
async def test_a_report_has_ten_years_at_most(
    http: aiohttp.ClientSession, stage: Stage, since: str, until: str, status: int, code: str | None
) -> None:
    stage.answers["invoicing.revenue_report"] = lambda _: Reply(body={"data": [], "totals": []})
    stage.answers["ledger.account"] = lambda _: Reply(body={"balances": []})
    async with http.get(REVENUE, params={"from": since, "to": until}) as answer:
        body = await answer.json()
    assert (answer.status, body["errors"][0]["code"] if code else None) == (status, code)
