-- The database guards itself, also against hand-written SQL.

CREATE TRIGGER auth_transaction_ends_once BEFORE UPDATE OF status ON auth_transaction
WHEN OLD.status <> 'PENDING' AND NEW.status IS NOT OLD.status
BEGIN
    SELECT RAISE(ABORT, 'hanok: a transaction ends once');
END;

-- REPLACE deletes without a delete trigger.
CREATE TRIGGER auth_transaction_not_replaced BEFORE INSERT ON auth_transaction
WHEN EXISTS (SELECT 1 FROM auth_transaction WHERE id = NEW.id OR rowid = NEW.rowid)
    OR (NEW.auth_code_hash IS NOT NULL
        AND EXISTS (SELECT 1 FROM auth_transaction WHERE auth_code_hash = NEW.auth_code_hash))
    OR (NEW.status = 'PENDING' AND EXISTS (
        SELECT 1 FROM auth_transaction
        WHERE provider_id = NEW.provider_id AND phone_index = NEW.phone_index AND status = 'PENDING'))
BEGIN
    SELECT RAISE(ABORT, 'hanok: this transaction exists');
END;

CREATE TRIGGER auth_transaction_change_audited AFTER UPDATE OF status ON auth_transaction
WHEN OLD.status IS NOT NEW.status AND NOT EXISTS (
    SELECT 1 FROM audit_log WHERE target_id = NEW.id AND target_version = NEW.status)
BEGIN
    INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, target_version, details)
    VALUES (
        randomblob(16),
        CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER),
        'AUTH_STATUS_CHANGE', NEW.account_id, 'auth_transaction', NEW.id, NEW.status,
        '{"by":"hand-written SQL"}');
END;

-- What names a transaction stays: UPDATE OR REPLACE onto another row's key fires no delete trigger. The phone of one
-- that has ended is no key any more; it goes with its erased account.
CREATE TRIGGER auth_transaction_keeps_its_keys BEFORE UPDATE ON auth_transaction
WHEN NEW.id IS NOT OLD.id OR NEW.rowid IS NOT OLD.rowid
    OR NEW.provider_id IS NOT OLD.provider_id
    OR (NEW.phone_index IS NOT OLD.phone_index AND NOT (
        OLD.status <> 'PENDING' AND NEW.status <> 'PENDING' AND EXISTS (
            SELECT 1 FROM account_closing WHERE account_id = OLD.account_id AND erased_at IS NOT NULL)))
    OR (NEW.auth_code_hash IS NOT OLD.auth_code_hash AND (OLD.auth_code_hash IS NOT NULL OR EXISTS (
        SELECT 1 FROM auth_transaction WHERE auth_code_hash = NEW.auth_code_hash)))
BEGIN
    SELECT RAISE(ABORT, 'hanok: a transaction keeps its keys');
END;

-- A hand-opened connection does not check foreign keys.
CREATE TRIGGER account_has_transactions BEFORE DELETE ON account
WHEN EXISTS (SELECT 1 FROM auth_transaction WHERE account_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: this account has transactions');
END;

CREATE TRIGGER service_provider_has_transactions BEFORE DELETE ON service_provider
WHEN EXISTS (SELECT 1 FROM auth_transaction WHERE provider_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: this provider has transactions');
END;

-- REPLACE onto another row's key deletes that row without a delete trigger.
CREATE TRIGGER account_with_transactions_not_replaced BEFORE INSERT ON account
WHEN EXISTS (
    SELECT 1 FROM account a WHERE a.username_key = NEW.username_key
    AND EXISTS (SELECT 1 FROM auth_transaction WHERE account_id = a.id))
BEGIN
    SELECT RAISE(ABORT, 'hanok: this account has transactions');
END;

CREATE TRIGGER account_with_transactions_not_overwritten BEFORE UPDATE OF username_key ON account
WHEN EXISTS (
    SELECT 1 FROM account a WHERE a.username_key = NEW.username_key AND a.id <> OLD.id
    AND EXISTS (SELECT 1 FROM auth_transaction WHERE account_id = a.id))
BEGIN
    SELECT RAISE(ABORT, 'hanok: this account has transactions');
END;

CREATE TRIGGER service_provider_not_replaced BEFORE INSERT ON service_provider
WHEN EXISTS (
    SELECT 1 FROM service_provider WHERE id = NEW.id OR rowid = NEW.rowid OR client_id = NEW.client_id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: this provider exists');
END;

CREATE TRIGGER service_provider_keeps_its_keys BEFORE UPDATE ON service_provider
WHEN NEW.id IS NOT OLD.id OR NEW.rowid IS NOT OLD.rowid OR NEW.client_id IS NOT OLD.client_id
BEGIN
    SELECT RAISE(ABORT, 'hanok: a provider keeps its keys');
END;

CREATE TRIGGER service_provider_takes_its_rows AFTER DELETE ON service_provider
BEGIN
    DELETE FROM provider_key WHERE provider_id = OLD.id;
    DELETE FROM provider_secret WHERE provider_id = OLD.id;
    DELETE FROM idempotency WHERE provider_id = OLD.id;
END;
