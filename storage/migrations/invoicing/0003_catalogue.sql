-- Products and prices, coupons and tax rates.

create table product (
    tenant text not null,
    id text not null,
    active boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint product_version check (version >= 1)
) with (fillfactor = 80);

create index product_newest on product ((tenant || '/'), created_at, id);
create index product_by_metadata on product using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on product to {role};
grant select on product to pocketpay_verifier;

create table price (
    tenant text not null,
    id text not null,
    active boolean not null,
    product text not null,
    currency text not null,
    lookup_key text,
    foreign key (tenant, product) references product,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint price_currency check (currency ~ '^[A-Z]{3}$'),
    constraint price_version check (version >= 1)
) with (fillfactor = 80);

create index price_newest on price ((tenant || '/'), created_at, id);
create unique index price_by_lookup_key on price (tenant, lookup_key) where active and lookup_key is not null;
create index price_of_product on price ((tenant || '/' || product), created_at, id);
create index price_of_lookup_key on price ((tenant || '/' || lookup_key), created_at, id);
create index price_by_metadata on price using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on price to {role};
grant select on price to pocketpay_verifier;

create table lookup_key (
    tenant text not null,
    id text not null,
    price text,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id)
) with (fillfactor = 80);

grant select, insert, update on lookup_key to {role};
grant select on lookup_key to pocketpay_verifier;

create table coupon (
    tenant text not null,
    id text not null,
    valid boolean not null,
    archived boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint coupon_version check (version >= 1)
) with (fillfactor = 80);

create index coupon_newest on coupon ((tenant || '/'), created_at, id);
create index coupon_by_metadata on coupon using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on coupon to {role};
grant select on coupon to pocketpay_verifier;

create table tax_rate (
    tenant text not null,
    id text not null,
    active boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint tax_rate_version check (version >= 1)
) with (fillfactor = 80);

create index tax_rate_newest on tax_rate ((tenant || '/'), created_at, id);
create index tax_rate_by_metadata on tax_rate using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on tax_rate to {role};
grant select on tax_rate to pocketpay_verifier;
