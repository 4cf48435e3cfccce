-- Lists by what few of very many rows may have.

create index hold_of_status on hold ((tenant || '/' || status), created_at, id);
create index hold_by_metadata on hold using gin (metadata jsonb_path_ops) where metadata <> '{}';
create index transfer_of_status on transfer ((tenant || '/' || status), created_at, id);
create index pending_transaction_of_status on pending_transaction ((tenant || '/' || status), created_at, id);
create index transaction_of_source_type on transaction ((tenant || '/' || source_type), recorded_at, id);

-- Postgres keeps no statistics of its own for an expression of a partial index. Without them it takes each value for as
-- rare as any, and reads all rows in the order of the list where it should look into the index, or the other way.
create statistics pending_transaction_metadata on (body -> 'metadata') from pending_transaction;
create statistics transfer_metadata on (body -> 'metadata') from transfer;
