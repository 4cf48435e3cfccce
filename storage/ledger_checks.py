"""The rules that the books keep. Every query must find nothing."""

from typing import Final

from storage.breaches import Check

FLOOR_THEN: Final = """
    coalesce((select c.floor from ledger.floor_change c
              where (c.tenant, c.path, c.currency) = (e.tenant, e.path, e.currency)
                and c.from_version <= e.account_version order by c.from_version desc, c.floor limit 1),
             case when exists (select from ledger.floor_change c
                               where (c.tenant, c.path, c.currency) = (e.tenant, e.path, e.currency)) then 0
                  else {floor} end)"""
"""How low the account of an entry `e` could go then; `{floor}` is how low it may go now."""

MIRRORS_OTHERWISE: Final = """
    t.reverses is not null and exists (
        (select e.path, e.currency, e.side, e.amount from ledger.entry e where e.transaction = t.id
         except all
         select e.path, e.currency, case e.side when 'debit' then 'credit' else 'debit' end, e.amount
         from ledger.entry e where e.transaction = t.reverses)
        union all
        (select e.path, e.currency, case e.side when 'debit' then 'credit' else 'debit' end, e.amount
         from ledger.entry e where e.transaction = t.reverses
         except all
         select e.path, e.currency, e.side, e.amount from ledger.entry e where e.transaction = t.id))"""
"""Of a transaction `t` whose entries are not those of the one it reverses, on the other side."""

BALANCES: Final = (
    Check(
        "I1",
        "every transaction balances per currency and has at least two entries",
        """
        select format('%s: %s', t.id, coalesce(s.wrong, 'fewer than two entries')), t.tenant,
               array(select distinct e.path from ledger.entry e where e.transaction = t.id limit 100)
        from ledger.transaction t left join lateral (
            select sum(lines) as lines, string_agg(format('%s off by %s', currency, off), ', ')
                filter (where off <> 0) as wrong
            from (select e.currency, count(*) as lines,
                         sum(case e.side when 'debit' then e.amount else -e.amount end) as off
                  from ledger.entry e where e.transaction = t.id group by e.currency) c) s on true
        where coalesce(s.lines, 0) < 2 or s.wrong is not null""",
    ),
    Check(
        "I1",
        "debits equal credits per tenant and currency",
        """
        select format('%s %s off by %s', tenant, currency, sum(debit)), tenant, null
        from (select a.tenant, a.currency,
                     case a.normal_side when 'debit' then a.balance else -a.balance end as debit
              from ledger.account a) balances
        group by tenant, currency having sum(debit) <> 0""",
    ),
    Check(
        "I2",
        "stored balances and versions are those of the entries",
        """
        select format('%s %s %s', a.tenant, a.path, a.currency), a.tenant, array[a.path]
        from ledger.account a left join (
            select e.tenant, e.path, e.currency, count(*) as lines,
                   sum(case e.side when 'debit' then e.amount else -e.amount end) as debit
            from ledger.entry e group by e.tenant, e.path, e.currency) s using (tenant, path, currency)
        where a.version is distinct from s.lines
           or a.balance is distinct from case a.normal_side when 'debit' then s.debit else -s.debit end""",
    ),
    Check(
        "I2",
        "the running balances of the entries chain",
        """
        select format('%s: %s %s %s', id, path, currency, account_version), tenant, array[path]
        from (select e.*, case e.side when a.normal_side then e.amount else -e.amount end as signed,
                     coalesce(lag(e.balance_after) over w, 0) as before,
                     row_number() over w as expected_version
              from ledger.entry e left join ledger.account a using (tenant, path, currency)
              window w as (partition by e.tenant, e.path, e.currency order by e.account_version)) chained
        where before + signed <> balance_after or account_version <> expected_version""",
    ),
    Check(
        "I2",
        "open holds add up to what the wallets hold",
        """
        select format('%s %s %s', tenant, customer_id, currency), tenant,
               array['liabilities:wallets:' || customer_id]
        from (select h.tenant, h.customer_id, h.currency, sum(h.amount) as promised
              from ledger.hold h where h.status = 'open' group by h.tenant, h.customer_id, h.currency) h
        full join (select a.tenant, split_part(a.path, ':', 3) as customer_id, a.currency, a.balance
                   from ledger.account a where a.path like 'liabilities:wallet\\_holds:%') a
            using (tenant, customer_id, currency)
        where coalesce(h.promised, 0) <> coalesce(a.balance, 0)""",
    ),
    Check(
        "I3",
        "no account was ever below its floor",
        f"""
        select format('%s: %s %s at %s', e.id, e.path, e.currency, e.balance_after), e.tenant, array[e.path]
        from ledger.entry e join ledger.account a using (tenant, path, currency)
        where a.floor is not null and e.balance_after < greatest(a.floor, 0)
          and e.balance_after < {FLOOR_THEN.format(floor="a.floor")}""",
    ),
)

