-- Who is written to once a day. A row is made when there is something to be told, and stays for what was told.
CREATE TABLE notification_digest (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    -- When the next letter is due; none while there is nothing to be told.
    due_at BIGINT,
    -- The person's number up to which all was told, or is told by no letter of the day.
    upto BIGINT NOT NULL,
    -- The day of the last letter, where the organisation is.
    sent_on TEXT
);

CREATE INDEX notification_digest_due ON notification_digest (due_at, account_id) WHERE due_at IS NOT NULL;
