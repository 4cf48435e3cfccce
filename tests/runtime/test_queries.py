"""Questions to an actor: answered from one snapshot, new enough, also about commands and histories."""

import asyncio
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from actors.runtime import answers, inspection
from actors.runtime.inspection import named
from storage import journal
from tests.runtime.stage import Stage


async def ask(play: Stage, name: str, **params: Any) -> dict[str, Any]:
    """Asks as a gateway would."""
    query = to_json({"tenant": "demo", "params": params})
    reply = await play.client.request(f"pocketpay.query.payments.{name}", query, timeout=15)
    return from_json(reply.data)


async def test_a_resource_is_answered_or_not_found(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    found = await ask(play, "tally", id="t1")
    assert (found["status"], found["body"]["value"]) == (200, 5)
    assert (await ask(play, "tally", id="t2"))["status"] == 404


async def test_a_command_tells_what_became_of_it(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5}, id="cmd_1", idempotency_key="order-42")
    await play.ask("tally.add", "t1", {"amount": 500}, id="cmd_2")
    await play.until("select count(*) from payments.published", 1)
    done, refused = (await ask(play, "command", id="cmd_1"))["body"], (await ask(play, "command", id="cmd_2"))["body"]
    assert (done["status"], done["outcome"]["status"], done["outcome"]["position"]) == ("done", 200, "1")
    assert done["resource"] == {"object": "tally", "id": "t1"}
    assert done["idempotency_key"] == "order-42"
    assert (refused["status"], refused["outcome"]["body"]["code"]) == ("refused", "amount_too_large")
    assert (await ask(play, "command", id="cmd_3"))["status"] == 404


def test_a_refused_payout_stands_in_its_command_though_it_exists() -> None:
    payout = {"object": "payout", "id": "po_1", "status": "failed"}
    assert named({"code": "payment_method_unusable", "payout": payout}) == {"object": "payout", "id": "po_1"}
    assert named({"code": "in_use", "payout": "po_1"}) is None


async def test_the_history_of_a_payment_is_in_order_and_says_what_is_not_published_yet(play: Stage) -> None:
    for amount in (1, 2, 3):
        await play.ask("tally.add", "t1", {"amount": amount})
    await play.until("select count(*) from payments.published", 3)
    history = (await ask(play, "history", payment="t1"))["body"]
    assert [row["stream_seq"] for row in history["data"]] == [1, 2, 3]
    assert [row["event"]["data"]["value"] for row in history["data"]] == [1, 3, 6]
    assert history["unpublished"] == 0


async def test_a_history_larger_than_a_message_is_told_in_pages_none_of_which_is_empty(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a history of which two events fill a page, and a page that could hold none of them
    for amount in (1, 2, 3):
        await play.ask("tally.add", "t1", {"amount": amount})
    await play.ask("tally.add", "t2", {"amount": 5})
    await play.until("select count(*) from payments.published", 4)
    whole = await ask(play, "history", payment="t1")
    size = len(to_json(whole["body"]["data"]))
    for bytes_max, count in ((size * 5 // 6, 2), (1, 1)):
        monkeypatch.setattr(inspection, "HISTORY_BYTES", bytes_max)
        # When it is read until there is no next page
        pages, after = [], 0
        while after is not None:
            pages.append((await ask(play, "history", payment="t1", after=after))["body"])
            after = pages[-1]["next"]
        # Then each event was told once, in order
        assert [len(page["data"]) for page in pages] == ([2, 1] if count == 2 else [1, 1, 1])
        assert [row for page in pages for row in page["data"]] == whole["body"]["data"]
    assert whole["body"]["next"] is None


async def test_a_page_of_a_history_looks_at_so_many_rows(play: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "HISTORY_ROWS_MAX", 2)
    for amount in (1, 2, 3):
        await play.ask("tally.add", "t1", {"amount": amount})
    await play.until("select count(*) from payments.published", 3)
    first = (await ask(play, "history", payment="t1"))["body"]
    rest = (await ask(play, "history", payment="t1", after=first["next"]))["body"]
    assert [[row["stream_seq"] for row in page["data"]] for page in (first, rest)] == [[1, 2], [3]]
    assert rest["next"] is None


async def test_an_answer_larger_than_a_message_is_an_error_at_once(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    reply = await ask(play, "wide", bytes=2_000_000)
    assert (reply["status"], reply["body"]["code"]) == (500, "internal_error")
    assert "larger than a message" in reply["body"]["detail"]
    assert (await ask(play, "wide", bytes=1_000))["status"] == 200


async def test_every_process_reports_its_health(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    assert (await ask(play, "health"))["body"] == {"db": "ok", "bus": "ok", "work": "ok"}


async def test_what_reads_much_waits_its_turn_and_leaves_a_connection_to_the_others(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given three long scans at once, of which two have a place
    monkeypatch.setattr(answers, "SCAN_WAIT_SECONDS", 0.2)
    await play.ask("tally.add", "t1", {"amount": 5})
    scans = [asyncio.create_task(ask(play, "scan", seconds=1)) for _ in range(3)]
    # When somebody else asks something quick
    await asyncio.sleep(0.1)
    quick = await ask(play, "tally", id="t1")
    # Then that is answered before them, and the third is sent away
    assert not any(scan.done() for scan in scans)
    assert quick["status"] == 200
    assert sorted([(await scan)["status"] for scan in scans]) == [200, 200, 503]


async def test_long_work_after_the_reading_keeps_no_connection_from_the_others(play: Stage) -> None:
    # Given more work than there are connections, longer than one may idle in its transaction
    await play.ask("tally.add", "t1", {"amount": 5})
    works = [asyncio.create_task(ask(play, "long", seconds=1.5)) for _ in range(8)]
    # When somebody else asks something quick
    await asyncio.sleep(0.3)
    quick = await ask(play, "tally", id="t1")
    # Then that is answered before, and all the work comes to its end
    assert (quick["status"], any(work.done() for work in works)) == (200, False)
    assert [(await work)["status"] for work in works] == [200] * 8


async def test_a_scan_that_takes_too_long_is_ended(play: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    monkeypatch.setattr(answers, "SCAN_SECONDS", 0.2)
    reply = await ask(play, "scan", seconds=60)
    assert (reply["status"], reply["body"]["code"]) == (503, "unavailable")
    monkeypatch.setattr(answers, "SCAN_SECONDS", 5)
    assert [(await ask(play, "scan", seconds=0))["status"] for _ in range(8)] == [200] * 8


async def test_what_no_row_can_hold_is_the_askers_fault(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    reply = await ask(play, "tally", id="t\0")
    assert (reply["status"], reply["body"]["code"]) == (400, "invalid_parameter")


async def test_a_question_that_cannot_be_read_is_not_answered_with_silence(play: Stage) -> None:
    await play.ask("tally.add", "t1", {"amount": 5})
    reply = await play.client.request("pocketpay.query.payments.tally", b"not json", timeout=5)
    assert from_json(reply.data)["status"] == 400
