-- An actor may do in its own schema what its work needs; what is written once cannot be changed by it.
grant usage on schema {schema} to {role}, pocketpay_verifier;
grant select, update on partition to {role};
grant select, insert, update on inbox, call, due, parked to {role};
grant delete on due to {role};
grant select, insert on journal, published to {role};
grant select on all tables in schema {schema} to pocketpay_verifier;
