-- A test clock that was deleted is kept: its customers lived by it.

alter table test_clock add column deleted boolean not null default false;
