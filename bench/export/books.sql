-- Books to be exported: $1 top-ups of a thousand wallets, written as the ledger would, in the order of its log.
create procedure pg_temp.fill(count bigint) language plpgsql as $$
begin
    set local session_replication_role = replica;
    set local search_path = ledger;
    insert into account
    select 'demo', 'liabilities:wallets:w_' || number, 'USD', 'credit', 0, 1000 * (count / 1000), count / 1000
    from generate_series(0, 999) number
    union all select 'demo', 'assets:psp:simulated:pending', 'USD', 'debit', null, 1000 * count, count;
    insert into transaction (id, tenant, source_type, source_id, source_kind, event, description, metadata, livemode,
        effective_at, recorded_at, created_at, leaf_index, leaf_hash, command, provider_reference)
    select 'txn_' || lpad(number::text, 26, '0'), 'demo', 'manual', 'txn_' || lpad(number::text, 26, '0'), 'posted',
        null, 'Top-up ' || number,
        case number % 10 when 0 then '{"order": "6735"}' else '{}' end::jsonb, false,
        moment, moment, moment, number, sha256(''), 'cmd_' || lpad(number::text, 26, '0'), 'ch_' || number
    from generate_series(0, count - 1) number, lateral (
        select timestamptz '2026-01-01' + number * interval '1 second' as moment) one;
    insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount, balance_after,
        recorded_at, effective_at)
    select 'demo', path, 'USD', version, 'ent_' || line || lpad(number::text, 25, '0'),
        'txn_' || lpad(number::text, 26, '0'), line, side, 1000, 1000 * version, moment, moment
    from generate_series(0, count - 1) number, lateral (values
        ('assets:psp:simulated:pending', 'debit', 0, number + 1),
        ('liabilities:wallets:w_' || number % 1000, 'credit', 1, number / 1000 + 1)) one(path, side, line, version),
        lateral (select timestamptz '2026-01-01' + number * interval '1 second' as moment) two;
    insert into tree values ('demo', count, '', false);
    -- Nobody signed it: no proof is asked for here, and the rules of the books want to see that there is a head.
    insert into tree_head values ('demo', count, 'head_unsigned', '', now(), '', '', '', false);
end $$;
