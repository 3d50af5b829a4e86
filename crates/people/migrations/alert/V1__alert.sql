-- What somebody should look at: one row for each kind, subject and hour.
CREATE TABLE alert (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CONSTRAINT alert_kind_known
        CHECK (kind IN ('failed_sign_ins', 'failing_person', 'many_addresses', 'server_error')),
    -- What tells it from others of its kind.
    subject TEXT NOT NULL,
    -- Whose account it concerns; it may be gone.
    account_id UUID,
    -- When the hour began in which it was seen.
    hour_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by UUID,
    note TEXT,
    CONSTRAINT alert_acknowledged CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

CREATE UNIQUE INDEX alert_once ON alert (kind, subject, hour_at);
CREATE INDEX alert_newest ON alert (last_at DESC, id DESC);
CREATE INDEX alert_kind_newest ON alert (kind, last_at DESC, id DESC);
CREATE INDEX alert_open ON alert (last_at DESC, id DESC) WHERE acknowledged_at IS NULL;

-- How many alerts of a kind were told by mail within an hour.
CREATE TABLE alert_mail (
    kind TEXT NOT NULL CONSTRAINT alert_mail_kind_known
        CHECK (kind IN ('failed_sign_ins', 'failing_person', 'many_addresses', 'server_error')),
    -- When the hour began.
    hour_at BIGINT NOT NULL,
    letters BIGINT NOT NULL,
    PRIMARY KEY (kind, hour_at)
);
