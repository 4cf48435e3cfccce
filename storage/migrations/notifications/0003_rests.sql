-- What rests only because its endpoint was down is found when that is back, but for what a receiver set a time for.

alter table webhook_delivery
    add column asked boolean not null default false;    -- the receiver said when it may be tried again

create index webhook_delivery_rests on webhook_delivery (tenant, endpoint, position)
    where standing = 'resting' and not asked;
