-- The name of what is put aside, told to its tenant: nobody can read from it how much else there is.
alter table parked add column stuck text not null default 'stk_' || replace(gen_random_uuid()::text, '-', '');
create unique index parked_stuck on parked (stuck);
-- Which entities are to be tried again: few, and asked about with each of their rows.
create index parked_asked on parked (partition, tenant, entity) where retry_asked_at is not null and resolved_at is null;
