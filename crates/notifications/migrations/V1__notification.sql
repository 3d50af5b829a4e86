-- What people are told of: ids alone. Titles and names are read where a notification is shown, with its reader's
-- rights, so that renaming, erasing and forbidding need no second look here.
CREATE TABLE notification (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- The person's number of its last change: taken anew whenever it is told, grows, shrinks or is withdrawn.
    seq BIGINT NOT NULL,
    type TEXT NOT NULL CONSTRAINT notification_type_known CHECK (type IN ('comment', 'reply', 'mention',
        'recommend', 'must_read', 'moderation', 'identity_request', 'sign_in', 'account')),
    -- What it is about, as the app that knows it says.
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    -- The place within the subject that is shown, of the newest source.
    anchor TEXT,
    created_at BIGINT NOT NULL,
    -- When the newest of its sources happened.
    updated_at BIGINT NOT NULL,
    read_at BIGINT,
    withdrawn_at BIGINT
);

CREATE UNIQUE INDEX notification_seq ON notification (account_id, seq);
CREATE INDEX notification_newest ON notification (account_id, updated_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX notification_unread ON notification (account_id, updated_at DESC, id DESC)
    WHERE withdrawn_at IS NULL AND read_at IS NULL;
-- The one that may grow, and what nobody may see any more.
CREATE INDEX notification_open ON notification (subject_kind, subject_id, account_id, type, created_at)
    WHERE withdrawn_at IS NULL AND read_at IS NULL;
CREATE INDEX notification_old ON notification (updated_at);

-- What made a notification: several make one in a burst.
CREATE TABLE notification_source (
    notification_id UUID NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    account_id UUID NOT NULL,
    type TEXT NOT NULL,
    -- What tells it from others: of one source a person is told once in each type.
    source TEXT NOT NULL,
    -- Who did it; they may be gone.
    actor_id UUID,
    anchor TEXT,
    at BIGINT NOT NULL
);

CREATE UNIQUE INDEX notification_source_once ON notification_source (source, type, account_id);
CREATE INDEX notification_source_newest ON notification_source (notification_id, at DESC, source DESC);
CREATE INDEX notification_source_actor ON notification_source (actor_id) WHERE actor_id IS NOT NULL;

-- Each person's numbers.
CREATE TABLE notification_counter (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    -- The last that was taken.
    seq BIGINT NOT NULL,
    -- How many are neither read nor withdrawn.
    unread BIGINT NOT NULL CONSTRAINT notification_counter_unread CHECK (unread >= 0),
    -- The highest that is not kept any more.
    forgotten BIGINT NOT NULL DEFAULT 0
);
