"""Every check is green on healthy books, and red when what it watches is broken on purpose."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from storage.verify import CHECKS, run
from tests.ledger.tables import commit, states_of, whole_book
from tests.storage.billing_breaks import BILLING_BREAKS

JOURNAL = """insert into payments.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    values (0, {seq}, '{id}', 'EVENTS', 's', 'demo', '{type}', 'pay_1', {seq}, '{{}}',
            now() - interval '{age}')"""

PAYOUT = """insert into payments.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    values (0, 91, 'evt_y', 'EVENTS', 's', 'demo', 'payout.{fact}', 'po_1', 1,
            '{{"data":{{"purpose":"withdrawal"}},"changes":{{"status":"{before}"}}}}', now() - interval '1 hour')"""

ON_STREAM = "insert into payments.published values (0, 91, 91)"

PAYMENT = """insert into payments.payment (tenant, id, customer_id, status, amount, amount_capturable,
    amount_captured, amount_refunded, currency, provider, provider_reference, created_at, updated_at, version,
    body, tax_refunded)
    values ('demo', 'pay_{id}', 'abc123', 'succeeded', 10000, 0, {captured}, {refunded}, 'USD', 'simulated',
            '{reference}', now(), now(), 1, '{{}}', '{{}}')"""

REFUND = """insert into payments.refund (tenant, id, payment, customer_id, status, amount, currency, provider,
    created_at, updated_at, version, body)
    values ('demo', 'ref_{id}', 'pay_1', 'abc123', '{status}', 4000, 'USD', 'simulated', now(), now(), 1,
            '{{}}')"""

AGAINST = """insert into payments.dispute (tenant, id, payment, customer_id, status, amount, amount_withdrawn, fee,
    fee_returned, currency, provider, provider_reference, created_at, updated_at, version, body, as_of, reinstated)
    values ('demo', 'dsp_1', 'pay_8', 'abc123', 'lost', 4000, 4000, 0, 0, 'USD', 'simulated', 'dp_1', now(), now(), 1,
            '{}', '', false)"""

DIFFERENCE = """insert into payments.difference (tenant, id, status, class, amount, currency, unit, created_at,
    updated_at, version, body)
    values ('demo', 'diff_{class_}', '{status}', '{class_}', 100, 'USD', 'pay_1', now(), now(), 1, '{{}}')"""

COMMAND = """insert into {schema}.inbox (id, partition, tenant, type, subject, source, principal,
    correlation_id, message, status, received_at)
    values ('cmd_x', 0, 'demo', 'payment.create', 'pay_9', 'gateway', 'system', 'req_1', '', 'running',
            now() - interval '1 hour')"""

CALL = """insert into payments.call (id, partition, tenant, lane, operation, request, command_id, principal,
    correlation_id, opened_at, closed_at)
    values ('call_x', 0, 'demo', 'pay_9', 'charge', '{{}}', 'cmd_x', 'system', 'req_1', now(), {closed_at})"""

BALANCED = "every transaction balances per currency and has at least two entries"
TOTALS = "debits equal credits per tenant and currency"
STORED = "stored balances and versions are those of the entries"
CHAIN = "the running balances of the entries chain"
HELD = "open holds add up to what the wallets hold"
FLOOR = "no account was ever below its floor"
ENDED = "every command that {} accepted came to its end"
AGREED = "provider, payments and ledger agree, or are only late"
ONCE = "no payment succeeded twice"
ONE_PAYMENT = "no command made two payments"
TOLD_RIGHT = "nobody was told that a payment could not be made although it took money"
ONE_CHARGE = "no charge of a provider belongs to two payments"
SUMS = "refunds <= captured <= authorised, and the refunded sum is that of the refunds"
DISPUTED = "the disputed sum is that of the disputes that stand against us"
POSTED = "every event that moves money is posted once"
SAID = "nothing is posted for an event that nobody said, or that moves no money"
STREAMED = "all that {} says is on the stream"
LEAVES = "the log has every transaction once, without a gap"
SIGNED = "the head of a log that grew is signed"
MIRRORED = "a reversal mirrors what it reverses"
CLOSED = "a closed month has taken nothing since it was closed"
TO_EARN = "what is still to be earned is what the books have deferred"
METERED = "every meter of usage is what its events add up to"
TRANSFERRED = "each transfer has its transactions"

AGAIN = """insert into ledger.transaction (id, tenant, source_type, source_id, source_kind, event, metadata, livemode,
        effective_at, recorded_at, created_at, leaf_index, leaf_hash)
    select id || '_2', tenant, source_type, source_id, 'again', event, metadata, livemode, effective_at, recorded_at,
        created_at, (select size from ledger.tree), leaf_hash
    from ledger.transaction where event is not null limit 1"""

CLOSE = """insert into ledger.period (tenant, month, status, closed_at, version, updated_at)
    values ('demo', '2026-11', '{status}', {closed_at}, 1, now())"""

BOB = "path = 'liabilities:wallets:bob'"

REVERSAL = "transaction in (select id from ledger.transaction where reverses is not null)"

NEWEST = "(select max(leaf_index) from ledger.transaction)"

LEDGER_JOURNAL = JOURNAL.replace("payments.journal", "ledger.journal")

CREATED_BY = """insert into payments.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, causation_id, message, recorded_at)
    values (0, {seq}, 'evt_{seq}', 'EVENTS', 's', 'demo', 'payment.created', 'pay_{seq}', 1, 'cmd_1', '{{}}', now())"""

REFUSED = """insert into payments.inbox (id, partition, tenant, type, subject, source, principal,
    correlation_id, message, status, outcome_status, outcome_body, received_at)
    values ('cmd_r', 0, 'demo', 'payment.create', 'pay_1', 'gateway', 'system', 'req_1', '', 'refused', 409, '{}',
            now())"""

FLOORS = """insert into ledger.floor_change (tenant, path, currency, from_version, floor)
    values ('demo', 'liabilities:wallets:bob', 'USD', 4, -50), ('demo', 'liabilities:wallets:bob', 'USD', 4, -100)"""

METER = """insert into invoicing.usage_meter (tenant, id, subscription, subscription_item, price, aggregation,
    period_start, period_end, created_at, version, body)
    values ('demo', 'si_1_0', 'sub_1', 'si_1', 'price_1', 'sum', now(), now(), now(), 1,
            '{"figures":{"events":1,"total":"3"}}')"""

TO_COME = """insert into invoicing.revenue (tenant, id, clock, step, failures, created_at, version, body)
    values ('demo', 'rev_real', null, {step}, 0, now(), 1, '{{"days":{{"USD":{{"2026-11-21":{amount}}}}}}}')"""

DEFERRED = """with posted as (
    insert into ledger.transaction (id, tenant, source_type, source_id, source_kind, event, metadata, livemode,
        effective_at, recorded_at, created_at, leaf_index, leaf_hash)
    values ('txn_r', 'demo', case when '{kind}' like 'recog%' then 'revenue' else 'invoice' end,
            case when '{kind}' like 'recog%' then 'USD' else 'inv_1' end, '{kind}', 'evt_i', '{{}}', false, now(),
            now(), now(), (select max(leaf_index) + 1 from ledger.transaction), decode(repeat('00', 32), 'hex'))
    returning id)
    insert into ledger.entry (id, tenant, transaction, line, path, side, amount, currency, balance_after,
        account_version, effective_at, recorded_at)
    select 'ent_r', 'demo', id, 0, 'liabilities:deferred_revenue', case when '{kind}' like 'recog%' then 'debit'
           else 'credit' end, 100, 'USD', 100, 1, now(), now() from posted"""

ISSUED = """insert into invoicing.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    values (0, 95, 'evt_i', 'EVENTS', 's', 'demo', 'invoice.finalized', 'inv_1', 1,
            '{{"data":{{"total":100,"currency":"USD","amount_deferred":100}}}}', now() - interval '{age}')"""

BREAKS: dict[str, list[list[str]]] = {
    ONE_PAYMENT: [[CREATED_BY.format(seq=901), CREATED_BY.format(seq=902)]],
    TOLD_RIGHT: [[PAYMENT.format(id=1, captured=10000, refunded=0, reference="sim_ch_r"), REFUSED]],
    BALANCED: [
        ["update ledger.entry set amount = amount + 1 where id = (select min(id) from ledger.entry)"],
        ["delete from ledger.entry where transaction = (select min(id) from ledger.transaction)"],
        ["delete from ledger.entry where line > 0"],
    ],
    TOTALS: [["update ledger.account set balance = balance + 1 where path = 'income:sales'"]],
    STORED: [
        ["update ledger.account set balance = balance + 1 where path = 'income:sales'"],
        ["update ledger.account set version = version + 1 where path = 'income:sales'"],
        ["delete from ledger.entry where path = 'contra:refunds'"],
    ],
    CHAIN: [
        ["update ledger.entry set balance_after = balance_after + 1 where path = 'income:sales'"],
        [f"delete from ledger.entry where {BOB} and account_version = 2"],
    ],
    HELD: [
        ["update ledger.hold set amount = amount + 1 where status = 'open'"],
        ["delete from ledger.hold where status = 'open'"],
    ],
    FLOOR: [
        ["update ledger.entry set balance_after = -1 where path = 'liabilities:wallets:bob'"],
        # Down to -100 from the fourth entry on: not before, and not further.
        [
            FLOORS,
            f"update ledger.entry set balance_after = -90 where {BOB} and account_version = 1",
        ],
        [
            FLOORS,
            f"update ledger.entry set balance_after = -101 where {BOB} and account_version = 4",
        ],
    ],
    LEAVES: [
        [f"delete from ledger.transaction where leaf_index = {NEWEST} - 1"],
        [f"update ledger.transaction set leaf_index = leaf_index + 1 where leaf_index = {NEWEST}"],
        ["update ledger.tree set size = size - 1"],
        ["delete from ledger.tree"],
        [
            "alter table ledger.transaction alter leaf_hash drop not null",
            f"update ledger.transaction set leaf_hash = null where leaf_index = {NEWEST}",
        ],
    ],
    SIGNED: [["delete from ledger.tree_head"], ["update ledger.tree_head set size = size + 1"]],
    MIRRORED: [
        [f"update ledger.entry set amount = amount + 1 where {REVERSAL}"],
        [f"delete from ledger.entry where line = 1 and {REVERSAL}"],
        ["update ledger.entry set path = 'user:c' where path = 'user:a' and account_version = 1"],
    ],
    CLOSED: [[CLOSE.format(status="closed", closed_at="'2026-11-22T09:00:00Z'")]],
    TRANSFERRED: [
        ["delete from ledger.transaction where source_type = 'transfer'"],
        ["update ledger.transfer set amount = amount + 1"],
        ["update ledger.transfer set status = 'reversed'"],
    ],
    METERED: [[METER]],
    TO_EARN: [
        [TO_COME.format(step="null", amount=100)],
        [DEFERRED.format(kind="finalized")],
        [DEFERRED.format(kind="recognition:2026-11-21"), TO_COME.format(step="null", amount=100)],
    ],
    AGREED: [[DIFFERENCE.format(status="open", class_="amount")]],
    ENDED.format("payments"): [[COMMAND.format(schema="payments")]],
    ENDED.format("ledger"): [[COMMAND.format(schema="ledger")]],
    ONCE: [[JOURNAL.format(seq=90 + n, id=f"evt_x{n}", type="payment.succeeded", age="0 s") for n in range(2)]],
    ONE_CHARGE: [
        [
            "drop index payments.payment_by_reference",
            *(PAYMENT.format(id=n, captured=10_000, refunded=0, reference="ch_1") for n in (1, 2)),
        ]
    ],
    DISPUTED: [[PAYMENT.format(id=8, captured=10000, refunded=0, reference="ch_8"), AGAINST]],
    SUMS: [
        [PAYMENT.format(id=1, captured=10_000, refunded=4_000, reference="ch_1")],
        [
            PAYMENT.format(id=1, captured=10_000, refunded=0, reference="ch_1"),
            REFUND.format(id=1, status="succeeded"),
        ],
        [
            "alter table payments.payment drop constraint payment_captured",
            PAYMENT.format(id=1, captured=10_001, refunded=0, reference="ch_1"),
        ],
        [
            "alter table payments.payment drop constraint payment_refunded",
            PAYMENT.format(id=1, captured=3_999, refunded=4_000, reference="ch_1"),
            REFUND.format(id=1, status="pending"),
        ],
    ],
    POSTED: [
        [JOURNAL.format(seq=90, id="evt_x", type="refund.failed", age="1 hour")],
        [PAYOUT.format(fact="sent", before="pending")],
        [PAYOUT.format(fact="paid", before="in_transit")],
        [PAYOUT.format(fact="failed", before="paid")],
        [
            "drop index ledger.transaction_once_per_event",
            AGAIN,
        ],
    ],
    SAID: [["update ledger.transaction set event = 'evt_none' where event = 'evt_1'"]],
    STREAMED.format("payments"): [
        [JOURNAL.format(seq=90, id="evt_x", type="payment.created", age="1 hour")],
    ],
    STREAMED.format("ledger"): [
        [LEDGER_JOURNAL.format(seq=90, id="evt_x", type="wallet.updated", age="1 hour")],
    ],
    **BILLING_BREAKS,
}


@pytest.fixture
async def superuser(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody whom no trigger stops, over healthy books whose events were said and are on the stream."""
    connection = await asyncpg.connect(database, server_settings={"search_path": "ledger"}, timeout=10)
    book = whole_book()
    await commit(connection, states_of(book))
    await connection.execute("set session_replication_role = replica")
    for number, event in enumerate(one.event for one in book.transactions if one.event):
        type_ = "refund.succeeded" if number else "payment.succeeded"
        await connection.execute(JOURNAL.format(seq=number, id=event, type=type_, age="1 hour"))
        await connection.execute("insert into payments.published values (0, $1, $1)", number)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
