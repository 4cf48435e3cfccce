-- Who may ask: tenants, API keys, users of the dashboard and their sessions. Secrets are here as hashes alone.

create table tenancy (
    tenant     text not null,
    id         text not null,                           -- the tenant's own
    mode       text not null,
    admins     jsonb not null,                          -- keys and users who may do all; never empty again
    keys       int not null,                            -- that may still be used
    users      int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id),
    constraint tenancy_of_itself check (tenant = id),
    constraint tenancy_mode check (mode in ('test', 'live')),
    constraint tenancy_keys check (keys >= 0 and users >= 0),
    constraint tenancy_version check (version >= 1)
) with (fillfactor = 70);

create table api_key (
    tenant     text not null,
    id         text not null,                           -- follows from the hash
    status     text not null,
    type       text not null,
    hash       text not null,                           -- SHA-256 of the secret, in hex
    lifetime   bigint,                                  -- seconds from the beginning to the end, for who replaces it
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id),
    constraint api_key_hash unique (hash),
    constraint api_key_hashed check (hash ~ '^[0-9a-f]{64}$'),
    constraint api_key_status check (status in ('active', 'rotating', 'expired', 'revoked')),
    constraint api_key_unsaid check (body -> 'secret' = 'null'),
    constraint api_key_version check (version >= 1)
) with (fillfactor = 70);

create table access_user (
    tenant        text not null,
    id            text not null,
    status        text not null,
    role          text not null,
    address_hash  text not null,
    password_hash text not null,                        -- argon2id
    sessions      jsonb not null,                       -- those that have not ended, the oldest first
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    version       bigint not null,
    body          jsonb not null,
    primary key (tenant, id),
    constraint access_user_address unique (tenant, address_hash),
    constraint access_user_hashed check (password_hash like '$argon2id$%'),
    constraint access_user_status check (status in ('active', 'disabled')),
    constraint access_user_role check (role in ('viewer', 'finance', 'admin')),
    constraint access_user_version check (version >= 1)
) with (fillfactor = 70);

create table user_address (
    tenant     text not null,
    id         text not null,                           -- SHA-256 of the address
    created_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,                          -- whose it is
    primary key (tenant, id)
);

create table session (
    tenant     text not null,
    id         text not null,                           -- follows from the hash
    status     text not null,
    hash       text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint not null,
    body       jsonb not null,
    primary key (tenant, id),
    constraint session_hashed check (hash ~ '^[0-9a-f]{64}$'),
    constraint session_status check (status in ('active', 'ended')),
    constraint session_version check (version >= 1)
) with (fillfactor = 70);

create index tenancy_newest on tenancy (created_at, id);
create index api_key_newest on api_key ((tenant || '/'), created_at, id);
create index api_key_of_type on api_key ((tenant || '/' || type), created_at, id);
create index api_key_by_metadata on api_key using gin ((body -> 'metadata') jsonb_path_ops)
    where body -> 'metadata' <> '{}';
create index access_user_newest on access_user ((tenant || '/'), created_at, id);
create index access_user_of_role on access_user ((tenant || '/' || role), created_at, id);

grant select, insert, update on tenancy, api_key, access_user, user_address, session to {role};
grant select on tenancy, api_key, access_user, user_address, session to pocketpay_verifier;
