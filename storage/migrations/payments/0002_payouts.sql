-- Payouts. A row of version 0 is one whose money is not held yet, or could not be: nobody is told of it.

create table payout (
    tenant             text not null,
    id                 text not null,
    purpose            text not null,
    customer_id        text,
    status             text not null,
    amount             bigint not null,
    currency           text not null,
    provider           text not null,
    provider_reference text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    step               jsonb,                       -- the one that is open; its outcome answers its command
    look_up            text,                        -- the open call that asks how it stands
    primary key (tenant, id),
    constraint payout_purpose check (purpose in ('settlement', 'withdrawal')),
    constraint payout_of_a_wallet check ((purpose = 'withdrawal') = (customer_id is not null)),
    constraint payout_status check (status in ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
    constraint payout_sent_is_known check (status not in ('in_transit', 'paid') or provider_reference is not null),
    constraint payout_amount check (amount between 1 and 9007199254740991),
    constraint payout_currency check (currency ~ '^[A-Z]{3}$'),
    constraint payout_version check (version >= 0),
    constraint payout_untold check (version > 0 or status = 'pending'),
    constraint payout_times check (updated_at >= created_at)
) with (fillfactor = 80);

create unique index payout_by_reference on payout (provider, provider_reference)
    where provider_reference is not null;
create index payout_newest on payout ((tenant || '/'), created_at, id) where version > 0;
create index payout_of_customer on payout ((tenant || '/' || customer_id), created_at, id) where version > 0;
create index payout_by_purpose on payout ((tenant || '/' || purpose), created_at, id) where version > 0;
create index payout_by_metadata on payout using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on payout to {role};
grant select on payout to pocketpay_verifier;
