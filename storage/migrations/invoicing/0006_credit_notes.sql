-- Credit notes.

create table credit_note (
    tenant text not null,
    id text not null,
    number text,
    status text not null,
    invoice text not null,
    customer_id text not null,
    currency text not null,
    total bigint not null,
    step jsonb,
    clock text,
    foreign key (tenant, invoice) references invoice,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    body jsonb not null,
    primary key (tenant, id),
    constraint credit_note_status check (status in ('issued', 'void')),
    constraint credit_note_currency check (currency ~ '^[A-Z]{3}$'),
    constraint credit_note_version check (version >= 1)
) with (fillfactor = 80);

create index credit_note_newest on credit_note ((tenant || '/'), created_at, id);
create index credit_note_of_customer_id on credit_note ((tenant || '/' || customer_id), created_at, id);
create index credit_note_of_invoice on credit_note ((tenant || '/' || invoice), created_at, id);
create index credit_note_by_metadata on credit_note using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

grant select, insert, update on credit_note to {role};
grant select on credit_note to pocketpay_verifier;

create unique index credit_note_by_number on credit_note (tenant, number) where number is not null;
