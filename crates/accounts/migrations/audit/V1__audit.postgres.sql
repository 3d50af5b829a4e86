-- What was done, by whom, to what. Rows of the program carry its seal, others came by hand-written SQL.
CREATE TABLE audit_log (
    id UUID NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor_id UUID,
    subject_id UUID,
    provider_id UUID,
    target_kind TEXT,
    target_id UUID,
    target_version TEXT,
    details TEXT NOT NULL DEFAULT '{}',
    request_id TEXT,
    origin TEXT NOT NULL DEFAULT 'database' CHECK (origin IN ('program', 'database')),
    key_version BIGINT,
    row_mac BYTEA,
    origin_mac BYTEA
);

-- One link a row, each over the one before.
CREATE TABLE audit_chain (
    seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    audit_id UUID NOT NULL,
    mac BYTEA NOT NULL,
    key_version BIGINT NOT NULL
);

-- Signed positions of the chain, also kept in a file outside the database.
CREATE TABLE audit_checkpoint (
    seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    mac BYTEA NOT NULL,
    count BIGINT NOT NULL,
    at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    signature BYTEA NOT NULL
);

-- The closed periods that retention has dropped: their links were from_seq to until_seq.
CREATE TABLE audit_retention (
    period TEXT NOT NULL PRIMARY KEY,
    from_seq BIGINT NOT NULL,
    until_seq BIGINT NOT NULL,
    mac BYTEA NOT NULL,
    at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    signature BYTEA NOT NULL
);

-- Where a row's act came from. Erasure deletes here; the row keeps the digest (origin_mac).
CREATE TABLE audit_origin (
    audit_id UUID NOT NULL PRIMARY KEY,
    salt BYTEA NOT NULL,
    address TEXT,
    agent TEXT NOT NULL
);

-- Rows that wait for their link.
CREATE TABLE audit_unsealed (
    audit_id UUID NOT NULL PRIMARY KEY
);

-- The signed end of the chain: one row, and whoever holds its lock links.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    mac BYTEA,
    key_version BIGINT NOT NULL,
    signature BYTEA
);
