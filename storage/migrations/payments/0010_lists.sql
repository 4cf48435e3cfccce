-- Lists by status: few rows may have it among very many, or none, and then the newest of all lead nowhere.

create index payment_of_status on payment ((tenant || '/' || status), created_at, id);
create index refund_of_status on refund ((tenant || '/' || status), created_at, id);
create index payout_of_status on payout ((tenant || '/' || status), created_at, id) where version > 0;
create index dispute_of_status on dispute ((tenant || '/' || status), created_at, id);
create index balance_transaction_of_status on balance_transaction ((tenant || '/' || status), created_at, id);
create index difference_of_status on difference ((tenant || '/' || status), created_at, id);

-- Postgres keeps no statistics of its own for an expression of a partial index. Without them it takes each value for as
-- rare as any, and reads all rows in the order of the list where it should look into the index, or the other way.
create statistics payment_metadata on (body -> 'metadata') from payment;
create statistics refund_metadata on (body -> 'metadata') from refund;
create statistics payout_metadata on (body -> 'metadata') from payout;
create statistics dispute_metadata on (body -> 'metadata') from dispute;
create statistics payment_method_metadata on (body -> 'metadata') from payment_method;
create statistics payout_customer on (tenant || '/' || customer_id) from payout;
create statistics payout_purpose on (tenant || '/' || purpose) from payout;
create statistics payout_status on (tenant || '/' || status) from payout;
create statistics payment_method_customer on (tenant || '/' || customer_id) from payment_method;
create statistics payout_tenant on (tenant || '/') from payout;
