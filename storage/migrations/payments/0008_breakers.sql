-- The circuit breaker of each account: what charges came to of late. It must survive a restart.
alter table provider add column breaker jsonb;
