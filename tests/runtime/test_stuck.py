"""What stands still is told to its tenant with its money, and what was put aside is tried again when asked for."""

from typing import Any

import pytest
from pydantic_core import to_json

from tests.runtime.stage import Stage
from tests.runtime.test_parked import OPEN, VALUE
from tests.runtime.test_parked import _mend as mend
from tests.runtime.test_queries import ask

KINDS = ("parked", "call_unknown", "overdue", "unpublished")
LONG_AGO = "now() - interval '1 hour'"


async def _stuck(play: Stage) -> list[dict[str, Any]]:
    return (await ask(play, "all_stuck"))["body"]["data"]


async def _parked(play: Stage, amount: int = 13) -> dict[str, Any]:
    """A message that no rule can decide, as its tenant is told of it."""
    await play.send("tally.add", "t1", {"amount": amount, "currency": "USD"})
    await play.until(OPEN, 1)
    return (await _stuck(play))[0]


async def test_what_was_put_aside_is_told_with_its_money_and_why_it_may_be_tried(play: Stage) -> None:
    item = await _parked(play)
    assert (item["status"], item["kind"], item["actor"], item["step"]) == ("open", "parked", "payments", "tally.add")
    assert (item["amount"], item["currency"], item["attempts"], item["safe_to_retry"]) == (13, "USD", 1, True)
    assert item["reason"].startswith("undecidable: ")
    assert (await ask(play, "stuck", id=item["id"]))["body"] == item


async def test_the_wish_that_it_be_tried_again_is_a_command_and_lets_its_entity_go_on(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a message that no rule can decide, and one behind it
    item = await _parked(play)
    await play.send("tally.add", "t1", {"amount": 5})
    await play.until(OPEN, 2)
    mend(monkeypatch)

    # When its tenant asks for it
    told = await play.ask("parked.retry", item["id"], {}, principal="key:key_1")

    # Then it is tried, and what is behind it; and who asked is in the inbox
    assert (told["status"], told["body"]["id"], told["body"]["status"]) == (200, item["id"], "retrying")
    await play.until(VALUE, 55)
    asked = "select principal from payments.inbox where type = 'parked.retry'"
    assert await play.admin.fetchval(asked) == "key:key_1"
    assert (await ask(play, "stuck", id=item["id"]))["body"]["status"] == "resolved"
    assert await _stuck(play) == []


async def test_what_fails_again_is_open_again_and_what_is_over_cannot_be_tried(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one that fails once more
    item = await _parked(play)
    await play.ask("parked.retry", item["id"], {})
    await play.until("select attempts from payments.parked", 2)
    assert [(each["id"], each["status"], each["attempts"]) for each in await _stuck(play)] == [(item["id"], "open", 2)]
    # When it succeeds the next time
    mend(monkeypatch)
    assert (await play.ask("parked.retry", item["id"], {}))["status"] == 200
    await play.until(VALUE, 50)
    # Then it is over
    again = await play.ask("parked.retry", item["id"], {})
    assert (again["status"], again["body"]["code"]) == (409, "wrong_state")


async def test_nobody_learns_of_or_retries_what_is_another_tenants(play: Stage) -> None:
    item = await _parked(play)
    other = to_json({"tenant": "other", "params": {"id": item["id"]}})
    found = await play.client.request("pocketpay.query.payments.stuck", other, timeout=5)
    assert b'"status":404' in found.data
    assert (await play.ask("parked.retry", item["id"], {}, tenant="other"))["status"] == 404
    assert (await play.ask("parked.retry", "stk_none", {}))["status"] == 404


async def test_what_waits_is_listed_with_every_kind_oldest_first_and_page_by_page(play: Stage) -> None:
    # Given one of each kind, since an hour, and another call that is younger
    await play.ask("tally.add", "t1", {"amount": 5})
    await play.until("select count(*) from payments.published", 1)
    await play.admin.execute(f"""
        insert into payments.parked (partition, tenant, entity, type, reason, detail, message, parked_at)
            select partition, tenant, 't9', 'x', 'undecidable', 'why', '', {LONG_AGO} from payments.inbox;
        insert into payments.inbox select 'cmd_late', partition, tenant, 'payment.create', 'pay_1', source, principal,
            correlation_id, null, null, message, 'running', null, null, null, 0, {LONG_AGO}, null from payments.inbox;
        insert into payments.call select 'call_1', partition, tenant, 'pay_2', 'charge',
            '{{"amount": 700, "currency": "EUR"}}', null, 'system', 'req_1', {LONG_AGO}, null
            from payments.inbox limit 1;
        insert into payments.journal select partition, seq + 50, 'evt_late', stream, subject, tenant, type, 'pay_3', 7,
            null, null, message, {LONG_AGO} from payments.journal""")

    # When one pages through them
    found: list[dict[str, Any]] = []
    while True:
        after = [found[-1]["since"], found[-1]["id"]] if found else None
        page = (await ask(play, "all_stuck", limit=1, after=after))["body"]
        found += page["data"]
        if not page["has_more"]:
            break

    # Then each is there once, and its money where it is known
    assert sorted(each["kind"] for each in found) == sorted(KINDS)
    assert len({each["id"] for each in found}) == len(KINDS)
    call = next(each for each in found if each["kind"] == "call_unknown")
    assert (call["amount"], call["currency"], call["resource"]) == (700, "EUR", {"object": "payment", "id": "pay_2"})
    # And none but what is parked can be tried by hand
    assert [each["kind"] for each in found if each["safe_to_retry"]] == ["parked"]
    assert (await play.ask("parked.retry", call["id"], {}))["body"]["code"] == "wrong_state"
