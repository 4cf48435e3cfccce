-- A million events of one item and period, as the actor keeps them; the quantities are 0 to 249.75.
insert into invoicing.usage_event (tenant, id, status, customer_id, subscription, quantity, occurred_at, recorded_at,
    meter, value, body)
select 'demo', 'call-' || n, 'recorded', 'abc123', 'sub_1', q, at, at, $1, q::text,
    jsonb_build_object('id', 'call-' || n, 'object', 'usage_event', 'status', 'recorded', 'subscription', 'sub_1',
        'subscription_item', 'si_1', 'customer_id', 'abc123', 'quantity', q::text, 'properties', '{}'::jsonb,
        'occurred_at', at, 'recorded_at', at, 'invoice_line', null, 'livemode', false, 'version', 1)
from generate_series(0, $2::int - 1) as n
cross join lateral (select (n % 1000) * 0.25 as q, timestamptz '2026-11-01Z' + n * interval '1 second' as at) each
