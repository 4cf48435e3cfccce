-- Lists by status, or by what is still sold: few rows may have it among very many, or none.

create index product_of_active on product ((tenant || '/' || active::text), created_at, id);
create index price_of_active on price ((tenant || '/' || active::text), created_at, id);
create index tax_rate_of_active on tax_rate ((tenant || '/' || active::text), created_at, id);
create index subscription_of_status on subscription ((tenant || '/' || status), created_at, id);
create index invoice_of_status on invoice ((tenant || '/' || status), created_at, id);
create index credit_note_of_status on credit_note ((tenant || '/' || status), created_at, id);
create index test_clock_of_status on test_clock ((tenant || '/' || status), created_at, id) where not deleted;

-- What a customer owes is added up from the open ones alone.
create index invoice_open on invoice ((tenant || '/' || customer_id)) include (currency, amount_remaining)
    where status = 'open';

-- What follows from the meter is looked at in those events alone that may be so by their own status.
create index usage_event_of_status on usage_event ((tenant || '/' || status), created_at, id);
create or replace view usage_shown as
select e.tenant, e.id, e.customer_id, e.subscription, e.created_at,
    case when billed.line is null then e.status else 'invoiced' end as status,
    case when billed.line is null then e.body
        else e.body || jsonb_build_object('status', 'invoiced', 'invoice_line', billed.line) end as body,
    e.status as kept_status
from usage_event e
left join usage_meter m on m.tenant = e.tenant and m.id = e.meter
cross join lateral (select case when e.status = 'recorded' then m.invoice_line end as line) billed;

-- Postgres keeps no statistics of its own for an expression of a partial index. Without them it takes each value for as
-- rare as any, and reads all rows in the order of the list where it should look into the index, or the other way.
create statistics customer_metadata on (body -> 'metadata') from customer;
create statistics product_metadata on (body -> 'metadata') from product;
create statistics price_metadata on (body -> 'metadata') from price;
create statistics coupon_metadata on (body -> 'metadata') from coupon;
create statistics tax_rate_metadata on (body -> 'metadata') from tax_rate;
create statistics subscription_metadata on (body -> 'metadata') from subscription;
create statistics invoice_metadata on (body -> 'metadata') from invoice;
create statistics credit_note_metadata on (body -> 'metadata') from credit_note;
create statistics test_clock_metadata on (body -> 'metadata') from test_clock;
create statistics invoice_deleted on (coalesce(work ->> 'deleted', 'false')) from invoice;
create statistics test_clock_statuses on (tenant || '/' || status) from test_clock;
