-- Invoices, the numbers they have, and who was asked to pay as it stood when they were issued.

create table invoice_series (
    tenant text not null,
    id text not null,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint invoice_series_version check (version >= 1)
) with (fillfactor = 80);

grant select, insert, update on invoice_series to {role};
grant select on invoice_series to pocketpay_verifier;

create table invoice (
    tenant text not null,
    id text not null,
    number text,
    series text,
    status text not null,
    customer_id text not null,
    subscription text,
    currency text not null,
    total bigint not null,
    amount_due bigint not null,
    amount_paid bigint not null,
    amount_credited bigint not null,
    amount_remaining bigint not null,
    finalized_at timestamptz,
    test_clock text,
    lines jsonb not null,
    step jsonb,
    work jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint invoice_status check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
    constraint invoice_currency check (currency ~ '^[A-Z]{3}$'),
    constraint invoice_numbered_once_issued check ((status = 'draft') = (number is null)),
    constraint invoice_amounts check (total >= 0 and amount_due >= 0 and amount_paid >= 0 and amount_credited >= 0),
    constraint invoice_remaining check (status in ('draft', 'void') or amount_remaining = amount_due - amount_paid - amount_credited),
    constraint invoice_never_overpaid check (amount_remaining >= 0),
    constraint invoice_paid_in_full check (status <> 'paid' or amount_remaining = 0),
    constraint invoice_version check (version >= 1)
) with (fillfactor = 80);

create index invoice_newest on invoice ((tenant || '/'), created_at, id);
create index invoice_of_customer_id on invoice ((tenant || '/' || customer_id), created_at, id);
create index invoice_of_subscription on invoice ((tenant || '/' || subscription), created_at, id);
create index invoice_by_metadata on invoice using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on invoice to {role};
grant select on invoice to pocketpay_verifier;

create unique index invoice_by_number on invoice (tenant, series, number) where number is not null;

create table invoice_party (
    tenant text not null,
    id text not null,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint invoice_party_version check (version >= 1)
) with (fillfactor = 80);

grant select, insert, update on invoice_party to {role};
grant select on invoice_party to pocketpay_verifier;
