-- A signed head a second, as many as there are transactions.
insert into tree_head (tenant, size, id, root, time, key_id, public_key, signature, livemode)
select 'demo', n, 'head_' || n, encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), now(), 'key', repeat('a', 43), repeat('b', 86), false
from generate_series(1, $2) n;
