-- Lists by status: few rows may have it among very many, or none.

create index api_key_of_status on api_key ((tenant || '/' || status), created_at, id);
create index access_user_of_status on access_user ((tenant || '/' || status), created_at, id);

create index access_user_by_metadata on access_user using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';

-- Postgres keeps no statistics of its own for an expression of a partial index. Without them it takes each value for as
-- rare as any, and reads all rows in the order of the list where it should look into the index, or the other way.
create statistics api_key_metadata on (body -> 'metadata') from api_key;
create statistics access_user_metadata on (body -> 'metadata') from access_user;
