-- The journal in full: reversals, pending transactions, periods, freezes, limits, transfers; and the log that proves it.

alter table transaction
    add column leaf_index         bigint check (leaf_index >= 0),
    add column leaf_hash          bytea check (length(leaf_hash) = 32),
    add column reverses           text references transaction,
    add column command            text,
    add column provider_reference text,
    add column conversion         jsonb,
    add column flags              text[] not null default '{}',
    add column version            smallint not null default 1 check (version between 1 and 2),
    add column created_at         timestamptz;
alter table entry add column effective_at timestamptz;

create table tree (
    tenant   text primary key,
    size     bigint not null check (size >= 0),
    frontier text not null,                         -- hex of the hashes of the perfect subtrees at the right edge
    head_due boolean not null                       -- a head will be signed within a second
);

-- Hashes of perfect subtrees of heights 8, 16, 24: with them a proof reads hundreds of hashes and not all.
create table tree_node (
    tenant text not null,
    height smallint not null check (height > 0 and height % 8 = 0),
    number bigint not null check (number >= 0),
    hash   bytea not null check (length(hash) = 32),
    primary key (tenant, height, number)
);

create table tree_head (
    tenant     text not null,
    size       bigint not null check (size > 0),
    id         text not null unique,
    root       text not null,
    time       timestamptz not null,
    key_id     text not null,
    public_key text not null,
    signature  text not null,
    livemode   boolean not null,
    primary key (tenant, size)
);

-- What was posted before there was a log is put into it now. The leaf is that of `actors/ledger/leaves.py`.
do $$
declare
    one record;
    stack bytea[];
    node bytea;
    height integer;
    number bigint;
    tenant_now text;
