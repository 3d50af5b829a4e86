-- Accounts whose people have closed them: switched off at once, erased when the grace is over, pseudonymous then.
CREATE TABLE account_closing (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    erase_at BIGINT NOT NULL,
    erased_at BIGINT,
    CONSTRAINT account_closing_grace CHECK (erase_at >= asked_at)
);

CREATE INDEX account_closing_due ON account_closing (erase_at) WHERE erased_at IS NULL;
CREATE INDEX account_closing_erased ON account_closing (erased_at) WHERE erased_at IS NOT NULL;
