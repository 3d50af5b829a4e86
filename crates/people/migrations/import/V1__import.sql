-- A file of people between its upload and its end. It is sealed, and erased once its rows are made or its time is over.
CREATE TABLE people_import (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- The importer's version when they agreed: rows are made only while it is the same.
    account_version BIGINT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT people_import_state_known CHECK (state IN ('preview', 'running', 'done', 'stopped')),
    file BYTEA,
    -- Usernames and names of the rows that were refused, sealed: with them the importer knows whom to correct. It goes
    -- with the import, a day after its rows were made at the latest.
    refused BYTEA,
    -- Whether the importer may bring CI and proven numbers.
    takes_proof BOOLEAN NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    created BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What is wrong with rows of such a file, at the first look or when they were to be made: never what stood there.
CREATE TABLE people_import_fault (
    import_id UUID NOT NULL REFERENCES people_import (id) ON DELETE CASCADE,
    -- The row's place among those of the file, from 0.
    place BIGINT NOT NULL,
    -- Tells the faults of a row apart, in their order.
    number BIGINT NOT NULL,
    -- The line in which the row begins.
    line BIGINT NOT NULL,
    -- Empty where it is the whole row.
    column_name TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (import_id, place, number)
);

CREATE INDEX people_import_account ON people_import (account_id, state);
CREATE INDEX people_import_expiry ON people_import (expires_at);
