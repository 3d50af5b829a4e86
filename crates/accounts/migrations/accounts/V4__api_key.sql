-- Keys by which servers call in a person's name. The value is kept as its SHA-256 only; its prefix, which is no
-- secret, is what its owner knows it by and what it is found by.
CREATE TABLE api_key (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    value_hash BYTEA NOT NULL,
    -- A JSON list of names; what its owner does not hold any more does not count.
    permissions TEXT NOT NULL,
    -- A JSON list of networks; an empty one is any.
    address_allow_list TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    -- Coarse: not every call is written.
    last_used_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT api_key_time CHECK (expires_at > created_at)
);

CREATE UNIQUE INDEX api_key_prefix ON api_key (prefix);
CREATE INDEX api_key_account ON api_key (account_id, revoked_at);
