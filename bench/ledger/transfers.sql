-- Transfers as one would keep them without an actor: fewer columns and indexes than ours, and no triggers.
drop schema if exists transfers cascade;
create schema transfers;
set search_path = transfers;

create table account (
    id      integer primary key,
    balance bigint not null,
    version bigint not null
) with (fillfactor = 80);
insert into account select number, 0, 0 from generate_series(0, 1999) number;

create table transaction (
    id          uuid primary key,
    key         uuid not null unique,
    recorded_at timestamptz not null default now()
);

create table entry (
    account       integer not null references account,
    version       bigint not null,
    transaction   uuid not null references transaction,
    amount        bigint not null check (amount <> 0),
    balance_after bigint not null,
    primary key (account, version)
);
create index entry_of_transaction on entry (transaction);
