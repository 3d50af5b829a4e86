-- Providers, what they ask, what people answered, and what the providers were told.

CREATE TABLE service_provider (
    id UUID NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL DEFAULT 1,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    owner_id UUID REFERENCES account (id),
    callback_url TEXT,
    delivery TEXT NOT NULL
        CONSTRAINT service_provider_delivery_known CHECK (delivery IN ('callback', 'poll')),
    notify TEXT NOT NULL
        CONSTRAINT service_provider_notify_known CHECK (notify IN ('all', 'completed')),
    site_code TEXT NOT NULL,
    address_allow_list TEXT NOT NULL,
    limits TEXT NOT NULL,
    hide_unknown_users BOOLEAN NOT NULL,
    ci_entitled BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT service_provider_callback_has_url CHECK (delivery = 'poll' OR callback_url IS NOT NULL)
);

CREATE UNIQUE INDEX service_provider_client_id ON service_provider (client_id);
CREATE INDEX service_provider_owner ON service_provider (owner_id);

CREATE TABLE provider_secret (
    id UUID NOT NULL PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES service_provider (id) ON DELETE CASCADE,
    hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE INDEX provider_secret_provider ON provider_secret (provider_id);

CREATE TABLE provider_key (
    id UUID NOT NULL PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES service_provider (id) ON DELETE CASCADE,
    key_name TEXT NOT NULL,
    value BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT provider_key_state_known CHECK (state IN ('announced', 'active', 'retiring', 'retired')),
    created_at BIGINT NOT NULL,
    activates_at BIGINT NOT NULL,
    retires_at BIGINT,
    uses BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX provider_key_key_name ON provider_key (key_name);
CREATE INDEX provider_key_provider ON provider_key (provider_id, state);

-- One person at one site: the DI, computed once.
CREATE TABLE provider_subject (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id),
    site_code TEXT NOT NULL,
    di BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX provider_subject_once ON provider_subject (account_id, site_code);

CREATE TABLE auth_transaction (
    id UUID NOT NULL PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES service_provider (id),
    -- A decoy (a number that nobody has, at a provider that hides this) has none.
    account_id UUID REFERENCES account (id),
    phone_index BYTEA NOT NULL,
    status TEXT NOT NULL
        CONSTRAINT auth_transaction_status_known CHECK (status IN ('PENDING', 'COMPLETED', 'FAILED', 'EXPIRED')),
    failure_reason TEXT
        CONSTRAINT auth_transaction_reason_known CHECK (failure_reason IN ('denied', 'not_confirmed', 'superseded', 'withdrawn')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    binding_code BIGINT NOT NULL,
    choices TEXT NOT NULL,
    binding_message TEXT,
    state TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    device_id UUID,
    auth_code_hash BYTEA,
    result_key TEXT,
    CONSTRAINT auth_transaction_lives CHECK (expires_at > created_at),
    CONSTRAINT auth_transaction_code_completed CHECK ((auth_code_hash IS NOT NULL) = (status = 'COMPLETED')),
    CONSTRAINT auth_transaction_reason_failed CHECK ((failure_reason IS NOT NULL) = (status = 'FAILED')),
    CONSTRAINT auth_transaction_ended CHECK ((ended_at IS NULL) = (status = 'PENDING'))
);

-- Each index is a page more that every request dirties; where it is ordered by person or phone, another
-- one each time. So none is made that another can answer for.
CREATE UNIQUE INDEX auth_transaction_auth_code ON auth_transaction (auth_code_hash) WHERE auth_code_hash IS NOT NULL;
CREATE UNIQUE INDEX auth_transaction_one_pending ON auth_transaction (provider_id, phone_index) WHERE status = 'PENDING';
CREATE INDEX auth_transaction_pending_expiry ON auth_transaction (expires_at) WHERE status = 'PENDING';
-- A person's history: its ids are walked in order, also those of one status or provider, without the rows.
CREATE INDEX auth_transaction_account_newest
    ON auth_transaction (account_id, created_at, id, status, ended_at, provider_id);
CREATE INDEX auth_transaction_provider_newest ON auth_transaction (provider_id, created_at, status, ended_at);
-- What became of the requests of some days, by provider, without the rows.
CREATE INDEX auth_transaction_newest_status ON auth_transaction (created_at, status, provider_id, ended_at);
-- Decoys, of which the sweep forgets Hanok's own without walking the real sign-ins; no real request touches it.
CREATE INDEX auth_transaction_decoys ON auth_transaction (provider_id, created_at) WHERE account_id IS NULL;

-- Who approved for whom: the people whom a provider's owner may see.
CREATE INDEX auth_transaction_approved ON auth_transaction (provider_id, account_id) WHERE status = 'COMPLETED';

-- When a phone was asked for, by one provider or (the nil id) by all: the moments of the last day,
-- eight bytes each. Taken first in a request's unit, it makes requests for one phone queue.
CREATE TABLE phone_limit (
    phone_index BYTEA NOT NULL,
    provider_id UUID NOT NULL,
    times BYTEA NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX phone_limit_once ON phone_limit (phone_index, provider_id);
CREATE INDEX phone_limit_updated ON phone_limit (updated_at);

-- What a provider is told of a transaction's end, and the sealed code until it may be erased.
CREATE TABLE callback_delivery (
    id UUID NOT NULL PRIMARY KEY,
    transaction_id UUID NOT NULL REFERENCES auth_transaction (id),
    provider_id UUID NOT NULL REFERENCES service_provider (id),
    state TEXT NOT NULL
        CONSTRAINT callback_delivery_state_known CHECK (state IN ('HELD', 'QUEUED', 'DELIVERED', 'DEAD')),
    code BYTEA,
    created_at BIGINT NOT NULL,
    -- The code goes at this time at the earliest; one that is still to be told, when it is told.
    code_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    delivered_at BIGINT,
    last_status BIGINT,
    last_error TEXT,
    -- The job that was given up, while it lies among the dead letters.
    dead_job UUID
);

CREATE UNIQUE INDEX callback_delivery_transaction ON callback_delivery (transaction_id);
CREATE INDEX callback_delivery_provider ON callback_delivery (provider_id, created_at);
-- Those that were given up: few, and what somebody who looks after a provider asks for.
CREATE INDEX callback_delivery_dead ON callback_delivery (provider_id, created_at) WHERE state = 'DEAD';
CREATE INDEX callback_delivery_code_until ON callback_delivery (code_until) WHERE code IS NOT NULL;

CREATE TABLE callback_attempt (
    id UUID NOT NULL PRIMARY KEY,
    delivery_id UUID NOT NULL REFERENCES callback_delivery (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    status BIGINT,
    error TEXT
);

CREATE INDEX callback_attempt_delivery ON callback_attempt (delivery_id, at);

-- The first answer of a request with an Idempotency-Key, written in the unit of its effect.
CREATE TABLE idempotency (
    provider_id UUID NOT NULL REFERENCES service_provider (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX idempotency_once ON idempotency (provider_id, key);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Every push, mail and SMS about a transaction.
CREATE TABLE notification_log (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id),
    transaction_id UUID NOT NULL REFERENCES auth_transaction (id),
    notification_type TEXT NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    shown_at BIGINT,
    status TEXT NOT NULL
        CONSTRAINT notification_log_status_known CHECK (status IN ('QUEUED', 'SENT', 'SHOWN', 'FAILED'))
);

-- A person's are found by the person's transactions.
CREATE INDEX notification_log_transaction ON notification_log (transaction_id);

-- A sign-in that waits for its person's phone. The browser that asked holds the secret in a cookie; only
-- with it the sign-in is watched, taken back and, once, redeemed.
CREATE TABLE phone_sign_in (
    transaction_id UUID NOT NULL PRIMARY KEY REFERENCES auth_transaction (id),
    secret_hash BYTEA NOT NULL,
    -- The account as it was when it was asked: after a change of its credentials this sign-in is void.
    account_version BIGINT,
    created_at BIGINT NOT NULL,
    redeemed_at BIGINT
);

CREATE UNIQUE INDEX phone_sign_in_secret ON phone_sign_in (secret_hash);
CREATE INDEX phone_sign_in_created ON phone_sign_in (created_at);
