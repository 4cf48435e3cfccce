-- What a request led to is found by its id, which is the correlation id of all of it.
create index inbox_of_request on inbox (correlation_id);
create index call_of_request on call (correlation_id);
