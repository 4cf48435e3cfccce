-- The direct way's tables: the same columns, keys and indexes as ours, without what serves messages.

create table idempotency (
    tenant      text not null,
    key         text not null,
    fingerprint text not null,
    status      smallint not null,
    body        text not null,
    created_at  timestamptz not null,
    primary key (tenant, key)
);

create table payment (
    tenant             text not null,
    id                 text not null,
    customer_id        text not null,
    status             text not null,
    amount             bigint not null check (amount between 1 and 9007199254740991),
    amount_captured    bigint not null check (amount_captured between 0 and amount),
    amount_refunded    bigint not null default 0 check (amount_refunded between 0 and amount_captured),
    currency           text not null check (currency ~ '^[A-Z]{3}$'),
    provider           text not null,
    provider_reference text not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    primary key (tenant, id)
);
create unique index payment_by_reference on payment (provider, provider_reference);
create index payment_newest on payment (tenant, created_at desc, id desc);
create index payment_of_customer on payment (tenant, customer_id, created_at desc, id desc);
create index payment_by_status on payment (tenant, status, created_at desc, id desc);

create table account (
    tenant   text not null,
    path     text not null,
    currency text not null,
    balance  bigint not null,
    version  bigint not null,
    primary key (tenant, path, currency)
) with (fillfactor = 80);
insert into account values ('demo', 'assets:psp:simulated:pending', 'USD', 0, 0), ('demo', 'income:sales', 'USD', 0, 0);

create table transaction (
    id           text primary key,
    tenant       text not null,
    source_type  text not null,
    source_id    text not null,
    source_kind  text not null,
    recorded_at  timestamptz not null,
    unique (tenant, source_type, source_id, source_kind)
);
create index transaction_newest on transaction (tenant, recorded_at, id);

create table entry (
    tenant          text not null,
    path            text not null,
    currency        text not null,
    account_version bigint not null,
    transaction     text not null references transaction,
    line            smallint not null,
    side            text not null check (side in ('debit', 'credit')),
    amount          bigint not null check (amount >= 1),
    balance_after   bigint not null,
    recorded_at     timestamptz not null,
    primary key (tenant, path, currency, account_version),
    unique (transaction, line),
    foreign key (tenant, path, currency) references account
);
create index entry_newest on entry (tenant, path, recorded_at, account_version);

-- The guards that our ledger's tables have, so that both sides promise the same of their books.
create function check_entries() returns trigger language plpgsql as $$
begin
    if exists (
        select from posted e group by e.transaction, e.currency
        having sum(case e.side when 'debit' then e.amount else -e.amount end) <> 0) then
        raise exception 'debits and credits differ' using errcode = 'check_violation';
    end if;
    if exists (
        select from posted e
         where e.balance_after is distinct from e.amount + case e.account_version when 1 then 0 else (
                   select p.balance_after from entry p
                    where p.tenant = e.tenant and p.path = e.path and p.currency = e.currency
                      and p.account_version = e.account_version - 1) end) then
        raise exception 'an entry does not continue its account' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger entry_continues after insert on entry
    referencing new table as posted for each statement execute function check_entries();
