"""What is to be earned is what the books have deferred. The query must find nothing."""

from typing import Final

from storage.breaches import Check

_ON_ITS_WAY: Final = """
    select j.tenant, j.message::jsonb -> 'data' ->> 'currency' as currency,
           case when j.type in ('invoice.finalized', 'credit_note.voided') then 1 else -1 end
               * (j.message::jsonb -> 'data' ->> 'amount_deferred')::bigint as deferred
    from invoicing.journal j
    where j.type in ('invoice.finalized', 'invoice.voided', 'credit_note.issued', 'credit_note.voided')
      and j.recorded_at >= clock_timestamp() - make_interval(secs => $1)
      and not exists (select from ledger.transaction t where t.tenant = j.tenant and t.event = j.id)"""

_POSTED_UNANSWERED: Final = """
    select r.tenant, r.step ->> 'currency' as currency, (r.step ->> 'amount')::bigint as deferred
    from invoicing.revenue r
    where jsonb_typeof(r.step) = 'object' and exists (
        select from ledger.transaction t where t.tenant = r.tenant and t.source_type = 'revenue'
          and t.source_id = r.step ->> 'currency'
          and t.source_kind = concat_ws(':', 'recognition', r.step ->> 'day', r.clock))"""

REVENUE: Final = (
    Check(
        "R1",
        "what is still to be earned is what the books have deferred",
        f"""
        select format('%s %s: %s to be earned, %s deferred', tenant, currency, coalesce(ours.deferred, 0),
                      coalesce(books.deferred, 0)), tenant, array['liabilities:deferred_revenue']
        from (select tenant, currency, sum(deferred) as deferred
              from (select r.tenant, c.key as currency, (d.value)::bigint as deferred
                    from invoicing.revenue r cross join jsonb_each(r.body -> 'days') c
                         cross join jsonb_each_text(c.value) d
                    union all select tenant, currency, -deferred from ({_ON_ITS_WAY}) unposted
                    union all select tenant, currency, -deferred from ({_POSTED_UNANSWERED}) unanswered) known
              group by tenant, currency) ours
        full join (select e.tenant, e.currency,
                          sum(case e.side when 'credit' then e.amount else -e.amount end) as deferred
                   from ledger.entry e join ledger.transaction t on t.id = e.transaction
                   where e.path = 'liabilities:deferred_revenue'
                     and t.source_type in ('invoice', 'credit_note', 'revenue')
                   group by e.tenant, e.currency) books using (tenant, currency)
        where coalesce(ours.deferred, 0) <> coalesce(books.deferred, 0)""",
    ),
)
