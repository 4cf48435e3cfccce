"""The rules of `storage.verify` over new rows alone. `{new}` stands for which rows of a journal `j` are new.

Every row is the number of a title, what is wrong, the tenant and the accounts concerned.
"""

from typing import Final

from storage.ledger_checks import FLOOR_THEN, MIRRORS_OTHERWISE
from storage.payment_checks import MAY_POST, NOT_POSTED

BOOKS: Final = f"""
with posted as materialized (
    select j.tenant, j.entity as id from ledger.journal j
    where ({{new}}) and j.type = 'ledger.transaction.posted'),
lines as materialized (
    select e.*, a.floor, a.version as stored_version, a.balance as stored_balance,
           case e.side when a.normal_side then e.amount else -e.amount end as signed,
           lag(e.account_version) over account as version_before, lag(e.balance_after) over account as before
    from posted p join ledger.entry e on e.transaction = p.id
         join ledger.account a on (a.tenant, a.path, a.currency) = (e.tenant, e.path, e.currency)
    window account as (partition by e.tenant, e.path, e.currency order by e.account_version)),
newest as (
    select distinct on (tenant, path, currency) * from lines order by tenant, path, currency, account_version desc),
transactions as materialized (
    select t.* from posted p join ledger.transaction t on t.id = p.id and t.tenant = p.tenant)
select 0, format('%s: fewer than two entries', p.id), min(p.tenant), array_agg(l.path)
from posted p left join lines l on l.transaction = p.id group by p.id having count(l.id) < 2
union all
select 0, format('%s: %s', transaction, string_agg(format('%s off by %s', currency, off), ', ')), min(tenant),
       (select array_agg(distinct l.path) from lines l where l.transaction = sums.transaction)
from (select transaction, currency, min(tenant) as tenant,
             sum(case side when 'debit' then amount else -amount end) as off
      from lines group by transaction, currency) sums where off <> 0 group by transaction
union all
select 2, format('%s: %s %s %s', id, path, currency, account_version), tenant, array[path] from lines l
where l.balance_after is distinct from l.signed + case
    when l.account_version = 1 then 0
    when l.version_before = l.account_version - 1 then l.before
    else (select e.balance_after from ledger.entry e
          where (e.tenant, e.path, e.currency) = (l.tenant, l.path, l.currency)
            and e.account_version = l.account_version - 1) end
union all
select 1, format('%s %s %s', n.tenant, n.path, n.currency), n.tenant, array[n.path] from newest n
where n.stored_version < n.account_version
   or n.stored_balance is distinct from (
        select e.balance_after from ledger.entry e
        where (e.tenant, e.path, e.currency) = (n.tenant, n.path, n.currency)
          and e.account_version = n.stored_version)
union all
select 3, format('%s: %s %s at %s', e.id, e.path, e.currency, e.balance_after), e.tenant, array[e.path] from lines e
where e.floor is not null and e.balance_after < greatest(e.floor, 0)
  and e.balance_after < {FLOOR_THEN.format(floor="e.floor")}
union all
select 7, format('%s for %s', t.id, t.event), t.tenant, null from transactions t
where t.event is not null and not exists (
    select from payments.journal j
    where j.tenant = t.tenant and j.entity = t.source_id and j.entity_seq is not null and j.id = t.event
      and j.type in ({MAY_POST}))
  and not exists (
    select from invoicing.journal j
    where j.tenant = t.tenant and j.entity = t.source_id and j.entity_seq is not null and j.id = t.event
      and j.type in ({MAY_POST}))
union all
select 8, format('%s is leaf %s of %s', t.id, t.leaf_index, l.size), t.tenant, null
from transactions t left join ledger.tree l on l.tenant = t.tenant
where t.leaf_hash is null or t.leaf_index is null or l.size is null or t.leaf_index >= l.size
   or t.leaf_index > 0 and not exists (
        select from ledger.transaction b
        where b.tenant || '/' = t.tenant || '/' and b.leaf_index = t.leaf_index - 1)
union all
select 9, format('%s reverses %s otherwise', t.id, t.reverses), t.tenant, null from transactions t
where {MIRRORS_OTHERWISE}
union all
select 10, format('%s of %s, recorded at %s', t.id, p.month, t.recorded_at), t.tenant, null
from transactions t join ledger.period p on p.tenant = t.tenant and p.status = 'closed'
    and p.month = to_char(t.effective_at at time zone 'UTC', 'YYYY-MM') and t.recorded_at > p.closed_at
union all
select 11, format('%s %s %s', n.tenant, h.customer_id, n.currency), n.tenant,
       array['liabilities:wallets:' || h.customer_id]
from newest n cross join lateral (select split_part(n.path, ':', 3) as customer_id) h
where n.path like 'liabilities:wallet\\_holds:%' and n.stored_balance <> (
    select coalesce(sum(o.amount), 0) from ledger.hold o
    where (o.tenant, o.customer_id, o.currency) = (n.tenant, h.customer_id, n.currency) and o.status = 'open')"""

PAYMENTS: Final = """
with said as materialized (
    select distinct j.tenant, j.type = 'payment.succeeded' as succeeded, coalesce(j.payment, j.entity) as payment
    from payments.journal j where ({new}) and j.entity_seq is not null),
touched as (select distinct tenant, payment from said)
select 4, format('%s: %s times', s.payment, n.times), s.tenant, null::text[] from said s cross join lateral (
    select count(*) as times from payments.journal j
    where j.tenant = s.tenant and j.entity = s.payment and j.entity_seq is not null
      and j.type = 'payment.succeeded') n
where s.succeeded and n.times > 1
union all
select 5, format('%s: %s of %s captured, %s refunded, refunds of %s', p.id, p.amount_captured, p.amount,
                 p.amount_refunded, r.given_back), p.tenant, null
from touched s join payments.payment p on p.tenant = s.tenant and p.id = s.payment cross join lateral (
    select coalesce(sum(f.amount), 0) as given_back from payments.refund f
    where f.tenant || '/' || f.payment = p.tenant || '/' || p.id and f.status not in ('failed', 'canceled')) r
where p.amount_captured > p.amount or p.amount_refunded > p.amount_captured or r.given_back <> p.amount_refunded"""

RIPE_PAYMENTS: Final = f"""
select 6, format('%s %s: %s transactions', j.type, j.id, t.posted), j.tenant, null::text[]
from payments.journal j cross join lateral (
    select count(*) as posted from ledger.transaction t where t.tenant = j.tenant and t.event = j.id) t
where ({{new}}) and j.type in ({MAY_POST}) and {NOT_POSTED}"""

RIPE_STREAMED: Final = """
select format('partition %s: %s of %s rows', $1::smallint, $3 - $2 - noted, $3 - $2)
from (select count(*) as noted from {schema}.published p
      where p.partition = $1 and p.journal_seq > $2::bigint and p.journal_seq <= $3::bigint) counted
where noted < $3 - $2"""
