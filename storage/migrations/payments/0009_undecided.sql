-- How much of a payment's disputed amount may still come back: what a refund may yet be possible of.

alter table payment add column undecided bigint not null default 0;
alter table payment add constraint payment_undecided check (undecided >= 0);

update payment p set undecided = d.amount
from (select tenant, payment, sum(amount) as amount from dispute
      where status in ('needs_response', 'under_review') group by tenant, payment) d
where d.tenant = p.tenant and d.payment = p.id;
