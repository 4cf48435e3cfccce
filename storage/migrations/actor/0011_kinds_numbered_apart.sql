-- Callers name customers and usage events, and may give both the same name: each kind counts its own events.

drop index journal_by_entity;
create unique index journal_by_entity on journal (tenant, entity, entity_seq, split_part(type, '.', 1))
    where entity_seq is not null;
