-- $2 transactions: each debits the account at the provider, which has an entry of all of them, and credits a wallet.
-- A tenth are of the customer `hot`, the others of a thousand; a few holds and what waits to be posted beside them.
insert into transaction (id, tenant, source_type, source_id, source_kind, event, metadata, livemode, effective_at,
                         recorded_at, created_at, leaf_index, leaf_hash, provider_reference)
select 'txn_' || lpad(n::text, 9, '0'), 'demo', case when n % 50000 = 25000 then 'manual' else 'payment' end,
       'pay_' || lpad(n::text, 9, '0'), 'captured', 'evt_' || n,
       jsonb_build_object('order', 'o' || n, 'shop', 's' || n % 3), false, moment, moment, moment, n - 1,
       sha256(convert_to(n::text, 'UTF8')), 'sim_' || n
from generate_series(1, $2) n,
     lateral (select date_trunc('second', now()) - ($2 - n) * interval '30 seconds' as moment) at;

insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
                   recorded_at, effective_at)
select 'demo', path, 'USD', row_number() over (partition by path order by n), 'ent_' || line || lpad(n::text, 9, '0'),
       'txn_' || lpad(n::text, 9, '0'), line, side, 1000, 1000 * row_number() over (partition by path order by n),
       moment, moment
from generate_series(1, $2) n,
     lateral (select date_trunc('second', now()) - ($2 - n) * interval '30 seconds' as moment) at,
     lateral (values ('assets:psp:simulated:pending', 'debit', 0),
                     ('liabilities:wallets:' || case when n % 10 = 0 then 'hot' else 'c' || n % 1000 end,
                      'credit', 1)) one(path, side, line);

insert into account (tenant, path, currency, normal_side, floor, balance, version)
select tenant, path, currency, min(side), null, max(balance_after), max(account_version)
from entry group by tenant, path, currency;
insert into account (tenant, path, currency, normal_side, floor, balance, version)
select 'demo', 'liabilities:wallets:z' || lpad(n::text, 9, '0'), 'USD', 'credit', 0, 0, 1
from generate_series(1, $2) n;

insert into wallet (tenant, customer_id, version, livemode, created_at, updated_at)
select 'demo', case n when 0 then 'hot' else 'c' || n end, 1, false, now(), now() from generate_series(0, 999) n;

insert into hold (tenant, id, customer_id, status, amount, amount_confirmed, currency, destination, transaction,
                  closed_at, version, metadata, livemode, created_at, updated_at)
select 'demo', 'hold_' || lpad(n::text, 9, '0'), case when n % 10 = 0 then 'hot' else 'c' || n % 10000 end,
       case when n % 50000 = 25000 then 'open' else 'confirmed' end, 1000, 1000, 'USD',
       '{"type":"sale","tax":[]}', 'txn_' || lpad(n::text, 9, '0'), moment, 2,
       jsonb_build_object('order', 'o' || n, 'shop', 's' || n % 3), false, moment, moment
from generate_series(1, $2) n,
     lateral (select date_trunc('second', now()) - ($2 - n) * interval '30 seconds' as moment) at;

insert into pending_transaction (tenant, id, status, created_at, updated_at, version, body)
select 'demo', 'txn_p' || lpad(n::text, 9, '0'), status, moment, moment, 2, jsonb_build_object(
       'id', 'txn_p' || lpad(n::text, 9, '0'), 'object', 'transaction', 'status', status, 'version', 2,
       'metadata', jsonb_build_object('order', 'o' || n, 'shop', 's' || n % 3), 'livemode', false,
       'created_at', moment, 'updated_at', moment, 'effective_at', moment, 'recorded_at', moment,
       'source', jsonb_build_object('type', 'manual', 'id', 'txn_p' || lpad(n::text, 9, '0'), 'kind', 'posted'),
       'entries', jsonb_build_array(
           jsonb_build_object('id', 'ent_p0' || n, 'account', 'user:cash', 'side', 'debit', 'amount', 1000,
                              'currency', 'USD'),
           jsonb_build_object('id', 'ent_p1' || n, 'account', 'user:cash:' || n % 1000, 'side', 'credit',
                              'amount', 1000, 'currency', 'USD')))
from generate_series(1, $2 / 10) n,
     lateral (select date_trunc('second', now()) - ($2 - n * 10) * interval '30 seconds' as moment,
                     case when n % 5000 = 2500 then 'pending' else 'voided' end as status) at;
