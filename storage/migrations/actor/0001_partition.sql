-- Tables that every actor has in its own schema (the search path is set by the runner).

create table partition (
    partition     smallint primary key,
    epoch         bigint not null default 0,        -- rises with every new holder
    turn          bigint not null default 0,        -- rises with every batch; with the epoch it is the fence
    holder        text,
    lease_until   timestamptz,
    cursors       jsonb not null default '{}',      -- stream -> last sequence dealt with
    heard         jsonb not null default '{}',      -- "<stream>/<actor>/<partition>" -> last journal position heard
    journal_seq   bigint not null default 0,
    clock         timestamptz not null default '-infinity'
);
insert into partition (partition) select generate_series(0, 7);

create table inbox (
    id              text primary key,
    partition       smallint not null,
    tenant          text not null,
    type            text not null,
    subject         text not null,
    source          text not null,
    principal       text not null,
    correlation_id  text not null,
    idempotency_key text,
    fingerprint     text,
    message         text not null,                  -- the command as it came: the audit log, and what a replay needs
    status          text not null check (status in ('running', 'stuck', 'done', 'refused', 'released')),
    outcome_status  smallint,
    outcome_body    text,
    outcome_seq     bigint,                         -- journal position when it was decided
    replays         integer not null default 0,
    received_at     timestamptz not null,
    finished_at     timestamptz,
    check ((status in ('running', 'stuck')) = (outcome_status is null))
);
create index inbox_running on inbox (partition, received_at) where status = 'running';

create table journal (
    partition     smallint not null,
    seq           bigint not null,
    id            text not null,
    stream        text not null,
    subject       text not null,
    tenant        text not null,
    type          text not null,
    entity        text not null,
    entity_seq    bigint,                           -- null for commands
    payment       text,
    causation_id  text,
    message       text not null,
    recorded_at   timestamptz not null,
    primary key (partition, seq)
);
create unique index journal_by_entity on journal (tenant, entity, entity_seq) where entity_seq is not null;
create index journal_by_payment on journal (tenant, payment) where payment is not null;

create table published (
    partition   smallint not null,
    journal_seq bigint not null,
    stream_seq  bigint not null,
    primary key (partition, journal_seq)
);

create table call (
    id          text primary key,
    partition   smallint not null,
    tenant      text not null,
    lane        text not null,
    operation   text not null,
    request     text not null,
    command_id  text,
    principal   text not null,
    correlation_id text not null,
    opened_at   timestamptz not null,
    closed_at   timestamptz
);
create index call_open on call (partition, opened_at) where closed_at is null;

create table due (
    tenant     text not null,
    entity     text not null,
    partition  smallint not null,
    due_at     timestamptz not null,
    primary key (tenant, entity)
);
create index due_next on due (partition, due_at);

create table parked (
    id          bigint generated always as identity primary key,
    partition   smallint not null,
    tenant      text,
    stream      text,
    stream_seq  bigint,
    entity      text,
    type        text,
    reason      text not null check (reason in ('unreadable', 'undecidable', 'behind')),
    detail      text not null,
    message     bytea not null,
    parked_at   timestamptz not null,
    resolved_at timestamptz
);
create unique index parked_once on parked (stream, stream_seq);
create index parked_open on parked (partition) where resolved_at is null;
