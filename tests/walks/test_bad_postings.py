"""Bad wishes about money in the books: a clear 4xx with a stable code, nothing posted, the others unharmed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messages.wire import Json
from tests.walks.purse import balances, filled, transfer
from tests.walks.system import System, rows

TRANSACTIONS, HOLDS, TRANSFERS = "/api/v1/ledger/transactions", "/api/v1/holds", "/api/v1/transfers"
CONVERSIONS = "/api/v1/ledger/conversions"


def line(account: str, side: str, amount: Any = 100, currency: Any = "USD") -> Json:
    return {"account": account, "side": side, "amount": amount, "currency": currency}


def pair(amount: Any = 100, currency: Any = "USD", debit: str = "user:bad", credit: str = "equity:opening") -> Json:
    return {"postings": [line(debit, "debit", amount, currency), line(credit, "credit", amount, currency)]}


def hold(**changes: Any) -> Json:
    return {"customer_id": "bad-1", "amount": 10, "currency": "USD", **changes}


def conversion(**changes: Any) -> Json:
    wish = {"customer_id": "bad-1", "from_amount": 10, "from_currency": "USD", "to_currency": "JPY", "rate": "150"}
    return {**wish, **changes}


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


BAD: list[tuple[str, Json, int, str]] = [
    (TRANSACTIONS, {"postings": []}, 422, "too_few_postings"),
    (TRANSACTIONS, {"postings": [line("user:bad", "debit")]}, 422, "too_few_postings"),
    (TRANSACTIONS, {"postings": [line("user:bad", "debit"), line("user:bad", "credit")]}, 422, "same_account"),
    (TRANSACTIONS, {"postings": [line("user:bad", "debit"), line("user:b", "credit", 99)]}, 422, "unbalanced"),
    (TRANSACTIONS, {"postings": [line("user:a", "debit", 1, "JPY"), line("user:b", "credit", 1)]}, 422, "unbalanced"),
    (TRANSACTIONS, {"postings": [*pair()["postings"]] * 501}, 422, "too_many_postings"),
    (TRANSACTIONS, pair(0), 422, "validation_failed"),
    (TRANSACTIONS, pair(-1), 422, "validation_failed"),
    (TRANSACTIONS, pair(1.5), 422, "validation_failed"),
    (TRANSACTIONS, pair("100"), 422, "validation_failed"),
    (TRANSACTIONS, pair(True), 422, "validation_failed"),
    (TRANSACTIONS, pair(None), 422, "validation_failed"),
    (TRANSACTIONS, pair(2**62), 422, "validation_failed"),
    (TRANSACTIONS, pair(currency="usd"), 422, "validation_failed"),
    (TRANSACTIONS, pair(currency="ZZZ"), 422, "validation_failed"),
    (TRANSACTIONS, pair(currency="XAU"), 422, "validation_failed"),
    (TRANSACTIONS, pair(debit="assets:moon"), 422, "account_not_allowed"),
    (TRANSACTIONS, pair(debit="user:*"), 422, "validation_failed"),
    (TRANSACTIONS, pair(debit="user:bad.>"), 422, "validation_failed"),
    (TRANSACTIONS, pair(credit="liabilities:wallets:bad-1"), 422, "account_not_allowed"),
    (TRANSACTIONS, pair(credit="assets:psp:simulated:pending"), 422, "account_not_allowed"),
    (TRANSACTIONS, {**pair(), "effective_at": "1969-12-31T23:59:59Z"}, 422, "date_out_of_range"),
    (TRANSACTIONS, {**pair(), "effective_at": tomorrow()}, 422, "date_out_of_range"),
    (TRANSACTIONS, {**pair(), "effective_at": "2026-11-31"}, 422, "validation_failed"),
    (TRANSACTIONS, {**pair(), "expires_at": tomorrow()}, 422, "date_out_of_range"),
    (TRANSACTIONS, {**pair(), "colour": "blue"}, 422, "validation_failed"),
    (TRANSACTIONS, {**pair(), "metadata": {"a\0": "b"}}, 422, "validation_failed"),
    (TRANSFERS, transfer("bad-1", "bad-1", 1), 422, "same_account"),
    (TRANSFERS, transfer("bad-1", "bad-2", 0), 422, "amount_too_small"),
    (TRANSFERS, transfer("bad-1", "bad-2", 101), 402, "insufficient_funds"),
    (TRANSFERS, transfer("bad-1", "bad-2", 100, fee=1), 402, "insufficient_funds"),
    (TRANSFERS, transfer("bad-1", "bad-2", 2**53 - 1, fee=2**53 - 1), 422, "amount_too_large"),
    (TRANSFERS, transfer("bad-1", "bad*", 1), 422, "validation_failed"),
    (HOLDS, hold(amount=101), 402, "insufficient_funds"),
    (HOLDS, hold(expires_at="2020-01-01T00:00:00Z"), 422, "date_out_of_range"),
    (HOLDS, hold(destination={"type": "refund"}), 422, "validation_failed"),
    (HOLDS, hold(currency="KWD"), 402, "insufficient_funds"),
    (CONVERSIONS, conversion(rate="-1"), 422, "validation_failed"),
    (CONVERSIONS, conversion(rate="NaN"), 422, "validation_failed"),
    (CONVERSIONS, conversion(rate="1e9"), 422, "validation_failed"),
    (CONVERSIONS, conversion(rate=1.5), 422, "validation_failed"),
    (CONVERSIONS, conversion(rate="0.0001"), 422, "amount_too_small"),
    (CONVERSIONS, conversion(to_currency="USD"), 422, "currency_mismatch"),
    (CONVERSIONS, conversion(from_amount=1000), 402, "insufficient_funds"),
    (CONVERSIONS, conversion(from_account="user:x"), 422, "validation_failed"),
    (f"{TRANSACTIONS}/txn_none/post", {}, 404, "not_found"),
    (f"{TRANSACTIONS}/txn_none/void", {}, 404, "not_found"),
    (f"{TRANSACTIONS}/txn_none/reverse", {}, 400, "invalid_header"),
    ("/api/v1/holds/hold_none/confirm", {}, 404, "not_found"),
    ("/api/v1/ledger/periods/2026-13/close", {}, 404, "not_found"),
    ("/api/v1/ledger/periods/0000-01/close", {}, 404, "not_found"),
    ("/api/v1/ledger/periods/9999-12/close", {}, 404, "not_found"),
    ("/api/v1/ledger/periods/2999-12/close", {}, 422, "date_out_of_range"),
    ("/api/v1/ledger/accounts/assets:psp:simulated:pending/freeze", {}, 422, "account_not_allowed"),
    ("/api/v1/ledger/accounts/assets:moon/freeze", {}, 404, "not_found"),
]


@pytest.fixture(scope="module")
async def before(system: System) -> int:
    """A wallet of 100, and how many transactions there are."""
    await filled(system, "bad-1", 100)
    async with system.books() as books:
        return await rows(books, "ledger.transaction")


@pytest.mark.parametrize(("path", "body", "status", "code"), BAD)
async def test_a_bad_wish_is_refused_with_its_code(
    system: System, before: int, path: str, body: Json, status: int, code: str
) -> None:
    answer = await system.post(path, body)
    assert (answer.status, answer.body["code"]) == (status, code), answer.body
    assert answer.body["retry"] in ("new_key", "never")


async def test_after_all_of_them_nothing_was_posted_and_the_wallet_is_whole(system: System, before: int) -> None:
    assert await balances(system, "bad-1") == {"USD": 100}
    async with system.books() as books:
        wrong = "ledger.entry where path like 'user:bad%' or path = 'liabilities:wallets:bad-2'"
        assert await rows(books, wrong) == 0


async def test_good_wishes_among_bad_ones_are_unharmed(system: System) -> None:
    # When good and bad ones reach the ledger in one batch
    good = {"postings": [line("user:good", "debit", 1), line("equity:opening", "credit", 1)]}
    bad = [pair(100, credit="liabilities:wallets:bad-1"), {"postings": []}, pair(debit="assets:moon")]
    wishes = [good if number % 2 else bad[number // 2 % 3] for number in range(60)]
    answers = await asyncio.gather(*(system.post(TRANSACTIONS, wish) for wish in wishes))
    # Then every good one is posted and no other
    assert [answer.status for answer in answers] == [201 if number % 2 else 422 for number in range(60)]
    account = await system.get("/api/v1/ledger/accounts/user:good")
    assert [balance["posted"] for balance in account["balances"]] == [30]


async def test_of_many_whose_answer_could_not_be_told_none_is_posted(system: System) -> None:
    # Given a hundred transactions whose echo is larger than a message may be
    large = {**pair(1, debit="user:large"), "metadata": {f"key_{n}": "x" * 500 for n in range(19)}}
    # When they are sent together
    answer = await system.post(f"{TRANSACTIONS}/bulk", {"transactions": [large] * 100}, Idempotency_Key="large-1")
    again = await system.post(f"{TRANSACTIONS}/bulk", {"transactions": [large] * 100}, Idempotency_Key="large-1")
    # Then that is said, also when it is asked again, and nothing is posted
    assert (answer.status, answer.body["code"]) == (413, "body_too_large")
    assert (again.status, again.headers.get("Idempotent-Replayed")) == (413, None)
    assert (await system.get("/api/v1/ledger/accounts/user:large"))["balances"] == []
    # And what fits is posted under the same key, and listed by as much as fits into a page
    done = await system.post(f"{TRANSACTIONS}/bulk", {"transactions": [large] * 60}, Idempotency_Key="large-1")
    assert (done.status, {item["status"] for item in done.body["data"]}) == (200, {201})
    more = await system.post(f"{TRANSACTIONS}/bulk", {"transactions": [large] * 50})
    assert more.status == 200
    seen = await every_page(system, f"{TRANSACTIONS}?account=user:large&limit=100")
    assert len({each["id"] for each in seen}) == len(seen) == 110


async def every_page(system: System, path: str) -> list[Json]:
    found = await system.get(path)
    data = list(found["data"])
    assert len(data) < 100
    while found["has_more"]:
        found = await system.get(f"{path}&cursor={found['next_cursor']}")
        data += found["data"]
    return data


async def test_what_is_closed_stays_closed_for_every_wish(system: System) -> None:
    await system.post("/api/v1/ledger/periods/2001-02/close")
    for path, body in ((TRANSACTIONS, pair(1, debit="user:late")), (CONVERSIONS, conversion(from_amount=1))):
        answer = await system.post(path, {**body, "effective_at": "2001-02-03T00:00:00Z"})
        assert (answer.status, answer.body["code"]) == (422, "period_closed")
    reopened = await system.post("/api/v1/ledger/periods/2001-02/reopen", PocketPay_Reason="a letter came")
    assert reopened.body["status"] == "open"


async def test_a_void_hold_cannot_be_confirmed_nor_a_confirmed_one_be_void(system: System) -> None:
    await filled(system, "bad-3", 100)
    for first, then in (("confirm", "void"), ("void", "confirm")):
        made = await system.post(HOLDS, hold(customer_id="bad-3", amount=40))
        over = await system.post(f"{HOLDS}/{made.body['id']}/confirm", {"amount": 41})
        assert (over.status, over.body["code"]) == (422, "hold_exceeded")
        assert (await system.post(f"{HOLDS}/{made.body['id']}/{first}")).status == 200
        late = await system.post(f"{HOLDS}/{made.body['id']}/{then}")
        assert (late.status, late.body["code"]) == (409, "wrong_state")
        assert late.body["allowed_from"] == ["open"]


async def test_reserved_accounts_need_a_reason_and_a_reversal_is_final(system: System) -> None:
    gift = pair(7, debit="equity:adjustments", credit="liabilities:wallets:bad-4")
    assert (await system.post(TRANSACTIONS, gift)).body["code"] == "account_not_allowed"
    given = await system.post(TRANSACTIONS, gift, PocketPay_Reason="goodwill")
    assert given.status == 201
    undone = await system.post(f"{TRANSACTIONS}/{given.body['id']}/reverse", PocketPay_Reason="not theirs")
    assert (undone.status, undone.body["reverses"]) == (201, given.body["id"])
    again = await system.post(f"{TRANSACTIONS}/{undone.body['id']}/reverse", PocketPay_Reason="no")
    assert (again.status, again.body["code"]) == (422, "reversal_of_reversal")
