-- Customers. `body` holds what is personal; no journal does.

create table customer (
    tenant text not null,
    id text not null,
    implicit boolean not null,
    delinquent boolean not null,
    test_clock text,
    overdue text[] not null,
    live text[] not null,
    billed boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint customer_version check (version >= 1)
) with (fillfactor = 80);

create index customer_newest on customer ((tenant || '/'), created_at, id);
create index customer_of_test_clock on customer ((tenant || '/' || test_clock), created_at, id);
create index customer_by_metadata on customer using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on customer to {role};
grant select on customer to pocketpay_verifier;
