-- What a credit note gives back by payments, part by part.
alter table credit_note add column refunds jsonb not null default '[]';
