-- What providers tell by themselves, each event once; the accounts with them; and disputes, which begin so.

create table provider_event (
    tenant      text not null,
    id          text not null,
    status      text not null,
    type        text not null,
    provider    text not null,
    provider_id text not null,
    found_by    text not null,
    created_at  timestamptz not null,                  -- by the provider's clock
    updated_at  timestamptz not null,
    version     bigint not null,
    body        jsonb not null,
    primary key (tenant, id),
    constraint provider_event_status check (status in ('applied', 'ignored', 'waiting', 'unmatched')),
    constraint provider_event_found_by check (found_by in ('webhook', 'sweep'))
) with (fillfactor = 80);

create index provider_event_left on provider_event (status, updated_at) where status in ('waiting', 'unmatched');

create table provider (
    tenant     text not null,
    id         text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    cursor     text,                                   -- of the provider's events: up to here all are recorded
    sweep      text,                                   -- the open call that asks for those after it
    step       jsonb,                                  -- the open step that a command waits for
    primary key (tenant, id)
);

create table dispute (
    tenant             text not null,
    id                 text not null,
    payment            text not null,
    customer_id        text not null,
    status             text not null,
    amount             bigint not null,
    amount_withdrawn   bigint not null,
    fee                bigint not null,
    fee_returned       bigint not null,
    currency           text not null,
    provider           text not null,
    provider_reference text not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    step               jsonb,                          -- the one that is open; its outcome answers its command
    look_up            text,                           -- the open call that asks how it stands
    as_of              text not null,                  -- which of the provider's snapshots its details are from
    reinstated         boolean not null,
    primary key (tenant, id),
    foreign key (tenant, payment) references payment,
    constraint dispute_status check (status in ('warning_needs_response', 'warning_under_review', 'warning_closed',
        'needs_response', 'under_review', 'won', 'lost', 'prevented')),
    constraint dispute_amount check (amount between 1 and 9007199254740991),
    constraint dispute_withdrawn check (amount_withdrawn between 0 and 9007199254740991 and fee >= 0),
    constraint dispute_fee_returned check (fee_returned between 0 and fee),
    constraint dispute_version check (version >= 1)
) with (fillfactor = 80);

create unique index dispute_by_reference on dispute (provider, provider_reference);
create index dispute_newest on dispute ((tenant || '/'), created_at, id);
create index dispute_of_payment on dispute ((tenant || '/' || payment), created_at, id);
create index dispute_of_customer on dispute ((tenant || '/' || customer_id), created_at, id);
create index dispute_by_metadata on dispute using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on provider_event, provider, dispute to {role};
grant select on provider_event, provider, dispute to pocketpay_verifier;