LOG: Final = (
    Check(
        "I11",
        "the log has every transaction once, without a gap",
        """
        select format('%s: %s leaves from %s to %s, the tree has %s', tenant, coalesce(t.leaves, 0), t.first, t.last,
                      coalesce(l.size, 0)), tenant, null
        from (select t.tenant, count(t.leaf_index) as leaves, min(t.leaf_index) as first, max(t.leaf_index) as last,
                     count(distinct t.leaf_index) as different, count(*) as posted, count(t.leaf_hash) as hashes
              from ledger.transaction t group by t.tenant) t
        full join ledger.tree l using (tenant)
        where (t.posted, t.leaves, t.hashes, t.different, t.first, t.last) is distinct from
              (l.size, l.size, l.size, l.size, 0, l.size - 1) and not (t.posted is null and l.size = 0)""",
    ),
    Check(
        "I11",
        "the head of a log that grew is signed",
        """
        select format('%s: signed at %s of %s, recorded at %s', l.tenant, coalesce(h.size, 0), l.size, t.recorded_at),
               l.tenant, null
        from ledger.tree l
        left join lateral (select h.size from ledger.tree_head h where h.tenant = l.tenant
                           order by h.size desc limit 1) h on true
        left join lateral (select t.recorded_at from ledger.transaction t
                           where t.tenant || '/' = l.tenant || '/' and t.leaf_index = coalesce(h.size, 0)) t on true
        where coalesce(h.size, 0) > l.size
           or coalesce(h.size, 0) < l.size
              and t.recorded_at < clock_timestamp() - make_interval(secs => greatest($1, 5))""",
    ),
)

CORRECTIONS: Final = (
    Check(
        "I12",
        "a reversal mirrors what it reverses",
        f"""
        select format('%s reverses %s otherwise', t.id, t.reverses), t.tenant, null
        from ledger.transaction t where {MIRRORS_OTHERWISE}""",
    ),
    Check(
        "I12",
        "a closed month has taken nothing since it was closed",
        """
        select format('%s of %s, recorded at %s', t.id, p.month, t.recorded_at), t.tenant, null
        from ledger.period p join ledger.transaction t on t.tenant = p.tenant and t.recorded_at > p.closed_at
            and to_char(t.effective_at at time zone 'UTC', 'YYYY-MM') = p.month
        where p.status = 'closed'""",
    ),
    Check(
        "I12",
        "each transfer has its transactions",
        """
        select format('%s: %s', f.id, m.missing), f.tenant, array['liabilities:wallets:' || f.from_customer]
        from ledger.transfer f cross join lateral (
            select case when not exists (
                       select from ledger.transaction t join ledger.entry e on e.transaction = t.id
                       where t.id = f.body ->> 'transaction' and t.tenant = f.tenant
                         and (t.source_type, t.source_id) = ('transfer', f.id) and e.currency = f.currency
                         and (e.path, e.side, e.amount)
                             = ('liabilities:wallets:' || f.to_customer, 'credit', f.amount))
                   then 'not posted'
                   when f.status = 'reversed' and not exists (
                       select from ledger.transaction t where t.id = f.body ->> 'reversed_by' and t.tenant = f.tenant)
                   then 'not given back' end as missing) m
        where m.missing is not null""",
    ),
)
