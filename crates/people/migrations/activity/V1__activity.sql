-- What people did: whatever is younger than a day, and the last ten thousand of the organisation.
CREATE TABLE people_activity (
    -- The event's.
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    activity_type TEXT NOT NULL CONSTRAINT people_activity_type_known
        CHECK (activity_type IN ('sign_in', 'sign_out', 'identity_answer', 'post_written', 'comment_written',
            'board_change', 'account_change', 'administration')),
    at BIGINT NOT NULL,
    -- A JSON object of public words and ids.
    details TEXT NOT NULL,
    address TEXT,
    agent TEXT
);

CREATE INDEX people_activity_of_person ON people_activity (account_id, at DESC, id DESC);
CREATE INDEX people_activity_newest ON people_activity (at DESC, id DESC);

-- How much of each kind was done on a day, where the organisation is; of whom is not kept.
CREATE TABLE people_activity_day (
    date TEXT NOT NULL CONSTRAINT people_activity_day_date_format CHECK (date LIKE '____-__-__'),
    activity_type TEXT NOT NULL CONSTRAINT people_activity_day_type_known
        CHECK (activity_type IN ('sign_in', 'sign_out', 'identity_answer', 'post_written', 'comment_written',
            'board_change', 'account_change', 'administration')),
    times BIGINT NOT NULL,
    PRIMARY KEY (date, activity_type)
);
