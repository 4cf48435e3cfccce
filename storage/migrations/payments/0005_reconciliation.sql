-- Where provider, payments and ledger say different things of the same money, and how far all was compared.

create table difference (
    tenant     text not null,
    id         text not null,
    status     text not null,
    class      text not null,
    amount     bigint not null,
    currency   text not null,
    unit       text not null,                          -- what was compared: of ours, or a balance transaction
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    step       jsonb,                                  -- the one that is open; its outcome answers its command
    primary key (tenant, id),
    constraint difference_status check (status in ('open', 'resolved', 'corrected', 'dismissed')),
    constraint difference_class check (class in ('lost_webhook', 'missing_posting', 'amount', 'fee', 'currency',
        'duplicate', 'unknown_here', 'unknown_there', 'timing')),
    constraint difference_version check (version >= 1)
) with (fillfactor = 80);

create index difference_newest on difference ((tenant || '/'), created_at, id);
create index difference_open on difference (tenant, id) include (unit, class) where status = 'open';
create index difference_of_unit on difference (tenant, unit) where status in ('open', 'corrected');

create table reconciliation (
    tenant     text not null,
    id         text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    progress   jsonb not null,                         -- up to where all was compared
    call       text,                                   -- the open one that gathers what is to be compared next
    asked_by   text,                                   -- the command that waits for the end of the run
    again      boolean not null,                       -- from the beginning, once the open call is back
    primary key (tenant, id)
);

create index balance_transaction_by_source on balance_transaction (tenant, source_id) where source_id is not null;

grant select, insert, update on difference, reconciliation to {role};
grant select on difference, reconciliation to pocketpay_verifier;
