-- What people have chosen to be told here and by mail. Whoever has chosen nothing has no row: what the program does by
-- itself then stands in its source.
CREATE TABLE notification_preference (
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    type TEXT NOT NULL CONSTRAINT notification_preference_type CHECK (type IN ('comment', 'reply', 'mention',
        'recommend', 'must_read', 'moderation', 'identity_request', 'sign_in', 'account')),
    -- Whether it is told here at all.
    here BOOLEAN NOT NULL,
    mail TEXT NOT NULL CONSTRAINT notification_preference_mail CHECK (mail IN ('now', 'daily', 'never')),
    PRIMARY KEY (account_id, type)
);

-- When people want to be left alone, and when their morning is: minutes of the day in the organisation's time zone.
CREATE TABLE notification_schedule (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    -- The quiet hours, which may go past midnight.
    quiet_from BIGINT CONSTRAINT notification_schedule_from CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to BIGINT CONSTRAINT notification_schedule_to CHECK (quiet_to BETWEEN 0 AND 1439),
    digest_at BIGINT NOT NULL CONSTRAINT notification_schedule_digest CHECK (digest_at BETWEEN 0 AND 1439),
    CONSTRAINT notification_schedule_quiet CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to)
);
