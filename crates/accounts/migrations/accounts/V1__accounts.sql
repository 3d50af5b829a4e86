-- People, what they may do, and how they prove who they are.
-- Sealed columns hold: key version, IV, AES-256-GCM of the value bound to table, column and row.

CREATE TABLE organisation (
    id BIGINT NOT NULL PRIMARY KEY CONSTRAINT organisation_single CHECK (id = 1),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL DEFAULT 'ko' CONSTRAINT organisation_locale_known CHECK (locale IN ('ko', 'en')),
    created_at BIGINT NOT NULL
);

-- The links that may make the organisation and its first super_admin: each start without one prints another.
CREATE TABLE setup_code (
    code_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX setup_code_hash ON setup_code (code_hash);

CREATE TABLE account (
    id UUID NOT NULL PRIMARY KEY,
    -- Rises with every change of a credential, a role or the status: tokens carry it.
    version BIGINT NOT NULL DEFAULT 1,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    name TEXT NOT NULL,
    locale TEXT,
    -- NULL: as the system wishes.
    theme TEXT CONSTRAINT account_theme_known CHECK (theme IN ('light', 'dark')),
    status TEXT NOT NULL DEFAULT 'active'
        CONSTRAINT account_status_known CHECK (status IN ('active', 'locked', 'disabled')),
    created_at BIGINT NOT NULL,
    last_login_at BIGINT,
    password_hash TEXT,
    password_changed_at BIGINT,
    password_reset_at BIGINT,
    password_must_change BOOLEAN NOT NULL DEFAULT FALSE,
    password_failures BIGINT NOT NULL DEFAULT 0,
    password_first_failure_at BIGINT,
    password_locked_at BIGINT,
    pin_hash BYTEA,
    pin_changed_at BIGINT,
    pin_failures BIGINT NOT NULL DEFAULT 0,
    pin_first_failure_at BIGINT,
    pin_locked_at BIGINT,
    email BYTEA,
    email_masked TEXT,
    email_verified_at BIGINT,
    phone BYTEA,
    phone_masked TEXT
        CONSTRAINT account_phone_masked_format CHECK (phone_masked LIKE '010-****-____'
            AND TRIM(SUBSTR(phone_masked, 10), '0123456789') = ''),
    phone_proven_at BIGINT,
    birthdate BYTEA
);

CREATE UNIQUE INDEX account_username ON account (username_key);

-- The list of people: by state and name, and what a search for a part of a name or username reads of it.
CREATE INDEX account_by_name ON account (status, name, id, username_key);
CREATE INDEX account_all_by_name ON account (name, id, username_key);
CREATE INDEX account_by_username ON account (status, username_key, id);
CREATE INDEX account_by_creation ON account (status, created_at, id);
CREATE INDEX account_by_last_login ON account (status, COALESCE(last_login_at, 0), id);
CREATE INDEX account_locks ON account (name, id)
    WHERE status = 'locked' OR password_locked_at IS NOT NULL OR pin_locked_at IS NOT NULL;

-- Blind indexes of proven phones and verified addresses: one row per value and index key.
CREATE TABLE account_lookup (
    kind TEXT NOT NULL,
    value BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX account_lookup_value ON account_lookup (kind, value);
CREATE UNIQUE INDEX account_lookup_account ON account_lookup (account_id, kind, key_version);
CREATE INDEX account_lookup_key_version ON account_lookup (key_version);

-- The CI of a person, every version of it (identity.md, "CI and DI").
CREATE TABLE account_ci (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    ci BYTEA NOT NULL,
    synthetic BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX account_ci_version ON account_ci (account_id, version);

CREATE TABLE password_history (
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    changed_at BIGINT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX password_history_newest ON password_history (account_id, changed_at);

CREATE TABLE role (
    name TEXT NOT NULL,
    built_in BOOLEAN NOT NULL,
    rank BIGINT NOT NULL
);

CREATE UNIQUE INDEX role_name ON role (name);

CREATE TABLE role_permission (
    role TEXT NOT NULL,
    permission TEXT NOT NULL
);

CREATE UNIQUE INDEX role_permission_once ON role_permission (role, permission);

CREATE TABLE role_assignment (
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    assigned_at BIGINT NOT NULL,
    assigned_by UUID
);

CREATE UNIQUE INDEX role_assignment_once ON role_assignment (account_id, role);
CREATE INDEX role_assignment_role ON role_assignment (role);

-- A place where somebody is signed in; its refresh tokens are one family. A browser's has no refresh
-- tokens but the SHA-256 of its cookie, and expires_at moves with its requests (the idle limit).
CREATE TABLE session (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CONSTRAINT session_kind_known CHECK (kind IN ('api', 'browser')),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    password_confirmed_at BIGINT,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    token_hash BYTEA,
    CONSTRAINT session_browser_token CHECK ((kind = 'browser') = (token_hash IS NOT NULL))
);

CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_account ON session (account_id, ended_at);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE refresh_token (
    hash BYTEA NOT NULL,
    session_id UUID NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE UNIQUE INDEX refresh_token_hash ON refresh_token (hash);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- What every process drops from its caches: rows of the last ten seconds are read every second.
CREATE TABLE revocation (
    id UUID NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    account_id UUID NOT NULL,
    session_id UUID
);

CREATE INDEX revocation_at ON revocation (at);

-- A paired phone: the public half of a P-256 key that cannot leave it.
CREATE TABLE device (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX device_account ON device (account_id, revoked_at);
CREATE UNIQUE INDEX device_public_key ON device (public_key);

CREATE TABLE device_nonce (
    device_id UUID NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    nonce BYTEA NOT NULL,
    at BIGINT NOT NULL
);

CREATE UNIQUE INDEX device_nonce_once ON device_nonce (device_id, nonce);
CREATE INDEX device_nonce_at ON device_nonce (at);

CREATE TABLE pairing (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE UNIQUE INDEX pairing_code ON pairing (code_hash);
-- One code at a time: a new one replaces the one shown before.
CREATE UNIQUE INDEX pairing_account ON pairing (account_id);

-- A phone number on its way to being proven: one per account, the newest.
CREATE TABLE phone_proof (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    id UUID NOT NULL,
    phone BYTEA NOT NULL,
    code_mac BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX phone_proof_expiry ON phone_proof (expires_at);

-- Text messages on their way: number and text are sealed and erased once sent.
CREATE TABLE sms_message (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    phone BYTEA,
    text BYTEA,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    failed_at BIGINT
);

CREATE INDEX sms_message_account ON sms_message (account_id, created_at);
CREATE INDEX sms_message_created ON sms_message (created_at);

-- An e-mail address on its way to being verified: one per account, the newest.
CREATE TABLE email_proof (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    id UUID NOT NULL,
    email BYTEA NOT NULL,
    email_masked TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX email_proof_token ON email_proof (token_hash);

-- What somebody asked who forgot a password: a job finds out whose it is, so that the answer cannot tell.
CREATE TABLE password_reset_ask (
    id UUID NOT NULL PRIMARY KEY,
    name BYTEA NOT NULL,
    locale TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A link that resets a password: one per account, the newest.
CREATE TABLE password_reset (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX password_reset_token ON password_reset (token_hash);

-- Mail on its way: address and text are sealed and erased once handed over.
CREATE TABLE mail_message (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    letter BYTEA,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    failed_at BIGINT
);

CREATE INDEX mail_message_account ON mail_message (account_id, created_at);
CREATE INDEX mail_message_erased ON mail_message (created_at) WHERE letter IS NULL;

-- What a form that was refused shows once more, sealed: taken once, within five minutes.
CREATE TABLE flash (
    token_hash BYTEA NOT NULL,
    payload BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX flash_token ON flash (token_hash);
CREATE INDEX flash_expiry ON flash (expires_at);
