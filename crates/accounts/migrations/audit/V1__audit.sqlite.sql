-- WITHOUT ROWID: a hidden row number would be a second key by which REPLACE could remove a row.
-- The checks of types: hand-written SQL cannot put a value there that no reader understands. (STRICT would,
-- but its BLOB and the UUID of other tables compare without an index.)

-- What was done, by whom, to what. Rows of the program carry its seal, others came by hand-written SQL.
CREATE TABLE audit_log (
    id UUID NOT NULL PRIMARY KEY CHECK (typeof(id) = 'blob' AND length(id) = 16),
    at BIGINT NOT NULL CHECK (typeof(at) = 'integer'),
    action TEXT NOT NULL CHECK (typeof(action) = 'text'),
    actor_id UUID CHECK (actor_id IS NULL OR typeof(actor_id) = 'blob' AND length(actor_id) = 16),
    subject_id UUID CHECK (subject_id IS NULL OR typeof(subject_id) = 'blob' AND length(subject_id) = 16),
    provider_id UUID CHECK (provider_id IS NULL OR typeof(provider_id) = 'blob' AND length(provider_id) = 16),
    target_kind TEXT CHECK (typeof(target_kind) IN ('text', 'null')),
    target_id UUID CHECK (target_id IS NULL OR typeof(target_id) = 'blob' AND length(target_id) = 16),
    target_version TEXT CHECK (typeof(target_version) IN ('text', 'null')),
    details TEXT NOT NULL DEFAULT '{}' CHECK (typeof(details) = 'text'),
    request_id TEXT CHECK (typeof(request_id) IN ('text', 'null')),
    origin TEXT NOT NULL DEFAULT 'database' CHECK (origin IN ('program', 'database')),
    key_version BIGINT CHECK (typeof(key_version) IN ('integer', 'null')),
    row_mac BYTEA CHECK (typeof(row_mac) IN ('blob', 'null')),
    origin_mac BYTEA CHECK (typeof(origin_mac) IN ('blob', 'null'))
) WITHOUT ROWID;

-- One link a row, each over the one before.
CREATE TABLE audit_chain (
    seq BIGINT NOT NULL PRIMARY KEY CHECK (typeof(seq) = 'integer' AND seq > 0),
    audit_id UUID NOT NULL CHECK (typeof(audit_id) = 'blob' AND length(audit_id) = 16),
    mac BYTEA NOT NULL CHECK (typeof(mac) = 'blob'),
    key_version BIGINT NOT NULL CHECK (typeof(key_version) = 'integer')
) WITHOUT ROWID;

-- Signed positions of the chain, also kept in a file outside the database.
CREATE TABLE audit_checkpoint (
    seq BIGINT NOT NULL PRIMARY KEY CHECK (typeof(seq) = 'integer' AND seq > 0),
    mac BYTEA NOT NULL CHECK (typeof(mac) = 'blob'),
    count BIGINT NOT NULL CHECK (typeof(count) = 'integer'),
    at BIGINT NOT NULL CHECK (typeof(at) = 'integer'),
    key_version BIGINT NOT NULL CHECK (typeof(key_version) = 'integer'),
    signature BYTEA NOT NULL CHECK (typeof(signature) = 'blob')
) WITHOUT ROWID;

-- The closed periods that retention has dropped: their links were from_seq to until_seq.
CREATE TABLE audit_retention (
    period TEXT NOT NULL PRIMARY KEY CHECK (typeof(period) = 'text'),
    from_seq BIGINT NOT NULL CHECK (typeof(from_seq) = 'integer'),
    until_seq BIGINT NOT NULL CHECK (typeof(until_seq) = 'integer'),
    mac BYTEA NOT NULL CHECK (typeof(mac) = 'blob'),
    at BIGINT NOT NULL CHECK (typeof(at) = 'integer'),
    key_version BIGINT NOT NULL CHECK (typeof(key_version) = 'integer'),
    signature BYTEA NOT NULL CHECK (typeof(signature) = 'blob')
) WITHOUT ROWID;

-- Where a row's act came from. Erasure deletes here; the row keeps the digest (origin_mac).
CREATE TABLE audit_origin (
    audit_id UUID NOT NULL PRIMARY KEY CHECK (typeof(audit_id) = 'blob' AND length(audit_id) = 16),
    salt BYTEA NOT NULL CHECK (typeof(salt) = 'blob'),
    address TEXT CHECK (typeof(address) IN ('text', 'null')),
    agent TEXT NOT NULL CHECK (typeof(agent) = 'text')
) WITHOUT ROWID;

-- Rows that wait for their link.
CREATE TABLE audit_unsealed (
    audit_id UUID NOT NULL PRIMARY KEY CHECK (typeof(audit_id) = 'blob' AND length(audit_id) = 16)
) WITHOUT ROWID;

-- The signed end of the chain: one row, and whoever holds its lock links.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL CHECK (typeof(seq) = 'integer'),
    mac BYTEA CHECK (typeof(mac) IN ('blob', 'null')),
    key_version BIGINT NOT NULL CHECK (typeof(key_version) = 'integer'),
    signature BYTEA CHECK (typeof(signature) IN ('blob', 'null'))
) WITHOUT ROWID;
