-- What must outlive the streams themselves: which numbering they are in. Written by `pocketpay provision` alone.

create table numbering (
    stream  text primary key,
    epoch   bigint not null check (epoch >= 1),
    settled bigint not null check (settled >= 0)    -- up to here every number is a noted row, or a filler for ever
);
insert into numbering (stream, epoch, settled) values ('EVENTS', 1, 0), ('COMMANDS', 1, 0);

grant usage on schema streams to pocketpay_verifier;
grant select on numbering to pocketpay_verifier;
