-- What did not arrive is replayed, whether it was given up or discarded.

create index webhook_delivery_not_arrived on webhook_delivery (tenant, endpoint, position)
    where status in ('failed', 'discarded');
drop index webhook_delivery_failed;
