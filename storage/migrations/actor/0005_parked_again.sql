-- A parked message may be tried again: an operator asks for it, the partition's holder does it.
alter table parked add column retry_asked_at timestamptz;
alter table parked add column attempts integer not null default 1;
create index parked_of_entity on parked (partition, tenant, entity, id) where resolved_at is null;
