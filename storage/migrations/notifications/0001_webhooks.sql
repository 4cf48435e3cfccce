-- Webhook endpoints, and what is delivered to them.

create table webhook_endpoint (
    tenant     text not null,
    id         text not null,
    status     text not null,
    deleted    boolean not null,
    work       jsonb not null,                          -- its queue, its breaker, its pace
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id),
    constraint webhook_endpoint_status check (status in ('enabled', 'disabled')),
    constraint webhook_endpoint_version check (version >= 1)
) with (fillfactor = 70);

create index webhook_endpoint_newest on webhook_endpoint ((tenant || '/'), created_at, id) where not deleted;
create index webhook_endpoint_by_metadata on webhook_endpoint using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

create table webhook_directory (
    tenant     text not null,
    id         text not null,
    created_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id)
);

create table webhook_lane (
    tenant     text not null,
    id         text not null,                           -- endpoint/kind/resource
    created_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id)
) with (fillfactor = 70);

create table webhook_delivery (
    tenant           text not null,
    id               text not null,
    status           text not null,
    endpoint         text not null,
    event            text not null,
    sequence         bigint,                            -- null for a replay of what never went there
    replay           boolean not null,
    standing         text not null,
    lane             text not null,
    next             text,                              -- what waits behind it in its lane
    position         bigint not null,                   -- in the endpoint's queue, replays too
    event_at         timestamptz not null,
    first_attempt_at timestamptz,
    tries            int not null,
    original         text,                              -- of a replay: what did not arrive before
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    version          bigint not null,
    body             jsonb not null,
    primary key (tenant, id),
    constraint webhook_delivery_status check (status in ('pending', 'succeeded', 'failed', 'discarded')),
    constraint webhook_delivery_standing check (standing in ('behind', 'ready', 'calling', 'resting', 'over')),
    constraint webhook_delivery_over check ((status = 'pending') = (standing <> 'over')),
    constraint webhook_delivery_version check (version >= 0),
    constraint webhook_delivery_position unique (tenant, endpoint, position)
) with (fillfactor = 80);

create table webhook_body (
    tenant     text not null,
    id         text not null,                           -- the delivery's
    text       text not null,                           -- as it is signed, the same in every attempt
    created_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id)
);

create unique index webhook_delivery_sequence on webhook_delivery (tenant, endpoint, sequence) where not replay;
create index webhook_delivery_ready on webhook_delivery (tenant, endpoint, position) where standing = 'ready';
create index webhook_delivery_open on webhook_delivery (tenant, endpoint, position) where standing <> 'over';
create index webhook_delivery_failed on webhook_delivery (tenant, endpoint, position) where status = 'failed';
create index webhook_delivery_missing on webhook_delivery (tenant, endpoint, sequence)
    where not replay and status <> 'succeeded';
create index webhook_delivery_of_event on webhook_delivery (tenant, endpoint, event);
create index webhook_delivery_newest on webhook_delivery ((tenant || '/'), created_at, id);
create index webhook_delivery_of_endpoint on webhook_delivery ((tenant || '/' || endpoint), created_at, id);
create index webhook_delivery_by_metadata on webhook_delivery using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';
create index webhook_delivery_by_event on webhook_delivery ((tenant || '/' || event), created_at, id);

grant select, insert, update on webhook_endpoint, webhook_directory, webhook_lane, webhook_delivery, webhook_body to {role};
grant select on webhook_endpoint, webhook_directory, webhook_lane, webhook_delivery, webhook_body
    to pocketpay_verifier;
