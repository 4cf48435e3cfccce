-- Saved payment methods, and who pays with them. A method of version 0 is being saved, or could not be: nobody is told.

create table payment_method (
    tenant             text not null,
    id                 text not null,
    customer_id        text not null,
    status             text not null,
    is_default         boolean generated always as ((body -> 'default')::boolean and version > 0) stored,
    provider           text not null,
    provider_reference text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    customer_reference text,                           -- the provider's name of the customer
    step               jsonb,                          -- the one that is open; its outcome answers its command
    primary key (tenant, id),
    constraint payment_method_status check (status in ('active', 'expired', 'detached')),
    constraint payment_method_version check (version >= 0),
    constraint payment_method_untold check (version <> 0 or (status = 'active' and provider_reference is null)),
    constraint payment_method_saved_is_known check (version = 0 or provider_reference is not null),
    constraint payment_method_detached_is_no_default check (status <> 'detached' or not is_default),
    constraint payment_method_times check (updated_at >= created_at),
    constraint payment_method_one_default exclude using btree (tenant with =, customer_id with =) where (is_default)
        deferrable initially deferred                  -- one is given up and another taken in one statement
) with (fillfactor = 80);

create unique index payment_method_by_reference on payment_method (tenant, provider, provider_reference)
    where provider_reference is not null and status <> 'detached';
create index payment_method_newest on payment_method ((tenant || '/'), created_at, id) where version > 0;
create index payment_method_of_customer on payment_method ((tenant || '/' || customer_id), created_at, id)
    where version > 0;
create index payment_method_by_metadata on payment_method using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

create table payer (
    tenant     text not null,
    id         text not null,                          -- the customer's, which is the caller's own
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id)
);

grant select, insert, update on payment_method, payer to {role};
grant select on payment_method, payer to pocketpay_verifier;
