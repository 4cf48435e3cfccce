-- Test clocks: the time of a set of customers, and what falls due by it.

create table test_clock (
    tenant text not null,
    id text not null,
    status text not null,
    agenda jsonb not null,
    waiting text[] not null,
    command_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint test_clock_status check (status in ('ready', 'advancing', 'internal_failure')),
    constraint test_clock_version check (version >= 1)
) with (fillfactor = 80);

create index test_clock_newest on test_clock ((tenant || '/'), created_at, id);
create index test_clock_by_metadata on test_clock using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on test_clock to {role};
grant select on test_clock to pocketpay_verifier;
