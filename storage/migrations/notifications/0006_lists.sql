-- Lists by status: few rows may have it among very many, or none.

create index webhook_endpoint_of_status on webhook_endpoint ((tenant || '/' || status), created_at, id) where not deleted;
create index webhook_delivery_of_status on webhook_delivery ((tenant || '/' || status), created_at, id);
create index mail_of_status on mail ((tenant || '/' || status), created_at, id);

-- Postgres keeps no statistics of its own for an expression of a partial index. Without them it takes each value for as
-- rare as any, and reads all rows in the order of the list where it should look into the index, or the other way.
create statistics webhook_endpoint_metadata on (body -> 'metadata') from webhook_endpoint;
create statistics webhook_delivery_metadata on (body -> 'metadata') from webhook_delivery;
create statistics mail_metadata on (body -> 'metadata') from mail;
create statistics mail_suppression_metadata on (body -> 'metadata') from mail_suppression;
create statistics webhook_endpoint_status on (tenant || '/' || status) from webhook_endpoint;
create statistics webhook_endpoint_tenant on (tenant || '/') from webhook_endpoint;
create statistics mail_suppression_tenant on (tenant || '/') from mail_suppression;