def verifier(database_as: Callable[[str], str]) -> str:
    """The URL of the role that may only read."""
    return database_as("pocketpay_verifier")


async def test_healthy_books_have_no_findings(superuser: asyncpg.Connection, verifier: str):
    findings = await run(verifier)

    assert [finding for finding in findings if finding.figure or finding.detail] == []
    assert {finding.id for finding in findings} == {
        "I1",
        "I2",
        "I3",
        "I4",
        "I5",
        "I6",
        "I7",
        "I8",
        "I11",
        "I12",
        "I13",
        "U1",
        "R1",
    }


async def test_what_is_only_late_or_has_ended_is_no_finding(superuser: asyncpg.Connection, verifier: str):
    for status, class_ in (("open", "timing"), ("corrected", "amount"), ("dismissed", "fee")):
        await superuser.execute(DIFFERENCE.format(status=status, class_=class_))
    assert [finding.title for finding in await run(verifier) if finding.figure] == []


def test_every_check_has_its_negative_control():
    assert {check.title for check in CHECKS} == BREAKS.keys()


@pytest.mark.parametrize(
    ("title", "breaks"),
    [(title, breaks) for title, ways in BREAKS.items() for breaks in ways],
)
async def test_a_breach_is_seen_and_named(superuser: asyncpg.Connection, verifier: str, title: str, breaks: list[str]):
    for sql in breaks:
        await superuser.execute(sql)

    figures = {finding.title: finding for finding in await run(verifier)}

    assert figures[title].figure > 0
    assert figures[title].detail


