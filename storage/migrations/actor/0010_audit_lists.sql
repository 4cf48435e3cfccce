-- The audit log by whom, about what, of which type, with which end; notes that are no act of anybody are not in it.

drop index inbox_of_tenant;
create index inbox_newest on inbox ((tenant || '/'), received_at, id) where type <> 'api_key.used';
create index inbox_of_principal on inbox ((tenant || '/' || principal), received_at, id) where type <> 'api_key.used';
create index inbox_of_subject on inbox ((tenant || '/' || subject), received_at, id) where type <> 'api_key.used';
create index inbox_of_type on inbox ((tenant || '/' || type), received_at, id) where type <> 'api_key.used';
create index inbox_of_status on inbox ((tenant || '/' || status), received_at, id) where type <> 'api_key.used';

-- Postgres keeps no statistics of its own for an expression of a partial index, and takes each value for as rare as any.
create statistics inbox_principal on (tenant || '/' || principal) from inbox;
create statistics inbox_type on (tenant || '/' || type) from inbox;
create statistics inbox_status on (tenant || '/' || status) from inbox;
