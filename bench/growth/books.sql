-- Books that have grown: $pairs wallets, each topped up ten times in a year from a provider account of its own. As many
-- entries as a company writes in years, balanced and chained like all others; only the triggers are left out. The log
-- is a real one, but that a leaf's hash is that of its transaction's id: `ledger verify` would name the first of them.
create procedure pg_temp.grow(pairs bigint, slice bigint) language plpgsql as $$
declare
    begins bigint := 0;
    year_ago timestamptz := date_trunc('second', clock_timestamp()) - interval '365 days';
    apart interval := interval '365 days' / (10 * pairs);
begin
    while begins < pairs loop
        set local session_replication_role = replica;
        set local search_path = ledger;
        insert into account
        select 'demo', path, 'USD', side, case side when 'credit' then 0 end, 10000, 10
        from generate_series(begins + 1, least(begins + slice, pairs)) number,
             lateral (values ('assets:psp:g' || lpad(number::text, 9, '0') || ':pending', 'debit'),
                             ('liabilities:wallets:g' || lpad(number::text, 9, '0'), 'credit')) one(path, side);
        insert into wallet
        select 'demo', 'g' || lpad(number::text, 9, '0'), 10, false, now(), now()
        from generate_series(begins + 1, least(begins + slice, pairs)) number;
        insert into transaction (id, tenant, source_type, source_id, source_kind, metadata, livemode, effective_at,
                                 recorded_at, created_at, leaf_index, leaf_hash)
        select id, 'demo', 'payment', 'pay' || substr(id, 4), 'captured', '{}', false, moment, moment, moment, leaf,
               sha256(convert_to(id, 'UTF8'))
        from generate_series(begins + 1, least(begins + slice, pairs)) number, generate_series(1, 10) step,
             lateral (select 'txn_0' || lpad((number * 10 + step)::text, 25, '0') as id,
                             (step - 1) * pairs + number - 1 as leaf) one,
             lateral (select date_trunc('milliseconds', year_ago + apart * leaf) as moment) two;
        insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount,
                           balance_after, recorded_at, effective_at)
        select 'demo', path, 'USD', step, 'ent_' || line || lpad((number * 10 + step)::text, 25, '0'),
               'txn_0' || lpad((number * 10 + step)::text, 25, '0'), line, side, 1000, 1000 * step, moment, moment
        from generate_series(begins + 1, least(begins + slice, pairs)) number,
             lateral (values ('assets:psp:g' || lpad(number::text, 9, '0') || ':pending', 'debit', 0),
                             ('liabilities:wallets:g' || lpad(number::text, 9, '0'), 'credit', 1)) one(path, side, line),
             generate_series(1, 10) step,
             lateral (select date_trunc('milliseconds', year_ago + apart * ((step - 1) * pairs + number - 1)) as moment) two;
        commit;
        begins := begins + slice;
    end loop;
end $$;

create procedure pg_temp.hash_log() language plpgsql as $$
declare
    height smallint := 0;
    left_over bigint;
    edge text := '';
begin
    set local search_path = ledger;
    create temp table below on commit drop as
        select leaf_index as number, leaf_hash as hash from transaction where tenant = 'demo';
    select count(*) into left_over from pg_temp.below;
    insert into tree values ('demo', left_over, '', false);
    while left_over > 0 loop
        if left_over % 2 = 1 then
            select encode(hash, 'hex') || edge into edge from pg_temp.below where number = left_over - 1;
        end if;
        left_over := left_over / 2;
        height := height + 1;
        create temp table above on commit drop as
            select number / 2 as number, sha256('\x01'::bytea || string_agg(hash, ''::bytea order by number)) as hash
            from pg_temp.below where number < 2 * left_over group by number / 2;
        drop table pg_temp.below;
        alter table pg_temp.above rename to below;
        if height % 8 = 0 then
            insert into tree_node select 'demo', height, number, hash from pg_temp.below;
        end if;
    end loop;
    update tree set frontier = edge where tenant = 'demo';
end $$;
