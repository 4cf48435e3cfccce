-- The audit log reads a tenant's newest commands first.
create index inbox_of_tenant on inbox (tenant, received_at);
