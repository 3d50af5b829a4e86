
-- A hand-opened connection does not check foreign keys, and so takes nothing away with an account.
CREATE TRIGGER account_takes_its_closing AFTER DELETE ON account
BEGIN
    DELETE FROM account_closing WHERE account_id = OLD.id;
END;
