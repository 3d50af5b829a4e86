-- A status, phone or PIN change by hand-written SQL leaves a trace: the program writes its audit row
-- first, naming the account's new version, and raises the version. A re-seal changes no value: its audit
-- row names the end (the tag) of the new sealed bytes. That a number is proven is a change of the phone.
CREATE TRIGGER account_change_audited AFTER UPDATE OF status, phone, phone_proven_at, pin_hash ON account
WHEN (OLD.status IS NOT NEW.status OR OLD.phone IS NOT NEW.phone OR OLD.pin_hash IS NOT NEW.pin_hash
        OR (OLD.phone_proven_at IS NULL) <> (NEW.phone_proven_at IS NULL))
    AND (NEW.version <= OLD.version OR NOT EXISTS (
        SELECT 1 FROM audit_log WHERE target_id = NEW.id AND target_version = CAST(NEW.version AS TEXT)))
    AND NOT (OLD.status IS NEW.status
        AND (OLD.phone_proven_at IS NULL) = (NEW.phone_proven_at IS NULL)
        AND (OLD.phone IS NEW.phone OR EXISTS (
            SELECT 1 FROM audit_log
            WHERE target_id = NEW.id AND target_version = 'sealed ' || lower(hex(substr(NEW.phone, -16)))))
        AND (OLD.pin_hash IS NEW.pin_hash OR EXISTS (
            SELECT 1 FROM audit_log
            WHERE target_id = NEW.id AND target_version = 'sealed ' || lower(hex(substr(NEW.pin_hash, -16))))))
BEGIN
    INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, target_version, details)
    VALUES (
        randomblob(16),
        CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER),
        CASE
            WHEN OLD.pin_hash IS NOT NEW.pin_hash THEN 'PIN_CHANGE'
            WHEN OLD.status IS NEW.status THEN 'USER_INFO_UPDATE'
            WHEN OLD.phone IS NOT NEW.phone THEN 'USER_INFO_UPDATE'
            WHEN NEW.status = 'active' THEN 'ACCOUNT_UNLOCKED'
            ELSE 'ACCOUNT_LOCKED'
        END,
        NEW.id, 'account', NEW.id, CAST(NEW.version AS TEXT), '{"by":"hand-written SQL"}');
END;

-- A version that went back could be raised once more to one that has its audit row.
CREATE TRIGGER account_version_rises BEFORE UPDATE OF version ON account
WHEN NEW.version < OLD.version
BEGIN
    SELECT RAISE(ABORT, 'hanok: the version of an account only rises');
END;

-- REPLACE changes a row without an update trigger and deletes one without a delete trigger.
CREATE TRIGGER account_not_replaced BEFORE INSERT ON account
WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.id OR rowid = NEW.rowid)
BEGIN
    SELECT RAISE(ABORT, 'hanok: this account exists');
END;

CREATE TRIGGER account_keeps_its_id BEFORE UPDATE ON account
WHEN NEW.id IS NOT OLD.id OR NEW.rowid IS NOT OLD.rowid
BEGIN
    SELECT RAISE(ABORT, 'hanok: an account keeps its id');
END;

-- A hand-opened connection does not check foreign keys, and so takes nothing away with an account.
CREATE TRIGGER account_takes_its_rows AFTER DELETE ON account
BEGIN
    DELETE FROM role_assignment WHERE account_id = OLD.id;
    DELETE FROM account_lookup WHERE account_id = OLD.id;
    DELETE FROM account_ci WHERE account_id = OLD.id;
    DELETE FROM password_history WHERE account_id = OLD.id;
    DELETE FROM refresh_token WHERE session_id IN (SELECT id FROM session WHERE account_id = OLD.id);
    DELETE FROM session WHERE account_id = OLD.id;
    DELETE FROM device_nonce WHERE device_id IN (SELECT id FROM device WHERE account_id = OLD.id);
    DELETE FROM device WHERE account_id = OLD.id;
    DELETE FROM pairing WHERE account_id = OLD.id;
    DELETE FROM phone_proof WHERE account_id = OLD.id;
    DELETE FROM sms_message WHERE account_id = OLD.id;
    DELETE FROM email_proof WHERE account_id = OLD.id;
    DELETE FROM password_reset WHERE account_id = OLD.id;
    DELETE FROM mail_message WHERE account_id = OLD.id;
    DELETE FROM department_membership WHERE account_id = OLD.id;
    DELETE FROM team_membership WHERE account_id = OLD.id;
    UPDATE department SET manager_id = NULL WHERE manager_id = OLD.id;
    UPDATE team SET leader_id = NULL WHERE leader_id = OLD.id;
END;

-- Whose a proven number or address is. The program records an act before it changes these rows: the new
-- version of the account, its first, or the index under a new key. What no such row announces leaves one.
CREATE TRIGGER account_lookup_added_audited AFTER INSERT ON account_lookup
WHEN NOT EXISTS (
    SELECT 1 FROM account a JOIN audit_log l ON l.target_id = a.id
    WHERE a.id = NEW.account_id AND l.target_version IN (
        CAST(a.version + 1 AS TEXT),
        'indexed ' || NEW.kind || ' ' || NEW.key_version,
        CASE WHEN a.version = 1 AND a.phone_proven_at IS NOT NULL AND NEW.kind = 'phone' AND NOT EXISTS (
            SELECT 1 FROM account_lookup o
            WHERE o.account_id = a.id AND o.kind = NEW.kind AND o.key_version <> NEW.key_version) THEN '1' END))
BEGIN
    INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, details)
    VALUES (
        randomblob(16),
        CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER),
        'USER_INFO_UPDATE', NEW.account_id, 'account', NEW.account_id,
        '{"by":"hand-written SQL","blind_index":"added"}');
END;

-- With its account, or behind a newer key, it may go.
CREATE TRIGGER account_lookup_removed_audited AFTER DELETE ON account_lookup
WHEN EXISTS (SELECT 1 FROM account WHERE id = OLD.account_id)
    AND NOT EXISTS (
        SELECT 1 FROM account_lookup o
        WHERE o.account_id = OLD.account_id AND o.kind = OLD.kind AND o.key_version > OLD.key_version)
    AND NOT EXISTS (
        SELECT 1 FROM account a JOIN audit_log l ON l.target_id = a.id
        WHERE a.id = OLD.account_id AND l.target_version = CAST(a.version + 1 AS TEXT))
BEGIN
    INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, details)
    VALUES (
        randomblob(16),
        CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER),
        'USER_INFO_UPDATE', OLD.account_id, 'account', OLD.account_id,
        '{"by":"hand-written SQL","blind_index":"removed"}');
END;

CREATE TRIGGER account_lookup_unchanged BEFORE UPDATE ON account_lookup
BEGIN
    SELECT RAISE(ABORT, 'hanok: a blind index cannot be changed');
END;

-- REPLACE fires no delete trigger. A value that is taken is passed over, as ON CONFLICT DO NOTHING has it.
CREATE TRIGGER account_lookup_not_replaced BEFORE INSERT ON account_lookup
BEGIN
    SELECT RAISE(IGNORE)
    WHERE EXISTS (SELECT 1 FROM account_lookup WHERE kind = NEW.kind AND value = NEW.value);
    SELECT RAISE(ABORT, 'hanok: this account has a blind index of this kind and key')
    WHERE EXISTS (SELECT 1 FROM account_lookup WHERE rowid = NEW.rowid)
        OR EXISTS (
            SELECT 1 FROM account_lookup
            WHERE account_id = NEW.account_id AND kind = NEW.kind AND key_version = NEW.key_version);
END;
