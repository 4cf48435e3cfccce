"""The money rules that the payments keep, and what must have been said of them. Every query must find nothing."""

from typing import Final

from messages.ledger import FACTS, POSTED_EVENTS
from storage.breaches import Check, posted_types

NOT_POSTED: Final = f"""
    coalesce(nullif(t.posted, 0), case when j.type = 'payment.succeeded' then (
        select count(*) from ledger.transaction w
        where w.tenant = j.tenant and w.event is null
          and (w.source_type, w.source_id, w.source_kind) in (
              ('payment', j.entity, 'captured'), ('hold', 'hold_' || substr(j.entity, 5), 'confirmed'))) end, 0)
    <> 1 and (t.posted > 1 or j.type in ({posted_types(POSTED_EVENTS)}) or case
        when j.type in ('payout.sent', 'payout.paid') then j.message::jsonb -> 'data' ->> 'purpose' = 'withdrawal'
        when j.type like 'dispute.%' then (j.message::jsonb -> 'data' ->> 'amount_withdrawn')::bigint > 0
        when j.type = 'payout.failed' then j.message::jsonb -> 'changes' ->> 'status' is distinct from 'pending'
        else false end)"""
"""Of an event `j` with `t.posted` transactions. What a wallet paid was posted by request, before it was said; a payout
that failed before it was sent had not moved, nor had a dispute for which nothing was withdrawn.
"""

MAY_POST: Final = posted_types(FACTS)

ENDED: Final = tuple(
    Check(
        "I4",
        f"every command that {schema} accepted came to its end",
        f"""
        select format('%s %s of %s', i.type, i.id, i.received_at), i.tenant, null
        from {schema}.inbox i
        where i.status = 'running'
          and not exists (select from {schema}.call c where c.command_id = i.id and c.closed_at is null)
          and clock_timestamp() - make_interval(secs => $1) > greatest(i.received_at,
              (select max(c.closed_at) from {schema}.call c where c.command_id = i.id),
              (select max(j.recorded_at) from {schema}.journal j where j.causation_id = i.id))""",
    )
    for schema in ("payments", "ledger")
)

AGREED: Final = (
    Check(
        "I5",
        "provider, payments and ledger agree, or are only late",
        """
        select format('%s: %s of %s, %s %s', id, class, unit, amount, currency), tenant, null
        from payments.difference where status = 'open' and class <> 'timing'""",
    ),
)

PAID_ONCE: Final = (
    Check(
        "I6",
        "no payment succeeded twice",
        """
        select format('%s: %s times', entity, count(*)), tenant, null
        from payments.journal where type = 'payment.succeeded' group by tenant, entity having count(*) > 1""",
    ),
    Check(
        "I6",
        "no command made two payments",
        """
        select format('%s: %s payments', causation_id, count(distinct entity)), tenant, null
        from payments.journal where type = 'payment.created' and causation_id is not null
        group by tenant, causation_id having count(distinct entity) > 1""",
    ),
    Check(
        "I6",
        "nobody was told that a payment could not be made although it took money",
        """
        select format('%s was answered 409, %s took %s', i.id, p.id, p.amount_captured), i.tenant, null
        from payments.inbox i join payments.payment p on p.tenant = i.tenant and p.id = i.subject
        where i.type = 'payment.create' and i.outcome_status = 409 and p.amount_captured > 0""",
    ),
    Check(
        "I6",
        "no charge of a provider belongs to two payments",
        """
        select format('%s %s: %s payments', provider, provider_reference, count(*)), min(tenant), null
        from payments.payment where provider_reference is not null
        group by provider, provider_reference having count(*) > 1""",
    ),
    Check(
        "I6",
        "refunds <= captured <= authorised, and the refunded sum is that of the refunds",
        """
        select format('%s: %s of %s captured, %s refunded, refunds of %s', p.id, p.amount_captured, p.amount,
                      p.amount_refunded, coalesce(r.given_back, 0)), p.tenant, null
        from payments.payment p left join (
            select r.tenant, r.payment, sum(r.amount) as given_back from payments.refund r
            where r.status not in ('failed', 'canceled') group by r.tenant, r.payment) r
          on r.tenant = p.tenant and r.payment = p.id
        where p.amount_captured > p.amount or p.amount_refunded > p.amount_captured
           or coalesce(r.given_back, 0) <> p.amount_refunded""",
    ),
    Check(
        "I6",
        "the disputed sum is that of the disputes that stand against us",
        """
        select format('%s: %s disputed, disputes of %s', p.id, p.body ->> 'amount_disputed', coalesce(d.taken, 0)),
               p.tenant, null
        from payments.payment p left join (
            select d.tenant, d.payment, sum(d.amount) as taken from payments.dispute d
            where d.status in ('needs_response', 'under_review', 'lost') group by d.tenant, d.payment) d
          on d.tenant = p.tenant and d.payment = p.id
        where coalesce((p.body ->> 'amount_disputed')::bigint, 0) <> coalesce(d.taken, 0)""",
    ),
)

POSTED_ONCE: Final = (
    Check(
        "I7",
        "every event that moves money is posted once",
        f"""
        select format('%s %s: %s transactions', j.type, j.id, t.posted), j.tenant, null
        from payments.journal j cross join lateral (
            select count(*) as posted from ledger.transaction t
            where t.tenant = j.tenant and t.event = j.id) t
        where j.type in ({MAY_POST}) and {NOT_POSTED}
          and (t.posted > 1 or j.recorded_at < clock_timestamp() - make_interval(secs => $1))""",
    ),
    Check(
        "I7",
        "nothing is posted for an event that nobody said, or that moves no money",
        f"""
        select format('%s for %s', t.id, t.event), t.tenant, null from ledger.transaction t
        where t.event is not null
          and not exists (select from payments.journal j
                          where j.id = t.event and j.tenant = t.tenant and j.type in ({MAY_POST}))
          and not exists (select from invoicing.journal j
                          where j.id = t.event and j.tenant = t.tenant and j.type in ({MAY_POST}))""",
    ),
)

STREAMED: Final = tuple(
    Check(
        "I7",
        f"all that {schema} says is on the stream",
        f"""
        select format('%s %s of %s', j.type, j.id, j.recorded_at), j.tenant, null from {schema}.journal j
        where j.recorded_at < clock_timestamp() - make_interval(secs => $1)
          and not exists (select from {schema}.published p
                          where p.partition = j.partition and p.journal_seq = j.seq)""",
    )
    for schema in ("payments", "ledger", "invoicing", "notifications", "access")
)
