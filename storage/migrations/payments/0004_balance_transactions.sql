-- What a provider booked on our account there, each movement once; and up to where we know of it.

create table balance_transaction (
    tenant             text not null,
    id                 text not null,
    category           text not null,
    status             text not null,
    amount             bigint not null,                 -- signed: positive came to us
    fee                bigint not null,
    net                bigint not null,
    currency           text not null,
    source_id          text,                            -- of the payment, refund, dispute or payout that it is about
    payout             text,                            -- the settlement that it was paid out with
    provider           text not null,
    provider_reference text not null,
    heard_at           timestamptz not null,            -- by our clock
    created_at         timestamptz not null,            -- by the provider's
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    booking            jsonb,                           -- as told, until what it is about knows of it
    attempts           integer not null,
    primary key (tenant, id),
    constraint balance_transaction_status check (status in ('pending', 'available')),
    constraint balance_transaction_category check (category in ('charge', 'refund', 'refund_failure', 'dispute',
        'dispute_reversal', 'fee', 'payout', 'payout_failure', 'other')),
    constraint balance_transaction_net check (net = amount - fee),
    constraint balance_transaction_currency check (currency ~ '^[A-Z]{3}$'),
    constraint balance_transaction_version check (version >= 1)
) with (fillfactor = 80);

create unique index balance_transaction_by_reference on balance_transaction (provider, provider_reference);
create index balance_transaction_newest on balance_transaction ((tenant || '/'), created_at, id);
create index balance_transaction_heard on balance_transaction (tenant, heard_at, id);
create index balance_transaction_of_source on balance_transaction ((tenant || '/' || source_id), created_at, id);
create index balance_transaction_of_payout on balance_transaction ((tenant || '/' || payout), created_at, id)
    where payout is not null;

alter table provider add column booked_to text,         -- of its balance transactions: up to here all are recorded
    add column booking text;                            -- the open call that asks for those after it

alter table payout add column contents jsonb not null default '{}';  -- of a settlement: what is known of them

grant select, insert, update on balance_transaction to {role};
grant select on balance_transaction to pocketpay_verifier;