async def test_a_command_whose_call_is_open_is_still_on_its_way(superuser: asyncpg.Connection, verifier: str):
    # Given an old command that waits for a provider that is silent
    await superuser.execute(COMMAND.format(schema="payments"))
    await superuser.execute(CALL.format(closed_at="null"))
    assert not any(finding.figure for finding in await run(verifier))

    # When the call has come back a moment ago, the outcome may still follow
    await superuser.execute("update payments.call set closed_at = now()")
    assert not any(finding.figure for finding in await run(verifier))

    # Then, much later, it is a breach
    await superuser.execute("update payments.call set closed_at = now() - interval '31 s'")
    assert [f.title for f in await run(verifier) if f.figure] == [ENDED.format("payments")]


async def test_an_invoice_that_is_not_posted_yet_and_a_day_without_its_answer_are_on_their_way(
    superuser: asyncpg.Connection, verifier: str
):
    # Given an invoice of this moment, which defers what is to be earned
    await superuser.execute(ISSUED.format(age="1 s"))
    await superuser.execute(TO_COME.format(step="null", amount=100))
    assert [f.title for f in await run(verifier) if f.figure] == []

    # When it is in the books, they agree
    await superuser.execute(DEFERRED.format(kind="finalized"))
    assert [f.title for f in await run(verifier) if f.figure and f.id.startswith("R")] == []

    # Then its day, posted and not yet answered, is no breach either
    step = '\'{"day":"2026-11-21","currency":"USD","amount":100}\''
    await superuser.execute(f"update invoicing.revenue set step = {step}")
    recognition = DEFERRED.format(kind="recognition:2026-11-21")
    for one, other in (("txn_r", "txn_d"), ("ent_r", "ent_d"), ("evt_i", "evt_d"), ("100, 1,", "100, 2,")):
        recognition = recognition.replace(one, other)
    await superuser.execute(recognition)
    assert [f.title for f in await run(verifier) if f.figure and f.id.startswith("R")] == []
    await superuser.execute("update invoicing.revenue set step = null")
    assert [f.title for f in await run(verifier) if f.figure and f.id.startswith("R")] == [TO_EARN]


