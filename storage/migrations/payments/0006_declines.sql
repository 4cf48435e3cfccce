-- How often a card was refused for this payment: after ten times nobody tries it any more.

alter table payment add column declines integer not null default 0;
alter table payment add constraint payment_declines check (declines >= 0);
