"""The books over HTTP: what is asked of the ledger, and how its answers come together."""

import json
from typing import Any

import aiohttp
import pytest

from messages.envelope import Query, Reply
from messages.wire import Json
from tests.gateway.conftest import Stage

ACCOUNTS = "/api/v1/ledger/accounts"
TRIAL_BALANCE = "/api/v1/ledger/trial-balance"
LINE: Json = {"account": "income:sales", "currency": "USD", "debit": 0, "credit": 1}


def asked(stage: Stage) -> Json:
    """The parameters of the last question."""
    return stage.queries[-1].params


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (f"{ACCOUNTS}/assets:psp?rollup=true&by=effective&at=2026-11-22T11:00:00%2B01:00",
         {"path": "assets:psp", "rollup": True, "by": "effective", "at": "2026-11-22T10:00:00.000Z"}),
        (f"{ACCOUNTS}/income:sales/explain?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&currency=USD",
         {"path": "income:sales", "since": "2026-11-01T00:00:00.000Z", "until": "2026-12-01T00:00:00.000Z",
          "currency": "USD"}),
        (f"{ACCOUNTS}/income:sales/proof?at=2026-11-01T00:00:00Z",
         {"path": "income:sales", "at": "2026-11-01T00:00:00.000Z"}),
        ("/api/v1/ledger/periods/2026-10", {"month": "2026-10"}),
        ("/api/v1/ledger/heads/consistency?first=1&second=20", {"first": 1, "second": 20}),
        ("/api/v1/transfers/trf_1", {"id": "trf_1"}),
        ("/api/v1/holds?customer=bob&status=open,voided",
         {"customer_id": "bob", "status": ["open", "voided"], "limit": 20, "after": None}),
        ("/api/v1/transfers?customer_id=bob", {"customer_id": "bob", "limit": 20, "after": None}),
        ("/api/v1/ledger/transactions?status=pending&account=user:a&reference=ch/1&metadata[a]=b",
         {"status": ["pending"], "account": "user:a", "reference": "ch/1", "metadata": {"a": "b"}, "limit": 20,
          "after": None}),
        ("/api/v1/ledger/transactions/txn_1/entries?limit=3", {"id": "txn_1", "limit": 3, "after": None}),
        ("/api/v1/wallets/bob/entries?created_after=2026-11-01T00:00:00Z",
         {"customer_id": "bob", "created_after": "2026-11-01T00:00:00.000Z", "limit": 20, "after": None}),
    ],
)  # fmt: skip
async def test_the_ledger_is_asked_what_the_request_says(
    http: aiohttp.ClientSession, stage: Stage, path: str, params: Json
) -> None:
    async with http.get(path) as answer:
        assert answer.status == 404
    assert asked(stage) == params


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{ACCOUNTS}/income:sales?by=moon", "invalid_parameter"),
        (f"{ACCOUNTS}/income:sales?rollup=perhaps", "invalid_parameter"),
        (f"{ACCOUNTS}/income:sales?at=yesterday", "invalid_parameter"),
        (f"{ACCOUNTS}/income:sales/explain?since=2026-11-01T00:00:00Z", "invalid_parameter"),
        (f"{ACCOUNTS}/income:sales/proof?currency=XYZ", "invalid_parameter"),
        (f"{ACCOUNTS}/Income/proof", "not_found"),
        ("/api/v1/ledger/periods/2026-13", "not_found"),
        ("/api/v1/ledger/periods/2026-10-01", "not_found"),
        ("/api/v1/ledger/periods/1960-01", "not_found"),
        ("/api/v1/ledger/periods/0001-01", "not_found"),
        ("/api/v1/ledger/heads/consistency?first=1", "invalid_parameter"),
        ("/api/v1/ledger/heads/consistency?first=0&second=1", "invalid_parameter"),
        ("/api/v1/ledger/transactions?status=reversed", "invalid_parameter"),
        ("/api/v1/ledger/transactions?reference=%20", "invalid_parameter"),
        ("/api/v1/holds?status=closed", "invalid_parameter"),
        ("/api/v1/ledger/heads?cursor=x", "invalid_cursor"),
        (f"{TRIAL_BALANCE}?currency=USD", "invalid_parameter"),
    ],
)
async def test_what_cannot_be_asked_of_the_books_is_refused(
    http: aiohttp.ClientSession, stage: Stage, path: str, code: str
) -> None:
    async with http.get(path) as answer:
        assert (await answer.json())["code"] == code
    assert not stage.queries


