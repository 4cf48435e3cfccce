"""What must hold of invoices: their numbers, their sums, and that the books know of them. Every query finds nothing."""

from typing import Final

from messages.ledger import FACTS
from storage.breaches import Check, posted_types
from storage.invoices import NUMBERS

OF_BILLING: Final = posted_types(fact for fact in FACTS if fact.partition(".")[0] in ("invoice", "credit_note"))

UNPOSTED: Final = """
    (t.posted > 1 or t.posted = 0
        and j.type in ('invoice.finalized', 'invoice.voided', 'credit_note.issued', 'credit_note.voided')
        and (j.message::jsonb -> 'data' ->> 'total')::bigint > 0)"""
"""Of an event `j` of invoicing with `t.posted` transactions; what asks for nothing moves nothing."""

NUMBERED: Final = (
    Check(
        "I8",
        "the numbers of every series are 1..n, each once",
        f"""
        select format('%s: %s numbers, %s of them different, the last is %s, %s were given',
                      coalesce(n.series, s.series), coalesce(n.many, 0), n.different, n.last, s.last),
               coalesce(n.tenant, s.tenant), null
        from (select tenant, series, count(*) as many, count(distinct number) as different, max(number) as last
              from ({NUMBERS}) numbers group by tenant, series) n
        full join (select tenant, key as series, value::bigint as last
                   from invoicing.invoice_series, jsonb_each_text(body -> 'last')) s
          on s.tenant = n.tenant and s.series = n.series
        where (n.many, n.different, s.last) is distinct from (n.last, n.last, n.last)""",
    ),
    Check(
        "I8",
        "they are in the order of time, but under test clocks",
        f"""
        select format('%s %s of %s', series, number, finalized_at), tenant, null
        from (select *, max(finalized_at) over (partition by tenant, series order by number
                  rows between unbounded preceding and 1 preceding) as before
              from ({NUMBERS}) numbers where test_clock is null) ordered
        where finalized_at < before""",
    ),
)

PAID: Final = (
    Check(
        "I13",
        "an invoice is paid by what it was paid with, and never twice",
        """
        select format('%s is %s: %s due, %s paid, %s credited, %s left', id, status, amount_due, amount_paid,
                      amount_credited, amount_remaining), tenant, null
        from invoicing.invoice
        where status <> 'draft' and (amount_remaining < 0 or amount_paid > amount_due
            or status = 'paid' and amount_paid + amount_credited <> amount_due)""",
    ),
    Check(
        "I13",
        "what an invoice counts came by payments that succeeded, from the wallet, or from outside",
        """
        select format('%s counts %s of payments, which brought %s', id, counted, brought), i.tenant, null
        from (select tenant, id, work, amount_paid + coalesce((body ->> 'amount_from_wallet')::bigint, 0)
                  - coalesce((body ->> 'amount_paid_outside')::bigint, 0) as counted
              from invoicing.invoice where status <> 'draft') i
        cross join lateral (
            select coalesce(sum((a ->> 'amount')::bigint)
                       filter (where p.amount_captured >= (a ->> 'amount')::bigint), 0) as brought
            from jsonb_array_elements(i.work -> 'attempts') a
            left join payments.payment p on p.tenant = i.tenant and p.id = a ->> 'payment'
            where a ->> 'status' = 'succeeded') came
        where counted <> brought""",
    ),
)

BOOKED: Final = (
    Check(
        "I7",
        "every invoice and credit note is posted once",
        f"""
        select format('%s %s: %s transactions', j.type, j.id, t.posted), j.tenant, null
        from invoicing.journal j cross join lateral (
            select count(*) as posted from ledger.transaction t
            where t.tenant = j.tenant and t.event = j.id) t
        where j.type in ({OF_BILLING}) and {UNPOSTED}
          and (t.posted > 1 or j.recorded_at < clock_timestamp() - make_interval(secs => $1))""",
    ),
)

BILLED: Final = (*NUMBERED, *PAID, *BOOKED)
