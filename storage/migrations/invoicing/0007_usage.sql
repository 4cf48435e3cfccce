-- Usage: events are inserted, by the hundred, and all but never changed; meters hold what they add up to.

create table usage_event (
    tenant text not null,
    id text not null,
    status text not null,
    customer_id text not null,
    subscription text not null,
    quantity numeric not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    created_at timestamptz not null generated always as (recorded_at) stored,
    meter text,
    value text not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint usage_event_status check (status in ('recorded', 'late', 'voided')),
    constraint usage_event_counts check ((meter is null) = (status = 'late')),
    constraint usage_event_quantity check (quantity >= 0)
);

create index usage_event_newest on usage_event ((tenant || '/'), created_at, id);
create index usage_event_of_customer_id on usage_event ((tenant || '/' || customer_id), created_at, id);
create index usage_event_of_subscription on usage_event ((tenant || '/' || subscription), created_at, id);

create table usage_meter (
    tenant text not null,
    id text not null,
    subscription text not null,
    subscription_item text not null,
    price text not null,
    aggregation text not null,
    period_start timestamptz not null,
    period_end timestamptz not null,
    invoice_line text,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint usage_meter_aggregation check (aggregation in ('sum', 'max', 'last', 'unique_count')),
    constraint usage_meter_version check (version >= 1)
) with (fillfactor = 50);

create index usage_meter_of_subscription on usage_meter (tenant, subscription, period_start);

-- The values of unique counts, so that none counts twice.
create table usage_unique (
    tenant text not null,
    id text not null,
    meter text not null,
    events integer not null,
    created_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint usage_unique_events check (events >= 0)
);

create table usage_limit (
    tenant text not null,
    id text not null,
    subscription text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint usage_limit_version check (version >= 1)
);

-- An event is invoiced when its meter is: no row of a million changes when an invoice is finalised.
create view usage_shown as
select e.tenant, e.id, e.customer_id, e.subscription, e.created_at,
    case when billed.line is null then e.status else 'invoiced' end as status,
    case when billed.line is null then e.body
        else e.body || jsonb_build_object('status', 'invoiced', 'invoice_line', billed.line) end as body
from usage_event e
left join usage_meter m on m.tenant = e.tenant and m.id = e.meter
cross join lateral (select case when e.status = 'recorded' then m.invoice_line end as line) billed;

grant select, insert, update on usage_event, usage_meter, usage_unique, usage_limit to {role};
grant select on usage_shown to {role};
grant select on usage_event, usage_meter, usage_unique, usage_limit to pocketpay_verifier;
