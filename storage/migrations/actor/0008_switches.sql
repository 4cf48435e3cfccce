-- What an operator has turned off, by tenant; an actor that owns no switch leaves it empty.
create table switches (
    tenant text primary key,
    body   jsonb not null
);
grant select, insert, update on switches to {role};
grant select on switches to pocketpay_verifier;