async def test_what_was_said_just_now_may_still_be_on_its_way(superuser: asyncpg.Connection, verifier: str):
    await superuser.execute(JOURNAL.format(seq=90, id="evt_x", type="refund.failed", age="1 s"))

    assert not any(finding.figure for finding in await run(verifier))
    assert len([finding for finding in await run(verifier, stale_seconds=0) if finding.figure]) == 2


async def test_a_payout_that_failed_before_it_was_sent_is_not_posted(
    superuser: asyncpg.Connection, verifier: str
) -> None:
    await superuser.execute(PAYOUT.format(fact="failed", before="pending"))
    await superuser.execute(ON_STREAM)

    assert not any(finding.figure for finding in await run(verifier))


async def test_a_refund_that_failed_does_not_count(superuser: asyncpg.Connection, verifier: str):
    await superuser.execute(PAYMENT.format(id=1, captured=10_000, refunded=4_000, reference="ch_1"))
    await superuser.execute(REFUND.format(id=1, status="failed"))
    await superuser.execute(REFUND.format(id=2, status="succeeded"))

    assert not any(finding.figure for finding in await run(verifier))


async def test_the_verifier_cannot_write(verifier: str):
    connection = await asyncpg.connect(verifier, timeout=10)
    try:
        await connection.execute("set default_transaction_read_only = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update ledger.account set balance = 0")
    finally:
        await connection.close(timeout=10)
