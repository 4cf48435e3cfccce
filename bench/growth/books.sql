-- Books that have grown: $pairs wallets, each topped up ten times from a provider account of its own. As many
-- entries as a company writes in years, balanced and chained like all others; only the triggers are left out.
create procedure pg_temp.grow(pairs bigint, slice bigint) language plpgsql as $$
declare
    begins bigint := 0;
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
        insert into transaction
        select 'txn_0' || lpad((number * 10 + step)::text, 25, '0'), 'demo', 'payment',
               'pay_0' || lpad((number * 10 + step)::text, 25, '0'), 'captured',
               null, null, '{}', false, now(), now()
        from generate_series(begins + 1, least(begins + slice, pairs)) number, generate_series(1, 10) step;
        insert into entry (tenant, path, currency, account_version, id, transaction, line, side, amount,
                           balance_after, recorded_at)
        select 'demo', path, 'USD', step, 'ent_' || line || lpad((number * 10 + step)::text, 25, '0'),
               'txn_0' || lpad((number * 10 + step)::text, 25, '0'), line, side, 1000, 1000 * step, now()
        from generate_series(begins + 1, least(begins + slice, pairs)) number,
             lateral (values ('assets:psp:g' || lpad(number::text, 9, '0') || ':pending', 'debit', 0),
                             ('liabilities:wallets:g' || lpad(number::text, 9, '0'), 'credit', 1)) one(path, side, line),
             generate_series(1, 10) step;
        commit;
        begins := begins + slice;
    end loop;
end $$;
