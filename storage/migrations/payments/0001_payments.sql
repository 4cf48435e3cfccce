-- Payments and refunds: the resource whole in `body`, what is asked for or must hold as columns beside it.

create table payment (
    tenant             text not null,
    id                 text not null,
    customer_id        text not null,
    status             text not null,
    amount             bigint not null,
    amount_capturable  bigint not null,
    amount_captured    bigint not null,
    amount_refunded    bigint not null,
    currency           text not null,
    provider           text not null,
    provider_reference text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    operation          jsonb,                       -- the one open step; its outcome answers its command
    tax_refunded       bigint[] not null,           -- beside the lines of the destination's tax
    primary key (tenant, id),
    constraint payment_status check (status in ('requires_payment_method', 'requires_confirmation', 'requires_action',
        'processing', 'requires_capture', 'succeeded', 'canceled')),
    constraint payment_amount check (amount between 1 and 9007199254740991),
    constraint payment_currency check (currency ~ '^[A-Z]{3}$'),
    constraint payment_capturable check (amount_capturable between 0 and amount),
    constraint payment_capturable_while_held
        check (amount_capturable = 0 or status in ('requires_capture', 'processing')),
    constraint payment_captured check (amount_captured between 0 and amount),
    constraint payment_captured_when_succeeded check ((status = 'succeeded') = (amount_captured > 0)),
    constraint payment_refunded check (amount_refunded between 0 and amount_captured),
    constraint payment_tax_refunded check (0 <= all (tax_refunded)),
    constraint payment_version check (version >= 1),
    constraint payment_times check (updated_at >= created_at)
) with (fillfactor = 80);

create unique index payment_by_reference on payment (provider, provider_reference)
    where provider_reference is not null;
-- Lists have their index on an expression of their own. On plain columns it would serve a look-up by a whole key as
-- well, at the same price while the table is small, and a plan that was made then is kept when it is large.
create index payment_newest on payment ((tenant || '/'), created_at, id);
create index payment_of_customer on payment ((tenant || '/' || customer_id), created_at, id);
create index payment_by_metadata on payment using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

create table refund (
    tenant             text not null,
    id                 text not null,
    payment            text not null,
    customer_id        text not null,
    status             text not null,
    amount             bigint not null,
    currency           text not null,
    provider           text not null,
    provider_reference text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    version            bigint not null,
    body               jsonb not null,
    look_up            text,                        -- the open call that asks how it stands
    primary key (tenant, id),
    foreign key (tenant, payment) references payment,
    constraint refund_status check (status in ('pending', 'requires_action', 'succeeded', 'failed', 'canceled')),
    constraint refund_amount check (amount between 1 and 9007199254740991),
    constraint refund_currency check (currency ~ '^[A-Z]{3}$'),
    constraint refund_version check (version >= 1),
    constraint refund_times check (updated_at >= created_at)
) with (fillfactor = 80);

create unique index refund_by_reference on refund (provider, provider_reference)
    where provider_reference is not null;
create index refund_newest on refund ((tenant || '/'), created_at, id);
create index refund_of_payment on refund ((tenant || '/' || payment), created_at, id);
create index refund_of_customer on refund ((tenant || '/' || customer_id), created_at, id);
create index refund_by_metadata on refund using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on payment, refund to {role};
grant select on payment, refund to pocketpay_verifier;
