-- $2 commands that were done, a few refused; by a thousand keys, about a payment each.
insert into inbox (id, partition, tenant, type, subject, source, principal, correlation_id, idempotency_key, fingerprint,
                   message, status, outcome_status, outcome_body, outcome_seq, received_at, finished_at)
select 'cmd_' || lpad(n::text, 9, '0'), 4, 'demo',
       case when n % 50000 = 25000 then 'payment.cancel' when n % 3 = 0 then 'refund.create' else 'payment.create' end,
       'pay_' || lpad((n / 2)::text, 9, '0'), 'gateway',
       case when n % 50000 = 25000 then 'user:rare' when n % 2 = 0 then 'key:hot' else 'key:k' || n % 1000 end, 'req_' || n, 'idem-' || n,
       'sha256:' || encode(sha256(convert_to(n::text, 'UTF8')), 'hex'),
       format('{"id":"cmd_%s","type":"payment.create","tenant":"demo","address":"203.0.113.7","data":{"amount":1000,'
              '"currency":"USD","customer_id":"abc123","description":null,"metadata":{}},"note":"%s"}', n, repeat('x', 300)),
       case when n % 50000 = 25000 then 'refused' else 'done' end,
       case when n % 50000 = 25000 then 409 else 201 end,
       case when n % 50000 = 25000 then '{"code":"wrong_state"}' else '{"id":"pay_1","amount":1000}' end, n,
       moment, moment + interval '10 milliseconds'
from generate_series(1, $2) n,
     lateral (select date_trunc('second', now()) - ($2 - n) * interval '30 seconds' as moment) at;
