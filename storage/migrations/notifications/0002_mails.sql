-- Mails, and who wants none.

create table mail (
    tenant      text not null,
    id          text not null,
    status      text not null,
    customer_id text,
    event       text not null,
    about       jsonb not null,                         -- the resource that was told of, until it is sent
    said_at     timestamptz not null,
    sending     boolean not null,
    attempts    int not null,
    forgotten   boolean not null,
    recipient   text,                                   -- personal, and gone once the customer is erased
    headline    text,                                   -- the subject: as personal
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    version     bigint not null,
    body        jsonb not null,
    primary key (tenant, id),
    constraint mail_status check (status in ('queued', 'sent', 'failed', 'bounced', 'suppressed')),
    constraint mail_version check (version >= 1)
) with (fillfactor = 80);

create index mail_newest on mail ((tenant || '/'), created_at, id);
create index mail_of_customer on mail ((tenant || '/' || customer_id), created_at, id);
create index mail_of_event on mail ((tenant || '/' || event), created_at, id);
create index mail_by_metadata on mail using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

create table mail_reader (
    tenant     text not null,
    id         text not null,                           -- the customer's
    created_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id)
);

create table mail_suppression (
    tenant       text not null,
    id           text not null,
    customer_id  text,
    address_hash text,
    deleted      boolean not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    version      bigint not null,
    body         jsonb not null,
    primary key (tenant, id),
    constraint mail_suppression_of_one check ((customer_id is null) <> (address_hash is null)),
    constraint mail_suppression_version check (version >= 1)
);

create index mail_suppression_newest on mail_suppression ((tenant || '/'), created_at, id) where not deleted;
create index mail_suppression_by_address on mail_suppression (tenant, address_hash) where not deleted;
create index mail_suppression_by_customer on mail_suppression (tenant, customer_id) where not deleted;
create index mail_suppression_of_customer on mail_suppression ((tenant || '/' || customer_id), created_at, id);
create index mail_suppression_by_metadata on mail_suppression using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on mail, mail_reader, mail_suppression to {role};
grant select on mail, mail_reader, mail_suppression to pocketpay_verifier;
