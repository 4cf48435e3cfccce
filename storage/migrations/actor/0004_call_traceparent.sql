-- The trace that a call belongs to, so that what comes of it goes on in the same one, whoever asks again.
alter table call add column traceparent text;
