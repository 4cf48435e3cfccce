-- The books. Every rule that the actor follows stands here again; a batch is checked as a whole, at its end.

create table account (
    tenant      text not null,
    path        text not null,
    currency    text not null check (currency ~ '^[A-Z]{3}$'),
    normal_side text not null check (normal_side in ('debit', 'credit')),
    floor       bigint,
    balance     bigint not null check (abs(balance) <= 9007199254740991),
    version     bigint not null check (version >= 1),
    primary key (tenant, path, currency),
    constraint account_above_floor check (floor is null or balance >= floor)
) with (fillfactor = 80);

create table transaction (
    id           text primary key,
    tenant       text not null,
    source_type  text not null,
    source_id    text not null,
    source_kind  text not null,
    event        text,
    description  text,
    metadata     jsonb not null,
    livemode     boolean not null,
    effective_at timestamptz not null,
    recorded_at  timestamptz not null,
    constraint transaction_posted_once unique (tenant, source_type, source_id, source_kind)
);
create unique index transaction_once_per_event on transaction (tenant, event) where event is not null;
-- Lists have their index on an expression of their own. On plain columns it would serve a look-up by a whole key as
-- well, at the same price while the table is small, and a plan that was made then is kept when it is large.
create index transaction_newest on transaction ((tenant || '/'), recorded_at, id);

create table entry (
    tenant          text not null,
    path            text not null,
    currency        text not null,
    account_version bigint not null check (account_version >= 1),
    id              text not null,
    transaction     text not null references transaction,
    line            smallint not null check (line >= 0),
    side            text not null check (side in ('debit', 'credit')),
    amount          bigint not null check (amount between 1 and 9007199254740991),
    balance_after   bigint not null check (abs(balance_after) <= 9007199254740991),
    recorded_at     timestamptz not null,
    primary key (tenant, path, currency, account_version),
    unique (transaction, line),
    foreign key (tenant, path, currency) references account
);
create index entry_newest on entry ((tenant || '/' || path), recorded_at, account_version);

create table hold (
    tenant           text not null,
    id               text not null,
    customer_id      text not null,
    status           text not null check (status in ('open', 'confirmed', 'voided', 'expired')),
    amount           bigint not null check (amount between 1 and 9007199254740991),
    amount_confirmed bigint not null check (amount_confirmed between 0 and amount),
    currency         text not null,
    destination      jsonb not null,
    transaction      text not null references transaction,
    expires_at       timestamptz,
    closed_at        timestamptz,
    version          bigint not null check (version >= 1),
    metadata         jsonb not null,
    livemode         boolean not null,
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    primary key (tenant, id),
    check ((status = 'open') = (closed_at is null)),
    check ((status = 'confirmed') = (amount_confirmed > 0))
);
create index hold_open on hold (tenant, customer_id, currency) where status = 'open';

create table wallet (
    tenant      text not null,
    customer_id text not null,
    version     bigint not null check (version >= 1),
    livemode    boolean not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    primary key (tenant, customer_id)
);

-- Scalar subqueries: each is one look-up by the whole key, whatever the tables looked like when the plan was made.

create function check_transactions() returns trigger language plpgsql set search_path from current as $$
declare
    wrong text;
begin
    select t.id into wrong from posted t
     where (select count(*) from entry e where e.transaction = t.id) < 2 limit 1;
    if wrong is not null then
        raise exception 'transaction % has fewer than two entries', wrong using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function check_entries() returns trigger language plpgsql set search_path from current as $$
declare
    wrong text;
begin
    select e.transaction into wrong from posted e
     group by e.transaction, e.currency
    having sum(case e.side when 'debit' then e.amount else -e.amount end) <> 0 limit 1;
    if wrong is not null then
        raise exception 'debits and credits of transaction % differ', wrong using errcode = 'check_violation';
    end if;

    select e.id into wrong from posted e
     where e.balance_after is distinct from (
            select case e.side when a.normal_side then e.amount else -e.amount end
                   + case e.account_version when 1 then 0 else (
                       select p.balance_after from entry p
                        where p.tenant = e.tenant and p.path = e.path and p.currency = e.currency
                          and p.account_version = e.account_version - 1) end
              from account a
             where a.tenant = e.tenant and a.path = e.path and a.currency = e.currency
               and a.version >= e.account_version)
        or e.tenant is distinct from (select t.tenant from transaction t where t.id = e.transaction)
     limit 1;
    if wrong is not null then
        raise exception 'entry % does not continue its account', wrong using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function check_accounts() returns trigger language plpgsql set search_path from current as $$
declare
    wrong text;
begin
    select a.path into wrong from changed a
     where a.balance is distinct from (
            select e.balance_after from entry e
             where e.tenant = a.tenant and e.path = a.path and e.currency = a.currency
               and e.account_version = a.version)
     limit 1;
    if wrong is not null then
        raise exception 'account % is not as its last entry says', wrong using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function refuse_change() returns trigger language plpgsql set search_path from current as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger transaction_is_whole after insert on transaction
    referencing new table as posted for each statement execute function check_transactions();
create trigger entry_continues after insert on entry
    referencing new table as posted for each statement execute function check_entries();
create trigger account_follows_on_insert after insert on account
    referencing new table as changed for each statement execute function check_accounts();
create trigger account_follows_on_update after update on account
    referencing new table as changed for each statement execute function check_accounts();
create trigger transaction_is_for_ever before update or delete or truncate on transaction
    for each statement execute function refuse_change();
create trigger entry_is_for_ever before update or delete or truncate on entry
    for each statement execute function refuse_change();

grant select, insert on transaction, entry to {role};
grant select, insert, update on account, hold, wallet to {role};
grant select on account, transaction, entry, hold, wallet to pocketpay_verifier;