@pytest.mark.parametrize(
    ("name", "path", "last", "after"),
    [
        ("heads", "/api/v1/ledger/heads", {"size": 12}, "12"),
        ("lines", "/api/v1/ledger/transactions/txn_1/entries", {"id": "ent_1"}, "ent_1"),
        ("transactions", "/api/v1/ledger/transactions",
         {"id": "txn_1", "created_at": "2026-11-21T10:00:00.000Z", "recorded_at": "2026-11-22T10:00:00.000Z"},
         ["2026-11-22T10:00:00.000Z", "txn_1"]),
        ("transfers", "/api/v1/transfers", {"id": "trf_1", "created_at": "2026-11-22T10:00:00.000Z"},
         ["2026-11-22T10:00:00.000Z", "trf_1"]),
    ],
)  # fmt: skip
async def test_a_cursor_goes_on_after_the_last_one(
    http: aiohttp.ClientSession, stage: Stage, name: str, path: str, last: Json, after: Any
) -> None:
    stage.answers[f"ledger.{name}"] = lambda _: Reply(body={"data": [last], "has_more": True})
    async with http.get(path) as answer:
        cursor = (await answer.json())["next_cursor"]
    async with http.get(path, params={"cursor": cursor}) as answer:
        assert answer.status == 200
    assert asked(stage)["after"] == after


async def test_a_proof_waits_for_the_head_that_is_about_to_be_signed(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a ledger that signs a moment later
    behind = Reply(status=503, body={"code": "behind", "detail": "not yet", "lag": 1})
    replies = iter([behind, behind, Reply(body={"object": "balance_proof"})])
    stage.answers["ledger.proof"] = lambda _: next(replies)
    # When a proof is asked for, then it comes
    async with http.get(f"{ACCOUNTS}/income:sales/proof") as answer:
        assert (answer.status, await answer.json()) == (200, {"object": "balance_proof"})
    assert len(stage.queries) == 3
    # And when it is never signed, that is said
    monkeypatch.setattr("gateway.reads.PATIENCE_SECONDS", 0.3)
    stage.answers["ledger.proof"] = lambda _: behind
    async with http.get(f"{ACCOUNTS}/income:sales/proof") as answer:
        body = await answer.json()
        assert (answer.status, body["code"], body["lag"]) == (503, "behind", 1)
    assert len(stage.queries) == 6


def pages_of(*pages: list[Json]) -> Any:
    """A trial balance in so many pages."""

    def answer(query: Query) -> Reply:
        number = int(query.params.get("after", ["", "0"])[1])
        assert query.params.get("as_of") == (7 if number else None)
        following = ["x", str(number + 1)] if number + 1 < len(pages) else None
        return Reply(body={"as_of": 7, "data": pages[number], "next": following})

    return answer


@pytest.mark.parametrize(
    "pages", [([],), ([LINE],), ([LINE], [LINE, LINE]), ([], [LINE], [], [LINE]), ([], []), ([LINE] * 2_000, [LINE])]
)
async def test_a_trial_balance_is_one_answer_however_many_pages_it_has(
    http: aiohttp.ClientSession, stage: Stage, pages: tuple[list[Json], ...]
) -> None:
    stage.answers["ledger.trial_balance"] = pages_of(*pages)
    async with http.get(TRIAL_BALANCE, params={"at": "2026-11-22T10:00:00Z", "by": "effective"}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert answer.headers["Request-Id"]
        body = json.loads(await answer.text())
    assert body["data"] == [line for page in pages for line in page]
    rest = {"object": "trial_balance", "at": "2026-11-22T10:00:00.000Z", "by": "effective"}
    assert {name: body[name] for name in body if name != "data"} == rest
    assert len(stage.queries) == len(pages)
    async with http.head(TRIAL_BALANCE) as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_a_trial_balance_that_breaks_off_is_never_taken_for_whole(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    whole = pages_of([LINE], [LINE], [LINE])
    away = Reply(status=503, body={"code": "unavailable", "detail": "away"})
    stage.answers["ledger.trial_balance"] = lambda query: (
        whole(query) if query.params.get("after", ["", "0"])[1] == "0" else away
    )
    with pytest.raises(aiohttp.ClientError):
        async with http.get(TRIAL_BALANCE) as answer:
            await answer.read()
    stage.answers["ledger.trial_balance"] = lambda _: away
    async with http.get(TRIAL_BALANCE) as answer:
        assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
