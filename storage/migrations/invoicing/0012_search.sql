-- Whose address, whose number is this? Exact; on expressions of their own, as the lists are.
create index customer_by_email on customer ((tenant || '/' || lower(body ->> 'email')))
    where body ->> 'email' is not null;
create index invoice_of_number on invoice ((tenant || '/' || number)) where number is not null;
create index credit_note_of_number on credit_note ((tenant || '/' || number)) where number is not null;
