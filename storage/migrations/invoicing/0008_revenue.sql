-- Revenue: what is deferred of each invoice, what the days to come earn of all of them, and the days that were posted.

create table earning (
    tenant text not null,
    id text not null,
    currency text not null,
    clock text,
    first_day date not null,
    last_day date not null,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    foreign key (tenant, id) references invoice,
    constraint earning_days check (first_day <= last_day),
    constraint earning_currency check (currency ~ '^[A-Z]{3}$')
) with (fillfactor = 80);

create index earning_by_last_day on earning (tenant, last_day, first_day);

grant select, insert, update on earning to {role};
grant select on earning to pocketpay_verifier;

create table revenue (
    tenant text not null,
    id text not null,
    clock text,
    step jsonb,
    failures int not null,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id)
) with (fillfactor = 50);

grant select, insert, update on revenue to {role};
grant select on revenue to pocketpay_verifier;

create table revenue_day (
    tenant text not null,
    id text not null,
    day date not null,
    currency text not null,
    clock text,
    amount bigint not null,
    transaction text,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint revenue_day_currency check (currency ~ '^[A-Z]{3}$')
);

create index revenue_day_in_order on revenue_day (tenant, day, currency);

grant select, insert, update on revenue_day to {role};
grant select on revenue_day to pocketpay_verifier;
