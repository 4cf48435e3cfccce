-- A draft may come to less than nothing: by hand until it has its other lines, of a subscription until the rest is carried over.

alter table invoice drop constraint invoice_amounts;
alter table invoice add constraint invoice_amounts check (
    (total >= 0 or status = 'draft') and amount_due >= 0 and amount_paid >= 0 and amount_credited >= 0);