begin
    alter table transaction disable trigger user;
    alter table entry disable trigger user;
    update entry e set effective_at = least(t.effective_at, t.recorded_at) from transaction t where t.id = e.transaction;
    update transaction set created_at = recorded_at, effective_at = least(effective_at, recorded_at);
    for one in
        select t.*, format('{"entries":[%s],"effective_at":"%s","event":%s,"id":"%s","leaf_index":', (
                select string_agg(format('{"account":"%s","account_version":%s,"amount":%s,"balance_after":%s,'
                    '"currency":"%s","id":"%s","side":"%s"}', e.path, e.account_version, e.amount, e.balance_after,
                    e.currency, e.id, e.side), ',' order by e.line) from entry e where e.transaction = t.id),
            to_char(t.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            coalesce('"' || t.event || '"', 'null'), t.id) as leaf_begin,
            format(',"recorded_at":"%s","reverses":null,"source":{"id":"%s","kind":"%s","type":"%s"},'
                '"tenant":"%s","v":1}', to_char(t.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            t.source_id, t.source_kind, t.source_type, t.tenant) as leaf_end
        from transaction t order by t.tenant, t.recorded_at, t.id
    loop
        if tenant_now is distinct from one.tenant then
            tenant_now := one.tenant;
            number := 0;
            stack := '{}';
        end if;
        node := sha256('\x00'::bytea || convert_to(one.leaf_begin || number || one.leaf_end, 'UTF8'));
        update transaction set leaf_index = number, leaf_hash = node where id = one.id;
        height := 0;
        while (number >> height) & 1 = 1 loop
            node := sha256('\x01'::bytea || stack[array_length(stack, 1)] || node);
            stack := stack[1:array_length(stack, 1) - 1];
            height := height + 1;
            if height % 8 = 0 then
                insert into tree_node values (one.tenant, height, number >> height, node);
            end if;
        end loop;
        stack := stack || node;
        number := number + 1;
        insert into tree
        select one.tenant, number, string_agg(encode(hash, 'hex'), '' order by place), false
        from unnest(stack) with ordinality as edge(hash, place)
        on conflict (tenant) do update set size = excluded.size, frontier = excluded.frontier;
    end loop;
    alter table transaction enable trigger user;
    alter table entry enable trigger user;
end $$;

alter table transaction
    alter column leaf_index set not null,
    alter column leaf_hash set not null,
    alter column created_at set not null,
    add constraint transaction_in_time check (effective_at <= recorded_at);
alter table entry
    alter column effective_at set not null,
    add constraint entry_in_time check (effective_at <= recorded_at);

create unique index transaction_leaf on transaction ((tenant || '/'), leaf_index);
create unique index transaction_reversed_once on transaction (reverses) where reverses is not null;
create index transaction_by_reference on transaction ((tenant || '/' || provider_reference)) where provider_reference is not null;
create index transaction_by_metadata on transaction using gin (metadata jsonb_path_ops) where metadata <> '{}';
-- What was dated back by more than a minute. All else that is in time is found by when it was recorded.
create index entry_late on entry ((tenant || '/' || path), effective_at)
    where recorded_at - effective_at > interval '1 minute';

-- The overdraft limit moves the floor of a wallet; what was posted before keeps the floor that it had.
create table floor_change (
    tenant       text not null,
    path         text not null,
    currency     text not null,
    from_version bigint not null,
    floor        bigint not null,
    primary key (tenant, path, currency, from_version, floor)
);
alter table wallet
    add column overdraft_limits jsonb not null default '{}',
    add column status text not null default 'active' check (status in ('active', 'frozen'));

create table gate (
    tenant     text not null,
    path       text not null,
    status     text not null check (status in ('open', 'frozen')),
    reason     text,
    version    bigint not null check (version >= 1),
    updated_at timestamptz not null,
    primary key (tenant, path)
);

create table period (
    tenant     text not null,
    month      text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    status     text not null check (status in ('open', 'closed')),
    reason     text,
    closed_at  timestamptz,
    version    bigint not null check (version >= 1),
    updated_at timestamptz not null,
    primary key (tenant, month),
    check ((status = 'closed') = (closed_at is not null))
);

-- A closed month takes no entry, whoever writes it.
create function check_period() returns trigger language plpgsql set search_path from current as $$
declare
    wrong text;
begin
    if exists (select from period where status = 'closed') then
        select t.id into wrong from posted t
        where exists (select from period p where p.tenant = t.tenant and p.status = 'closed'
                      and p.month = to_char(t.effective_at at time zone 'UTC', 'YYYY-MM')) limit 1;
        if wrong is not null then
            raise exception 'transaction % is dated into a closed period', wrong using errcode = 'check_violation';
        end if;
    end if;
    return null;
end $$;
create trigger transaction_is_in_an_open_period after insert on transaction
    referencing new table as posted for each statement execute function check_period();

create table pending_transaction (
    tenant     text not null,
    id         text not null,
    status     text not null check (status in ('pending', 'posted', 'voided', 'expired')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null check (version >= 1),
    body       jsonb not null,
    primary key (tenant, id)
);
create index pending_transaction_newest on pending_transaction ((tenant || '/'), created_at, id);
create index pending_transaction_by_metadata on pending_transaction using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';
create index pending_transaction_on_account on pending_transaction using gin ((body -> 'entries') jsonb_path_ops)
    where status = 'pending';

create table transfer (
    tenant        text not null,
    id            text not null,
    from_customer text not null,
    to_customer   text not null,
    status        text not null check (status in ('succeeded', 'reversed')),
    amount        bigint not null check (amount between 1 and 9007199254740991),
    currency      text not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    version       bigint not null check (version >= 1),
    body          jsonb not null,
    primary key (tenant, id),
    check (from_customer <> to_customer)
);
create index transfer_newest on transfer ((tenant || '/'), created_at, id);
create index transfer_from on transfer ((tenant || '/' || from_customer), created_at, id);
create index transfer_to on transfer ((tenant || '/' || to_customer), created_at, id);
create index transfer_by_metadata on transfer using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

create index hold_newest on hold ((tenant || '/'), created_at, id);
create index hold_of_customer on hold ((tenant || '/' || customer_id), created_at, id);

create table invariant (
    tenant     text not null,
    id         text not null,
    status     text not null check (status in ('breached', 'restored')),
    version    bigint not null check (version >= 1),
    updated_at timestamptz not null,
    body       jsonb not null,
    primary key (tenant, id)
);

create trigger tree_node_is_for_ever before update or delete or truncate on tree_node
    for each statement execute function refuse_change();
create trigger tree_head_is_for_ever before update or delete or truncate on tree_head
    for each statement execute function refuse_change();
create trigger floor_change_is_for_ever before update or delete or truncate on floor_change
    for each statement execute function refuse_change();

grant select, insert on tree_node, tree_head, floor_change to {role};
grant select, insert, update on tree, gate, period, pending_transaction, transfer, invariant to {role};
grant select on tree, tree_node, tree_head, floor_change, gate, period, pending_transaction, transfer, invariant
    to pocketpay_verifier;
