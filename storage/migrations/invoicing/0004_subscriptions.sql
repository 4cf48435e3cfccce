-- Subscriptions, renewed period by period.

create table subscription (
    tenant text not null,
    id text not null,
    customer_id text not null,
    status text not null,
    currency text not null,
    test_clock text,
    work jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint subscription_status check (status in ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid',
        'paused', 'canceled')),
    constraint subscription_currency check (currency ~ '^[A-Z]{3}$'),
    constraint subscription_version check (version >= 1)
) with (fillfactor = 80);

create index subscription_newest on subscription ((tenant || '/'), created_at, id);
create index subscription_of_customer_id on subscription ((tenant || '/' || customer_id), created_at, id);
create index subscription_of_test_clock on subscription ((tenant || '/' || test_clock), created_at, id);
create index subscription_by_metadata on subscription using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on subscription to {role};
grant select on subscription to pocketpay_verifier;
