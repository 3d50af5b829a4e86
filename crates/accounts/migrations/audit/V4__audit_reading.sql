-- What reading of the trail asks for, the newest first: of everybody, of a provider, of a request, from an address.
CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_provider ON audit_log (provider_id, at DESC, id DESC) WHERE provider_id IS NOT NULL;
CREATE INDEX audit_log_request ON audit_log (request_id, at DESC, id DESC) WHERE request_id IS NOT NULL;
CREATE INDEX audit_origin_address ON audit_origin (address, audit_id DESC) WHERE address IS NOT NULL;

-- What the last walk along the whole chain found, signed: one row.
CREATE TABLE audit_check (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    until_seq BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    faults BIGINT NOT NULL,
    broken_kind TEXT,
    broken_seq BIGINT,
    key_version BIGINT NOT NULL,
    signature BYTEA NOT NULL
);
